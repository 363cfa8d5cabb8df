"""Specs out of the database and in again: as YAML, and a docType's fields as a spreadsheet."""

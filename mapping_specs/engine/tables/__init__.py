"""Tables: which one is meant, its headers, its rows over pages, and the typed rows of a spec's table."""

from mapping_specs.engine.tables.choosing import choose
from mapping_specs.engine.tables.logical import LogicalTable, Row
from mapping_specs.engine.tables.reading import read_table
from mapping_specs.engine.tables.results import TableResult

__all__ = ["LogicalTable", "Row", "TableResult", "choose", "read_table"]

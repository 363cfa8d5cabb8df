"""Small specs for tests, and how they come into the database."""

from __future__ import annotations

from backend.specs import services
from backend.specs.models import Bundle, SpecRevision

LOGBOOK = """\
spec: 1
doc_type: motor_logbook
title: Motor vehicle logbook
fields:
  registration_number: {required: true, from: Registration No}
  seats: {type: integer, from: Seats}
  fuel: {type: enum, from: {checkbox: {options: {Petrol: P, Diesel: D}}}}
tables:
  previous_owners:
    where: {headers: [Name, Date]}
    columns: {name: Name, transferred_on: {header: Date, type: date}}
"""
LOGBOOK_CHANGED = LOGBOOK.replace("Seats}", "Seating capacity}")
IDENTITY = "spec: 1\ndoc_type: national_id\ntitle: Identity card\nfields:\n  surname: Surname\n"
BROKEN = "spec: 1\ndoc_type: motor_logbook\ntitle: Logbook\nfields:\n  seats: {type: integr, from: Seats}\n"


def saved(text: str) -> SpecRevision:
    spec = services.spec_ensure(doc_type=services.text_doc_type(text))
    revision, _ = services.spec_save(spec=spec, text=text, author=None)
    return revision


def published(*texts: str) -> Bundle:
    return services.revisions_publish(revisions=[saved(text) for text in texts], user=None, trusted=True)

"""Many fields changed for one reading of the text, as a spreadsheet brings them. What cannot be done is told by field."""

from __future__ import annotations

from collections.abc import Sequence

from backend.errors import Conflict, DomainError
from backend.specs.studio.editing.arguments import Operation, new_name, taken
from backend.specs.studio.editing.entries import Entries
from backend.specs.studio.editing.fields import field_change, written_field

Refused = dict[str, DomainError]


def set_fields(text: str, operations: Sequence[Operation]) -> tuple[str, Refused]:
    """As `setField`, each field once."""
    entries = Entries(text, "fields")
    changed, refused = [], {}
    for operation in operations:
        field, change = field_change(operation)
        try:
            changed.append(entries.changed(field, change))
        except DomainError as error:
            refused[field] = error
    return entries.with_all(changed), refused


def new_fields(text: str, operations: Sequence[Operation]) -> tuple[str, Refused]:
    """As `newField`; `after` may name one that is new too."""
    entries = Entries(text, "fields")
    known = taken(text)
    ends = {name: entries.place(name)[1] for name in entries.names}
    last = max(ends.values())
    added: dict[int, list[str]] = {}
    refused: Refused = {}
    for operation in operations:
        try:
            name = new_name(operation, known, label=str(operation["label"]))
            lines = entries.entry(name, written_field(operation["from"], operation))
        except DomainError as error:
            refused[str(operation.get("name") or operation["label"])] = error
            continue
        known.append(name)
        ends[name] = ends.get(str(operation.get("after")), last)
        added.setdefault(ends[name], []).extend(lines)
    return entries.with_all([(place, place, lines) for place, lines in added.items()]), refused


def remove_fields(text: str, names: Sequence[str]) -> tuple[str, Refused]:
    entries = Entries(text, "fields")
    if not set(entries.names) - set(names):
        return text, {name: Conflict("LAST_FIELD", "A spec has at least one field.") for name in names[:1]}
    places, refused = [], {}
    for name in names:
        try:
            places.append((*entries.place(name), list[str]()))
        except DomainError as error:
            refused[name] = error
    return entries.with_all(places), refused

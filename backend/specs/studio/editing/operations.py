"""The changes that a click makes to a text, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.errors import Invalid
from backend.specs.reading import NO_LIBRARIES, Libraries, draft_read
from backend.specs.studio.editing.arguments import Operation
from backend.specs.studio.editing.fields import new_field, remove_field, rename_field, set_field
from backend.specs.studio.editing.labels import add_label
from backend.specs.studio.editing.places import tree
from backend.specs.studio.editing.sources import add_line, add_query, add_source, set_source
from backend.specs.studio.editing.tables import new_table, remove_table, use_column


@dataclass(frozen=True, slots=True)
class Edited:
    text: str
    field: str | None
    """The field, or table, to show next; None where it is gone."""
    line: int | None
    """Of it, from 1."""


def edit(text: str, operation: Operation, *, skeleton: str, libraries: Libraries = NO_LIBRARIES) -> Edited:
    """The text changed. `skeleton` stands in for a text that is empty yet. Whatever cannot be done is a DomainError."""
    kind = operation.get("kind")
    if not isinstance(kind, str) or kind not in OPERATIONS:
        raise Invalid("EDIT_UNKNOWN", "There is no such operation.", known=sorted(OPERATIONS))
    before = text if text.strip() else skeleton
    after, field = OPERATIONS[kind](before, operation)
    tree(after)
    reading = draft_read(after, libraries).reading
    if reading.problems and text.strip() and not draft_read(before, libraries).problems:
        problem = reading.problems[0]
        message = f"This would not be right: {problem.message}"
        raise Invalid("EDIT_INVALID", message, problems=[found.to_dict() for found in reading.problems])
    return Edited(after, field, reading.lines.get(field) if field else None)


OPERATIONS: dict[str, Callable[[str, Operation], tuple[str, str | None]]] = {
    "newField": new_field,
    "addLabel": add_label,
    "addSource": add_source,
    "setSource": set_source,
    "addLine": add_line,
    "addQuery": add_query,
    "setField": set_field,
    "removeField": remove_field,
    "renameField": rename_field,
    "newTable": new_table,
    "useColumn": use_column,
    "removeTable": remove_table,
}

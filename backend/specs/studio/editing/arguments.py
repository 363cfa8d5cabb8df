"""What operations are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.errors import Invalid
from backend.specs.studio.editing.entries import Entries
from backend.specs.studio.editing.names import name_check, name_from

Operation = Mapping[str, Any]


def word(operation: Operation, name: str) -> str:
    value = operation.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid("EDIT_INVALID", f"The operation wants `{name}`.", field=name)
    return " ".join(value.split())


def new_name(operation: Operation, known: list[str], *, label: str, what: str = "field") -> str:
    given = operation.get("name")
    if given:
        return name_check(str(given), known, what=what)
    return name_from(label, known, fallback=what)


def taken(text: str) -> list[str]:
    return [*Entries(text, "fields").names, *Entries(text, "tables").names]

"""A sample against what is expected of it: each field and each cell right, wrong or missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    path: str
    """`owner_name`, or `previous_owners[0].name`."""
    outcome: str
    """right, wrong, missing (expected and not found), extra (found and not expected)."""
    expected: Any
    found: Any
    status: str | None = None

    @property
    def right(self) -> bool:
        return self.outcome == "right"


@dataclass(slots=True)
class Scored:
    fields: list[Verdict] = field(default_factory=list)
    cells: list[Verdict] = field(default_factory=list)

    @property
    def misses(self) -> list[Verdict]:
        return [verdict for verdict in [*self.fields, *self.cells] if not verdict.right]


def scored(result: Mapping[str, Any], expected: Mapping[str, Any]) -> Scored:
    """`expected`: `{"fields": {name: value}, "tables": {name: [{column: value}]}}`; null: must not be found.

    Names that the expectation leaves out are not looked at.
    """
    found = Scored()
    for name, wanted in (expected.get("fields") or {}).items():
        found.fields.append(_verdict(name, wanted, result["fields"].get(name), result["fieldStatus"].get(name)))
    for name, rows in (expected.get("tables") or {}).items():
        found.cells += _of_table(name, rows, result["tables"].get(name) or [])
    return found


def _of_table(name: str, wanted: list[Any], rows: list[Any]) -> Iterator[Verdict]:
    for number in range(max(len(wanted), len(rows))):
        cells = wanted[number] if number < len(wanted) else {}
        row = rows[number] if number < len(rows) else {}
        for column in cells if number < len(wanted) else row:
            yield _verdict(f"{name}[{number}].{column}", cells.get(column), row.get(column))


def _verdict(path: str, wanted: Any, value: Any, status: str | None = None) -> Verdict:
    if same(wanted, value):
        return Verdict(path, "right", wanted, value, status)
    outcome = "missing" if value is None else "extra" if wanted is None else "wrong"
    return Verdict(path, outcome, wanted, value, status)


def same(wanted: Any, value: Any) -> bool:
    """Booleans are put out as text; numbers are compared as numbers, texts as they are."""
    if isinstance(wanted, bool):
        wanted = str(wanted).lower()
    if isinstance(wanted, int | float) and isinstance(value, int | float):
        return wanted == value
    return bool(wanted == value)

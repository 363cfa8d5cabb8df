"""Personal values: which fields of a spec are marked pii, who may see them, and a result without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.specs.models import SpecRevision

MASK = "•••"
# Their messages may quote what an expression was given.
QUOTING = frozenset({"EXPRESSION_FAILED", "RULE_FAILED"})


def may_see_pii(user: Any) -> bool:
    return bool(user.has_perm("specs.see_pii"))


@dataclass(frozen=True, slots=True)
class Personal:
    """The names marked pii; `everything` where the spec is not known."""

    fields: frozenset[str] = frozenset()
    columns: frozenset[tuple[str, str]] = frozenset()
    """(table, column)"""
    everything: bool = field(default=False)

    def hides(self, name: str) -> bool:
        return self.everything or name in self.fields or name.removesuffix("_currency") in self.fields

    def hides_column(self, table: str, column: str) -> bool:
        return self.everything or (table, column.removesuffix("_currency")) in self.columns

    def __bool__(self) -> bool:
        return bool(self.everything or self.fields or self.columns)


def personal_of(doc_type: str, number: int) -> Personal:
    """As the revision that made a result has it. One that is not there hides everything."""
    found = (
        SpecRevision.objects.filter(spec__doc_type=doc_type, number=number).values_list("resolved", flat=True).first()
    )
    return personal_in(found) if found else Personal(everything=True)


def personal_in(resolved: Mapping[str, Any]) -> Personal:
    """Of a resolved spec, its variants too: what is personal in one layout is personal."""
    parts = [resolved, *resolved["variants"]]
    fields = {name for part in parts for name, one in part["fields"].items() if one["pii"]}
    columns = {
        (table, name)
        for part in parts
        for table, one in part["tables"].items()
        for name, column in one["columns"].items()
        if column["pii"]
    }
    return Personal(frozenset(fields), frozenset(columns))


def fields_masked(values: Mapping[str, Any], personal: Personal) -> dict[str, Any]:
    return {name: MASK if personal.hides(name) else value for name, value in values.items()}


def tables_masked(tables: Mapping[str, Any], personal: Personal) -> dict[str, Any]:
    return {table: [_row(table, row, personal) for row in rows] for table, rows in tables.items()}


def _row(table: str, row: Mapping[str, Any], personal: Personal) -> dict[str, Any]:
    return {name: MASK if personal.hides_column(table, name) else value for name, value in row.items()}


def evidence_masked(evidence: Mapping[str, Any], personal: Personal) -> dict[str, Any]:
    """What was printed is hidden; where it stood is not."""
    return {name: _evidence(name, found, personal) for name, found in evidence.items()}


def _evidence(name: str, found: Any, personal: Personal) -> Any:
    if isinstance(found, list):
        return [
            {column: _hidden(cell) if personal.hides_column(name, column) else cell for column, cell in row.items()}
            for row in found
        ]
    return _hidden(found) if personal.hides(name) else found


def _hidden(evidence: Any) -> dict[str, Any]:
    kept = evidence if isinstance(evidence, Mapping) else {}
    return {
        **{name: kept[name] for name in ("page", "box", "confidence", "source", "rank") if name in kept},
        "raw": MASK,
    }


def warnings_masked(warnings: list[dict[str, Any]], personal: Personal) -> list[dict[str, Any]]:
    return list(_warnings(warnings, personal))


def _warnings(warnings: list[dict[str, Any]], personal: Personal) -> Iterator[dict[str, Any]]:
    for warning in warnings:
        about = personal.hides(str(warning.get("field", ""))) or personal.hides_column(
            str(warning.get("table", "")), str(warning.get("column", ""))
        )
        quotes = bool(personal) and warning.get("code") in QUOTING
        yield {**warning, "message": MASK} if about or quotes else warning

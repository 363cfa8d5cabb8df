"""A table of sections: a row for every one of its headings, ordinary sources evaluated in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.judging import Judged
from mapping_specs.engine.regions import Region
from mapping_specs.engine.settling import Settled, settle
from mapping_specs.engine.tables.results import MAX_ROWS, TableResult, evidence_of_cell, put, skipped, warn_of_cell

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Column
    from mapping_specs.engine.resolved import Table as TableSpec


def read_sections(context: Context, name: str, spec: TableSpec) -> TableResult:
    result = TableResult()
    where: Any = {"section": [*spec["where"].get("section", []), {"heading": spec["repeat"]}]}
    region = context.region(None, where)
    if region.missing is not None:
        if spec["required"]:
            context.warn("TABLE_MISSING", f"The table {name} was not found.", table=name)
        return result
    before = context.within
    for section in region.sections[-1][:MAX_ROWS]:
        context.within = Region((*region.sections[:-1], (section,)))
        values: dict[str, Any] = {}
        evidence: dict[str, Any] = {}
        settled: dict[str, Settled] = {}
        for column_name, column in spec["columns"].items():
            if "source" not in column:
                continue
            settled[column_name] = settle(context, _as_field(column))
            best = settled[column_name].best
            if best is not None and best.converted is not None:
                put(values, column_name, best)
                evidence[column_name] = _evidence_of_settled(settled[column_name], best)
        if skipped(context, spec, values):
            continue
        for column_name, one in settled.items():
            _warn_of_settled(context, result, one, name, column_name)
        if values:
            result.rows.append(values)
            result.evidence.append(evidence)
    context.within = before
    return result


def _evidence_of_settled(settled: Settled, best: Judged) -> dict[str, Any]:
    """With the confidence of a field, that doubts have lowered."""
    evidence = evidence_of_cell(best)
    if settled.taken is not None:
        evidence["confidence"] = settled.taken.confidence
    return evidence


def _warn_of_settled(context: Context, result: TableResult, settled: Settled, table: str, column: str) -> None:
    """As of a cell; the row is the one that follows those of the result."""
    row, judged = len(result.rows) + 1, settled.best or settled.invalid
    if judged is not None:
        warn_of_cell(context, judged, f"{table}.{column}", row)
    if settled.taken is not None and settled.taken.ambiguous:
        message = f"Several values fit {table}.{column}; the first was taken."
        context.warn("AMBIGUOUS", message, table=table, column=column, row=row)
    if settled.best is None and settled.invalid is not None:
        result.unread.add(column)


def _as_field(column: Column) -> Any:
    return {**column, "sources": [column["source"]], "pick": "first", "confidence": "min", "required": False}

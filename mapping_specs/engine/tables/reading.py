"""A spec's table: typed rows, each cell with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.judging import Judged, judge
from mapping_specs.engine.matching import matcher
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.tables.choosing import choose
from mapping_specs.engine.tables.logical import LogicalTable, Row
from mapping_specs.engine.tables.results import (
    MAX_ROWS,
    Reader,
    TableResult,
    evidence_of_cell,
    put,
    skipped,
    warn_of_cell,
)
from mapping_specs.engine.view.nodes import Cell

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Column
    from mapping_specs.engine.resolved import Table as TableSpec


def read_table(context: Context, name: str, spec: TableSpec) -> TableResult:
    if spec.get("repeat"):
        from mapping_specs.engine.tables.sections import read_sections

        return read_sections(context, name, spec)
    headers = [tuple(column["header"]) for column in spec["columns"].values() if "header" in column]
    found, single = choose(context, spec["where"], headers, spec["header_rows"])
    if found is None:
        if spec["required"]:
            context.warn("TABLE_MISSING", f"The table {name} was not found.", table=name)
        return TableResult()
    if not single:
        context.warn("AMBIGUOUS", f"Several tables fit {name}; the first was taken.", table=name)
    result = TableResult(source=found, columns=_columns(context, name, spec, found))
    result.readers = [Reader(column, spec["columns"][column], result.columns.get(column)) for column in spec["columns"]]
    skipped_kinds = {skip["kind"] for skip in spec["skip"] if "kind" in skip}
    filled: dict[str, tuple[Any, dict[str, Any]]] = {}
    for row in found.rows[:MAX_ROWS]:
        if row.kind in skipped_kinds:
            continue
        _read_row(context, name, spec, result, row, filled)
    return result


def _columns(context: Context, name: str, spec: TableSpec, found: LogicalTable) -> dict[str, int]:
    """Column name → its place; a wanted one that is not there is a warning, the rest still comes."""
    places: dict[str, int] = {}
    for column_name, column in spec["columns"].items():
        place = _place(column, found)
        if place is not None:
            places[column_name] = place
            if "header" in column and found.is_ambiguous(tuple(column["header"])):
                message = f"Several columns fit {name}.{column_name}; the first was taken."
                context.warn("AMBIGUOUS", message, table=name, column=column_name)
        elif ("header" in column or "column" in column) and not column["optional"]:
            wanted = column["header"][0] if "header" in column else column["column"]
            message = f"The table {name} has no column {wanted}."
            context.warn("COLUMN_MISSING", message, table=name, column=column_name)
    return places


def _place(column: Column, found: LogicalTable) -> int | None:
    if "column" in column:
        place = column["column"] - 1 if column["column"] > 0 else column["column"] + len(found.headers)
        return place if 0 <= place < max(len(found.headers), 1) else None
    return found.column(tuple(column["header"])) if "header" in column else None


def _read_row(
    context: Context,
    name: str,
    spec: TableSpec,
    result: TableResult,
    row: Row,
    filled: dict[str, tuple[Any, dict[str, Any]]],
) -> None:
    cells: dict[str, Judged] = {}
    for reader in result.readers:
        cell = reader.cell(row, result.source)
        if cell is not None and (cell.text or cell.selections):
            cells[reader.name] = _judge_cell(context, cell, reader)
    unread = {column_name for column_name, judged in cells.items() if judged.converted is None and not judged.blank}
    values: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    for column_name, judged in cells.items():
        if judged.converted is not None:
            put(values, column_name, judged)
            evidence[column_name] = evidence_of_cell(judged)
    if not any(spec["columns"][column_name].get("row") != "section" for column_name in evidence):
        if row.kind == "data" and not skipped(context, spec, values):
            _tell_unread(context, name, result, cells)
        return
    _fill_down(spec, unread, values, evidence, filled)
    if skipped(context, spec, values):
        return
    _tell_unread(context, name, result, cells)
    result.rows.append(values)
    result.evidence.append(evidence)
    result.kept.append(row)


def _tell_unread(context: Context, name: str, result: TableResult, cells: dict[str, Judged]) -> None:
    """Of the row that follows those of the result; of one that is left out, as nothing in it could be read, too."""
    for column_name, judged in cells.items():
        if judged.reason and not judged.blank:
            warn_of_cell(context, judged, f"{name}.{column_name}", len(result.rows) + 1)
            if judged.converted is None:
                result.unread.add(column_name)


def _judge_cell(context: Context, cell: Cell, reader: Reader) -> Judged:
    if cell.selections:
        _ = context.view.selections  # boxes know their labels
    return judge(context, _hit_of(cell, reader.column), reader.recipe)


def hit_of_cell(cell: Cell) -> Hit:
    """With the words as evidence."""
    hit = _hit_of(cell, None)
    hit.words = cell.words
    return hit


def _hit_of(cell: Cell, column: Any) -> Hit:
    """A cell's text, or the truth of its box, or of several boxes the option that is ticked."""
    hit = Hit(
        cell.text or None,
        page=cell.page,
        box=cell.box,
        confidence=cell.confidence,
        ocr_confidence=cell.ocr_confidence,
    )
    if cell.selections and not cell.text:
        hit.value = cell.selected if len(cell.selections) == 1 else None
        hit.text = None if hit.value is None else ("yes" if hit.value else "no")
    if cell.selections and column and column.get("options"):
        _ticked_option(hit, cell, column["options"])
    return hit


def _ticked_option(hit: Hit, cell: Cell, options: dict[str, str]) -> None:
    ticked = [box for box in cell.selections if box.selected]
    labels = PrintedIndex(box.label for box in ticked)
    found = [value for printed, value in options.items() if labels.find(matcher((printed,)))]
    hit.text, hit.value = (", ".join(box.label for box in ticked) or None), (found[0] if len(found) == 1 else None)


def _fill_down(
    spec: TableSpec,
    unread: set[str],
    values: dict[str, Any],
    evidence: dict[str, Any],
    filled: dict[str, tuple[Any, dict[str, Any]]],
) -> None:
    """A blank takes the value of the row above; nothing, where that could not be read."""
    for name in spec["fill_down"]:
        if name in values:
            filled[name] = (values[name], evidence[name])
        elif name in unread:
            filled.pop(name, None)
        elif name in filled:
            values[name], evidence[name] = filled[name]

"""A spec's table: typed rows, each cell with its evidence."""

from __future__ import annotations

from typing import Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.errors import ExpressionError
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.judging import Judged, Recipe, judge
from mapping_specs.engine.matching import matcher
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.regions import Region
from mapping_specs.engine.resolved import Column
from mapping_specs.engine.resolved import Table as TableSpec
from mapping_specs.engine.tables.choosing import choose
from mapping_specs.engine.tables.logical import LogicalTable, Row
from mapping_specs.engine.view.nodes import Cell

MAX_ROWS = 20_000


class Reader:
    """How one column is read of a row. `place`: of its cells, None where the table has no such column."""

    __slots__ = ("_by_header", "_of_section", "column", "name", "place", "recipe")

    def __init__(self, name: str, column: Column, place: int | None) -> None:
        self.name = name
        self.column = column
        self.place = place
        self.recipe = Recipe(column, (column["clean"],), (column["check"],))
        self._by_header = "header" in column
        self._of_section = column.get("row") == "section"

    def cell(self, row: Row, table: LogicalTable | None) -> Cell | None:
        if self._of_section:
            return row.section if row.kind != "section" else None
        if self.place is None or table is None:
            return None
        if self._by_header:
            return table.cell(row, self.place)
        return row.cells[self.place] if self.place < len(row.cells) else None


class TableResult:
    """`rows` are put out, blanks left out; `kept` the printed rows behind them.

    `evidence`: row by row, of each column raw, page, box, confidence.
    """

    def __init__(self, source: LogicalTable | None = None, columns: dict[str, int] | None = None) -> None:
        self.source = source
        self.columns = columns or {}
        self.readers: list[Reader] = []
        self.rows: list[dict[str, Any]] = []
        self.evidence: list[dict[str, Any]] = []
        self.kept: list[Row] = []


def read_table(context: Context, name: str, spec: TableSpec) -> TableResult:
    if spec.get("repeat"):
        return _read_sections(context, name, spec)
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
    values: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    for column_name, judged in cells.items():
        if judged.converted is not None:
            _put(values, column_name, judged)
            evidence[column_name] = evidence_of_cell(judged)
    if not any(spec["columns"][column_name].get("row") != "section" for column_name in evidence):
        return
    _fill_down(spec, values, evidence, filled)
    if _skipped(context, spec, values):
        return
    for column_name, judged in cells.items():
        if judged.reason and not judged.blank:
            _warn_of_cell(context, judged, f"{name}.{column_name}", len(result.rows) + 1)
    result.rows.append(values)
    result.evidence.append(evidence)
    result.kept.append(row)


def _warn_of_cell(context: Context, judged: Judged, place: str, row: int) -> None:
    table, _, column = place.partition(".")
    more = {"table": table, "column": column, "row": row}
    if judged.failed:
        context.warn("CHECK_FAILED", f"A cell of {place} fails its checks: {', '.join(judged.failed)}.", **more)
    elif judged.converted is None and not judged.blank:
        context.warn("INVALID", f"A cell of {place} is not read: {judged.reason}.", **more)


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


def _put(values: dict[str, Any], name: str, judged: Judged) -> None:
    assert judged.converted is not None
    values[name] = judged.converted.value
    for suffix, value in judged.converted.extra.items():
        values[f"{name}_{suffix}"] = value


def evidence_of_cell(judged: Judged) -> dict[str, Any]:
    hit = judged.hit
    known = [percent for percent in (hit.confidence, hit.ocr_confidence) if percent is not None]
    evidence: dict[str, Any] = {
        "raw": hit.text,
        "page": hit.page,
        "box": hit.box.to_dict() if hit.box else None,
        "confidence": round(min(known), 2) if known else None,
    }
    if judged.failed:
        evidence["failed"] = judged.failed
    return evidence


def _fill_down(
    spec: TableSpec, values: dict[str, Any], evidence: dict[str, Any], filled: dict[str, tuple[Any, dict[str, Any]]]
) -> None:
    """A blank takes the value of the row above."""
    for name in spec["fill_down"]:
        if name in values:
            filled[name] = (values[name], evidence[name])
        elif name in filled:
            values[name], evidence[name] = filled[name]


def _skipped(context: Context, spec: TableSpec, values: dict[str, Any]) -> bool:
    expressions = [skip["expression"] for skip in spec["skip"] if "expression" in skip]
    if not expressions:
        return False
    from mapping_specs.engine.expressions import compile_expression

    row = {name: values.get(name) for name in spec["columns"]}
    for expression in expressions:
        try:
            if compile_expression(expression).search(row):
                return True
        except ExpressionError as error:
            context.warn("EXPRESSION_FAILED", f"An expression could not be evaluated: {error}", expression=expression)
    return False


def _read_sections(context: Context, name: str, spec: TableSpec) -> TableResult:
    """A table of sections: a row for every one of its headings, ordinary sources evaluated in each."""
    from mapping_specs.engine.settling import settle

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
        for column_name, column in spec["columns"].items():
            if "source" not in column:
                continue
            best = settle(context, _as_field(column)).best
            if best is not None and best.converted is not None:
                _warn_of_cell(context, best, f"{name}.{column_name}", len(result.rows) + 1)
                _put(values, column_name, best)
                evidence[column_name] = evidence_of_cell(best)
        if values and not _skipped(context, spec, values):
            result.rows.append(values)
            result.evidence.append(evidence)
    context.within = before
    return result


def _as_field(column: Column) -> Any:
    return {**column, "sources": [column["source"]], "pick": "first", "confidence": "min", "required": False}

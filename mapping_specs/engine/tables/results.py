"""What a spec's table came to, whatever its rows were read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.errors import ExpressionError
from mapping_specs.engine.judging import Judged, Recipe
from mapping_specs.engine.tables.logical import LogicalTable, Row
from mapping_specs.engine.view.nodes import Cell

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Column
    from mapping_specs.engine.resolved import Table as TableSpec

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

    `evidence`: row by row, of each column raw, page, box, confidence. `unread`: the columns with a cell that was left out,
    because what is written there is not of the type.
    """

    def __init__(self, source: LogicalTable | None = None, columns: dict[str, int] | None = None) -> None:
        self.source = source
        self.columns = columns or {}
        self.readers: list[Reader] = []
        self.rows: list[dict[str, Any]] = []
        self.evidence: list[dict[str, Any]] = []
        self.kept: list[Row] = []
        self.unread: set[str] = set()


def put(values: dict[str, Any], name: str, judged: Judged) -> None:
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


def warn_of_cell(context: Context, judged: Judged, place: str, row: int) -> None:
    table, _, column = place.partition(".")
    more = {"table": table, "column": column, "row": row}
    if judged.failed:
        context.warn("CHECK_FAILED", f"A cell of {place} fails its checks: {', '.join(judged.failed)}.", **more)
    elif judged.converted is None and not judged.blank:
        context.warn("INVALID", f"A cell of {place} is not read: {judged.reason}.", **more)


def skipped(context: Context, spec: TableSpec, values: dict[str, Any]) -> bool:
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

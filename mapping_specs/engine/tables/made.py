"""Tables that are none of Textract's: line items of AnalyzeExpense, and what a JMESPath expression gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.errors import ExpressionError
from mapping_specs.engine.tables.headers import ExpenseHeaders
from mapping_specs.engine.tables.logical import LogicalTable, Row
from mapping_specs.engine.view.answers import ExpenseField
from mapping_specs.engine.view.nodes import NOWHERE, Box, Cell
from mapping_specs.engine.view.tables import made_cell

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import TableWhere


def of_expenses(context: Context, where: TableWhere) -> list[LogicalTable]:
    """Line items of AnalyzeExpense; a column's headers are its type and its printed label."""
    tables = []
    for one in context.view.expenses:
        rows = one.line_items
        kinds = list(dict.fromkeys(_kind_of(cell) for row in rows for cell in row))
        if not kinds or ("page" in where and one.page != where["page"]):
            continue
        if "document" in where and one.document != where["document"]:
            continue
        types = ["" if kind.startswith("OTHER ") else kind for kind in kinds]
        index = ExpenseHeaders(types, [_printed_over(kind, rows) for kind in kinds])
        built = [Row([_cell_of(kind, column, row) for column, kind in enumerate(kinds)]) for row in rows]
        table = _made(one.page, index.headers, built)
        table.header_index = index
        tables.append(table)
    return tables


def _made(page: int, headers: list[list[str]], rows: list[Row]) -> LogicalTable:
    """A table that is no table of Textract's."""
    table = LogicalTable(page, NOWHERE, "", headers)
    table.rows = [row for row in rows if row.filled]
    return table


def _kind_of(cell: ExpenseField) -> str:
    return f"OTHER {cell.label or ''}" if cell.type == "OTHER" else cell.type


def _printed_over(kind: str, rows: list[list[ExpenseField]]) -> list[str]:
    labels = [cell.label for row in rows for cell in row if _kind_of(cell) == kind and cell.label]
    return list(dict.fromkeys(labels))


def _cell_of(kind: str, column: int, row: list[ExpenseField]) -> Cell:
    found = next((cell for cell in row if _kind_of(cell) == kind), None)
    if found is None:
        return made_cell(column, 1, NOWHERE)
    return made_cell(column, found.page, found.box or NOWHERE, found.value or "", found.confidence)


def of_jmespath(context: Context, where: TableWhere) -> list[LogicalTable]:
    """An expression that gives a table of the view, several of them, or a list of rows `{header: node}`."""
    from mapping_specs.engine.expressions import compile_expression

    try:
        found = compile_expression(where["jmespath"]).search(context.view.as_json)
    except ExpressionError as error:
        context.warn(
            "EXPRESSION_FAILED", f"An expression could not be evaluated: {error}", expression=where["jmespath"]
        )
        return []
    tables = found if isinstance(found, list) and any(map(_is_table, found)) else [found]
    return [table for one in tables for table in _of_rows(one.get("rows") if _is_table(one) else one)]


def _is_table(found: Any) -> bool:
    return isinstance(found, dict) and isinstance(found.get("rows"), list)


def _of_rows(found: Any) -> list[LogicalTable]:
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return []
    built = [Row([_cell_of_node(row.get(name), column) for column, name in enumerate(names)]) for row in rows]
    return [_made(1, [[name] for name in names], built)]


def _cell_of_node(node: Any, column: int) -> Cell:
    if not isinstance(node, dict):
        return made_cell(column, 1, NOWHERE, "" if node is None else str(node))
    box, page = node.get("box"), node.get("page")
    text = node.get("text", node.get("value"))
    text = text if isinstance(text, str) else ""
    return made_cell(column, page if isinstance(page, int) else 1, _box(box), text, node.get("confidence"))


def _box(box: Any) -> Box:
    try:
        return Box(box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"])
    except (KeyError, TypeError):
        return NOWHERE

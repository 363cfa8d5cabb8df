"""Which table is meant: all that `where` gives must hold; the pages of one table are joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.errors import ExpressionError
from mapping_specs.engine.matching import looks_like, matcher, normalize
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.resolved import TableWhere
from mapping_specs.engine.tables.headers import ExpenseHeaders, best_depth, header_depth, headers_of
from mapping_specs.engine.tables.logical import LogicalTable, Row, logical, marked_header
from mapping_specs.engine.view import View
from mapping_specs.engine.view.answers import ExpenseField
from mapping_specs.engine.view.nodes import NOWHERE, Box, Cell
from mapping_specs.engine.view.tables import YEAR, Table, has_digit, made_cell

GOES_ON = re.compile(r"\bcont(?:\b|in)", re.IGNORECASE)
"""`continued`, `(cont.)`."""
SAME_EDGE = 0.04
"""Tables whose left and right edges differ by less, in widths of the page, can be parts of one."""


TELLING = {"headers", "rows", "title", "expense", "jmespath"}


def choose(
    context: Context, where: TableWhere, columns: list[tuple[str, ...]], header_rows: int | None = None
) -> tuple[LogicalTable | None, bool]:
    """The table, and whether it is the only one that fits. `columns`: the headers wanted beside those of `where`."""
    found = candidates(context, where, columns, header_rows)
    if columns and not TELLING & where.keys():
        found = _with_most(found, columns)
    nth = where.get("nth")
    if nth:
        position = nth - 1 if nth > 0 else nth
        return (found[position] if -len(found) <= position < len(found) else None), True
    return (found[0] if found else None), len(found) < 2


def _with_most(tables: list[LogicalTable], columns: list[tuple[str, ...]]) -> list[LogicalTable]:
    """Where nothing else tells the table, its columns do: those that have the most of them, and one at least."""
    counts = [sum(table.column(labels) is not None for labels in columns) for table in tables]
    most = max(counts, default=0)
    return [table for table, count in zip(tables, counts, strict=True) if most and count == most]


def candidates(
    context: Context, where: TableWhere, columns: list[tuple[str, ...]], header_rows: int | None
) -> list[LogicalTable]:
    """Every table that fits, in reading order: made once a document for the same words, as many fields ask for one table."""
    key = (repr(where), "headers" in where or repr(columns), header_rows, context.within)
    tables: list[LogicalTable] | None = context.candidates.get(key)
    if tables is None:
        tables = context.candidates[key] = _candidates(context, where, columns, header_rows)
    lower = _lower_headers(tables, columns) if "headers" in where and header_rows is None else []
    if not lower:
        return tables
    return candidates(context, {**where, "headers": [*where["headers"], *map(list, lower)]}, columns, header_rows)


def _lower_headers(tables: list[LogicalTable], columns: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Of the columns wanted those that none of the tables has, but one would with the marked row below its header."""
    missing = [labels for labels in columns if all(table.column(labels) is None for table in tables)]
    parts = [table.parts[0] for table in tables if table.parts]
    return [labels for labels in missing if any(_is_marked_below(part, labels) for part in parts)]


def _is_marked_below(table: Table, labels: tuple[str, ...]) -> bool:
    depth = header_depth(table, [labels])
    return depth is not None and all(row in table.marked_rows for row in range(len(table.title_rows), depth))


def _candidates(
    context: Context, where: TableWhere, columns: list[tuple[str, ...]], header_rows: int | None
) -> list[LogicalTable]:
    if "expense" in where:
        return _of_expenses(context, where)
    if "jmespath" in where:
        return _of_jmespath(context, where)
    heads = [table for table in context.view.tables if _fits(context, table, where)]
    if "headers" in where:
        return _joined_by_headers(heads, context.view, where, header_rows)

    def built(table: Table) -> LogicalTable:
        return _built(table, columns, header_rows, context.view, where.get("rows", []))

    # Without a title nothing says that what looks as if it went on is not the table that is meant.
    return _each_once(heads, built) if "title" in where else [built(table) for table in heads]


def _each_once(heads: Iterable[Table], build: Callable[[Table], LogicalTable]) -> list[LogicalTable]:
    """What goes on another table, over the page, is none of its own."""
    built: list[LogicalTable] = []
    taken: set[int] = set()
    for table in heads:
        if id(table) not in taken:
            built.append(build(table))
            taken.update(map(id, built[-1].parts))
    return built


def _fits(context: Context, table: Table, where: TableWhere) -> bool:
    if "page" in where and table.page != where["page"]:
        return False
    region = context.region(None, {"section": where["section"]} if "section" in where else {})
    if not region.everywhere and not region.holds(table.page, _top(table)):
        return False
    if "title" in where and not _titled(table.title, tuple(where["title"])):
        return False
    return "rows" not in where or _has_rows(table, where["rows"])


def _top(table: Table) -> Box:
    """The first row stands for the table: a long one may end beside another heading."""
    first = table.grid[0] if table.grid else []
    return Box(table.box.left, table.box.top, table.box.right, first[0].box.bottom if first else table.box.bottom)


def _titled(title: str, wanted: tuple[str, ...]) -> bool:
    if not title:
        return False
    return matcher(wanted).match(title) is not None or bool(PrintedIndex([title]).starting(matcher(wanted)))


def _has_rows(table: Table, labels: list[Any]) -> bool:
    texts = table.cache.get("texts")
    if texts is None:
        texts = table.cache["texts"] = PrintedIndex(cell.text for row in table.grid for cell in row)
    return all(texts.find(matcher(_synonyms(label))) for label in labels)


def _synonyms(label: Any) -> tuple[str, ...]:
    return tuple(label) if isinstance(label, list) else (str(label),)


def _built(
    table: Table, columns: list[tuple[str, ...]], header_rows: int | None, view: View, labels: list[Any]
) -> LogicalTable:
    depth = header_rows if header_rows is not None else _depth_of(table, best_depth(table, columns))
    if header_rows is None and _holds_label(table, depth, labels):
        depth = len(table.title_rows)
    built = logical(table, depth)
    _join(built, view)
    return built


def _joined_by_headers(
    heads: list[Table],
    view: View,
    where: TableWhere,
    header_rows: int | None,
) -> list[LogicalTable]:
    wanted = [tuple(synonyms) for synonyms in where["headers"]]
    depths = {id(table): depth for table in heads if (depth := header_depth(table, wanted)) is not None}

    def built(table: Table) -> LogicalTable:
        depth = header_rows if header_rows is not None else _depth_of(table, depths[id(table)])
        one = logical(table, depth)
        _join(one, view)
        return one

    return _each_once((table for table in heads if id(table) in depths), built)


def _holds_label(table: Table, depth: int, labels: list[Any]) -> bool:
    """A row label in what only looks like a header: the table has none."""
    if not labels or any(row < depth for row in table.marked_rows):
        return False
    texts = [cell.text for row in table.grid[:depth] for cell in row if cell.text]
    return any(matcher(_synonyms(label)).match(text) is not None for label in labels for text in texts)


def _depth_of(table: Table, least: int) -> int:
    """Marked rows just below belong to the header too where they look it: words, under some columns only. Textract marks
    rows of data as well."""
    depth = least
    while depth in table.marked_rows and depth < len(table.grid) - 1 and _is_under_header(table.grid[depth]):
        depth += 1
    return depth


def _is_under_header(row: list[Cell]) -> bool:
    is_partial = any(cell.covered_by or not cell.text for cell in row)
    return is_partial and not any(character.isdigit() for cell in row for character in cell.text)


def _join(built: LogicalTable, view: View) -> None:
    """Append what goes on over the next pages: the header repeated, or the same columns without another header."""
    last = built.parts[-1]
    page = last.page
    while True:
        page += 1
        part = next((table for table in view.tables_on(page) if _continues(built, last, table, view)), None)
        if part is None:
            return
        built.add(part, _repeated_depth(built, part))
        last = part


def _continues(built: LogicalTable, last: Table, table: Table, view: View) -> bool:
    if not table.grid or len(table.grid[0]) != len(built.headers) or not _same_edges(last, table):
        return False
    if _has_title_of_its_own(table, built.parts[0]):
        return False
    if _repeated_depth(built, table):
        return True
    if last is not _last_alike(table, view):
        return False
    header = marked_header(table)
    return header is None or any(has_digit(text) and not YEAR.fullmatch(text.strip()) for text in header)


def _has_title_of_its_own(table: Table, first: Table) -> bool:
    if not table.is_titled or not first.is_titled or GOES_ON.search(table.title):
        return False
    return matcher((first.title,)).match(table.title) is None


def _same_edges(one: Table, other: Table) -> bool:
    return (
        abs(one.box.left - other.box.left) <= SAME_EDGE
        and abs(one.box.right - other.box.right) <= SAME_EDGE
        and bool(one.grid)
        and bool(other.grid)
        and len(one.grid[0]) == len(other.grid[0])
    )


def _last_alike(table: Table, view: View) -> Table | None:
    """Of the page before, the lowest table with the same edges and columns, and with figures under the same of them if
    there is one: that is what goes on."""
    alike = [other for other in view.tables_on(table.page - 1) if _same_edges(other, table)]
    several = len(alike) > 1
    same = [other for other in alike if other.figure_columns == table.figure_columns] if several else []
    return max(same or alike, key=lambda other: other.box.top, default=None)


def _repeated_depth(built: LogicalTable, table: Table) -> int:
    """How many leading rows repeat the header; 0 if none."""
    wanted = [normalize(" ".join(texts)) for texts in built.headers]
    if not any(wanted):
        return 0
    for depth in range(1, min(4, len(table.grid)) + 1):
        printed = [normalize(" ".join(texts)) for texts in headers_of(table, depth)]
        if printed == wanted or _is_misread(printed, wanted):
            return depth
    return 0


def _is_misread(printed: list[str], wanted: list[str]) -> bool:
    """One header of several, by a letter: `Amourt` for `Amount`."""
    others = [(one, other) for one, other in zip(printed, wanted, strict=False) if one != other]
    equal = sum(one == other != "" for one, other in zip(printed, wanted, strict=False))
    return len(printed) == len(wanted) and len(others) == 1 < equal and looks_like(others[0][1], others[0][0])


def _of_expenses(context: Context, where: TableWhere) -> list[LogicalTable]:
    """Line items of AnalyzeExpense; a column's headers are its type and its printed label."""
    tables = []
    for one in context.view.expenses:
        rows = one.line_items
        kinds = list(dict.fromkeys(_kind_of(cell) for row in rows for cell in row))
        if not kinds or ("page" in where and one.page != where["page"]):
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


def _of_jmespath(context: Context, where: TableWhere) -> list[LogicalTable]:
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

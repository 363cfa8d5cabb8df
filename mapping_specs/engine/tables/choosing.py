"""Which table is meant: all that `where` gives must hold; the pages of one table are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.matching import matcher
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.tables.headers import best_depth, header_depth
from mapping_specs.engine.tables.joining import join
from mapping_specs.engine.tables.logical import LogicalTable, logical
from mapping_specs.engine.tables.made import of_expenses, of_jmespath
from mapping_specs.engine.view import View
from mapping_specs.engine.view.nodes import Box, Cell
from mapping_specs.engine.view.tables import Table

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import TableWhere

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
        return of_expenses(context, where)
    if "jmespath" in where:
        return of_jmespath(context, where)
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
    join(built, view)
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
        join(one, view)
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

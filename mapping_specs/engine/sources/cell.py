"""`cell`: one cell of a table, by its row and its column."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.matching import EQUAL, Matcher, matcher
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.tables.choosing import candidates
from mapping_specs.engine.tables.logical import LogicalTable, Row
from mapping_specs.engine.tables.reading import hit_of_cell
from mapping_specs.engine.tables.results import TableResult

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source


def find(context: Context, source: Source) -> list[Hit]:
    """A hit of each table that fits: several tables are several hits, unless `nth` in `table` names one."""
    hits = []
    for table, rows, names in tables_of(context, source):
        column = column_of(table, source["args"], names)
        row = _row(context, table, rows, source["args"], column, names)
        if row is None or column is None or column >= len(row.cells):
            continue
        by_header = not isinstance(source["args"]["column"], int)
        cell = table.cell(row, column) if by_header and not source["args"].get("column_nth") else None
        hit = hit_of_cell(cell or row.cells[column])
        hit.confirmed = by_header and not isinstance(source["args"].get("row"), int | None)
        if by_header and not source["args"].get("column_nth"):
            hit.certain = not table.is_ambiguous(labels_of(source["args"]["column"]))
        hit.match_class = _class_of(context, table, row, source["args"], column)
        hit.label = next((cell.text for cell in row.cells[:column] if cell.text), None)
        hits.append(hit)
    return hits


def _class_of(context: Context, table: LogicalTable, row: Row, args: dict[str, Any], column: int) -> int:
    """The worse one of those that the row and the header match in; a number matches nothing."""
    ranks = [] if isinstance(args["column"], int) else [table.rank(labels_of(args["column"]), column)]
    wanted = args.get("row")
    if isinstance(wanted, str | list):
        texts = [text for cell in row.cells[: column or None] if cell.text for text in (cell.text, *_lines(cell.text))]
        found = context.index_of(texts).find(matcher(labels_of(wanted)))
        ranks.append(min(found.values(), default=EQUAL))
    return max(ranks, default=EQUAL)


def tables_of(context: Context, source: Source) -> list[tuple[LogicalTable, list[Row], dict[str, int]]]:
    """Each table with its rows and, for a table of this spec, the places of its own column names."""
    where: Any = source["args"]["table"]
    if "name" in where:
        found: TableResult | None = context.tables_read.get(where["name"])
        return [(found.source, found.kept, found.columns)] if found is not None and found.source is not None else []
    if "section" not in where and "section" in source["where"] and not _row_section(source):
        where = {**where, "section": source["where"]["section"]}
    where = {**where, **{name: source["where"][name] for name in ("page", "document") if name in source["where"]}}
    tables = candidates(context, where, _headers(source["args"]), None)
    nth = where.get("nth")
    if nth:
        position = nth - 1 if nth > 0 else nth
        tables = [tables[position]] if -len(tables) <= position < len(tables) else []
    tables = [table for table in tables if _inside(context, source, table)]
    return [(table, table.rows, {}) for table in tables]


def _headers(args: dict[str, Any]) -> list[tuple[str, ...]]:
    wanted = [] if isinstance(args["column"], int) else [labels_of(args["column"])]
    row = args.get("row")
    return [*wanted, *((name,) for name in row)] if isinstance(row, dict) else wanted


def labels_of(text: str | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _row_section(source: Source) -> bool:
    return bool(source["args"].get("section"))


def _inside(context: Context, source: Source, table: LogicalTable) -> bool:
    """Without a section-title row of that name the section is one of the page."""
    region = context.region(source)
    if (region.area is not None or context.within is not None) and not region.holds(table.page, table.box):
        return False
    section = source["args"].get("section")
    if not section or _section_rows(table, tuple(section[-1]["heading"])):
        return True
    return context.region(None, {"section": section}).holds(table.page, table.box)


def _section_rows(table: LogicalTable, labels: tuple[str, ...]) -> list[Row]:
    """The rows under the section-title row of that name, up to the next."""
    wanted = matcher(labels)
    inside: list[Row] = []
    begun = False
    for row in table.rows:
        filled = [cell.text for cell in row.cells if cell.text]
        is_title = row.kind == "section" or (len(filled) == 1 and len(row.cells) > 1)
        if is_title and filled and wanted.match(filled[0]) is not None:
            begun = True
        elif begun and row.kind == "section":
            break
        elif begun:
            inside.append(row)
    return inside


def column_of(table: LogicalTable, args: dict[str, Any], names: dict[str, int]) -> int | None:
    column = args["column"]
    if isinstance(column, int):
        width = len(table.headers) or max((len(row.cells) for row in table.rows), default=0)
        place = column - 1 if column > 0 else column + width
        return place if 0 <= place < width else None
    labels = labels_of(column)
    own = next((label for label in labels if label in names), None)
    return names[own] if own is not None else table.column(labels, args.get("column_nth"))


def _row(
    context: Context,
    table: LogicalTable,
    rows: list[Row],
    args: dict[str, Any],
    column: int | None,
    names: dict[str, int],
) -> Row | None:
    """Several rows fit: the first, or the one `row_nth` names."""
    wanted = args.get("row")
    section = args.get("section")
    if section and (under := _section_rows(table, tuple(section[-1]["heading"]))):
        rows = under
    data = [row for row in rows if row.kind != "section"]
    if isinstance(wanted, int):
        position = wanted - 1 if wanted > 0 else wanted
        if -len(data) <= position < len(data):
            return data[position]
        wanted = str(wanted)  # no row but the text of one, as a year
    if wanted is None:
        return data[0] if data else None
    if isinstance(wanted, dict):
        fitting = _by_cells(table, data, wanted, names)
    else:
        fitting = _by_text(context, data, wanted, column)
        fitting = fitting or _by_text(context, _not_a_header(table, args), wanted, column)
    nth = args.get("row_nth") or 1
    position = nth - 1 if nth > 0 else nth
    return fitting[position] if -len(fitting) <= position < len(fitting) else None


def _not_a_header(table: LogicalTable, args: dict[str, Any]) -> list[Row]:
    """The first row, where it only looks like a header and the column is asked for by its number."""
    if not isinstance(args["column"], int) or not table.parts:
        return []
    part = table.parts[0]
    return [Row(part.grid[number]) for number in part.header_rows if number not in part.marked_rows]


def _by_text(context: Context, rows: list[Row], wanted: str | list[str], column: int | None) -> list[Row]:
    """The rows with the text in a cell left of the column, of the best class; else with it as a line of such a cell."""
    labels = matcher(labels_of(wanted))
    for texts_of in (_cells_left, _lines_left, _all_left):
        numbers, index = _indexed(context, rows, column, texts_of)
        ranks = index.find(labels)
        if ranks:
            best = min(ranks.values())
            found = dict.fromkeys(numbers[position] for position in sorted(ranks) if ranks[position] == best)
            return [rows[number] for number in found]
    return []


TextsOf = Callable[[list[str]], list[str]]


def _indexed(
    context: Context, rows: list[Row], column: int | None, texts_of: TextsOf
) -> tuple[list[int], PrintedIndex]:
    """Of each text left of the column the number of its row, and all of them; made once for the fields of a table."""
    key = (texts_of, id(rows[0]) if rows else 0, len(rows), column)
    found = context.row_texts.get(key)
    if found is None:
        texts = [
            (number, text)
            for number, row in enumerate(rows)
            for text in texts_of([cell.text for cell in row.cells[: column or None] if cell.text])
        ]
        # With the rows: what is gone leaves its id to another.
        index = PrintedIndex(text for _, text in texts)
        found = context.row_texts[key] = ([number for number, _ in texts], index, rows)
    return found[:2]


def _cells_left(texts: list[str]) -> list[str]:
    return texts


def _lines_left(texts: list[str]) -> list[str]:
    return [line for text in texts for line in _lines(text)]


def _all_left(texts: list[str]) -> list[str]:
    """Textract has cut the label into several cells."""
    return [" ".join(texts)] if len(texts) > 1 else []


def _lines(text: str) -> list[str]:
    """The printed lines of a cell that has several: a name, then more about it."""
    return text.split("\n") if "\n" in text else []


def _holds(text: str, wanted: Matcher) -> bool:
    return any(wanted.match(one) is not None for one in (text, *_lines(text)))


def _by_cells(table: LogicalTable, rows: list[Row], wanted: dict[str, str], names: dict[str, int]) -> list[Row]:
    columns = {header: names.get(header, table.column((header,))) for header in wanted}
    return [
        row
        for row in rows
        if all(
            (place := columns[header]) is not None
            and place < len(row.cells)
            and _holds(row.cells[place].text, matcher((str(text),)))
            for header, text in wanted.items()
        )
    ]

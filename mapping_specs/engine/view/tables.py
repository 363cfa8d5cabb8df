"""Tables as grids of cells: merged cells settled, titles found, headers as Textract marks them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

from mapping_specs.engine.view.attributes import Block, confidence_of, kinds_of, page_of
from mapping_specs.engine.view.blocks import Blocks
from mapping_specs.engine.view.geometry import Box, hull, overlap_sideways
from mapping_specs.engine.view.lazy import lazy
from mapping_specs.engine.view.lines import PageLines, Words
from mapping_specs.engine.view.nodes import Cell, Line
from mapping_specs.engine.view.reading_order import in_order, printed
from mapping_specs.engine.view.selections import Selections

MAX_CELLS = 200_000
TITLE_HEIGHTS = 2.5
"""A line further above a table than so many of its heights is not its title."""
TITLE, HEADER, FOOTER = "TABLE_TITLE", "COLUMN_HEADER", "TABLE_FOOTER"
SECTION_TITLE, SUMMARY = "TABLE_SECTION_TITLE", "TABLE_SUMMARY"


EMPTY: Block = {}
ROW, COLUMN = itemgetter("RowIndex"), itemgetter("ColumnIndex")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
NOT_ALNUM = bytes(code for code in range(128) if not chr(code).isalnum())
NOT_DIGIT = bytes(code for code in range(128) if not chr(code).isdigit())


class Table:
    """A grid of cells, all rows equally long. Rows and columns count from 0 here; the language counts from 1."""

    def __init__(self, page: int, box: Box, confidence: float | None) -> None:
        self.page = page
        self.box = box
        self.confidence = confidence
        self.grid: list[list[Cell]] = []
        self.title = ""
        self.title_box: Box | None = None
        self.is_titled = False
        """Textract names its title; else it is a merged row, or the line above, if anything."""
        self.footers: list[str] = []
        self.cache: dict[Any, Any] = {}
        """For those who read the table: what they work out once."""
        self.kinds: frozenset[str] = frozenset()
        """Of all its cells."""
        self.title_rows: list[int] = []
        """Leading rows that are one merged cell: a title inside the grid."""

    @lazy
    def marked_rows(self) -> list[int]:
        """Rows in which Textract marks a column header."""
        if HEADER not in self.kinds:
            return []
        return [number for number, row in enumerate(self.grid) if any(HEADER in cell.kinds for cell in row)]

    @lazy
    def header_rows(self) -> list[int]:
        """The leading rows marked as headers, below a title; else the first row, if it reads like one: all words, or
        none a figure above a column of figures."""
        start = len(self.title_rows)
        marked = []
        for row in range(start, len(self.grid)):
            if row not in self.marked_rows:
                break
            marked.append(row)
        if marked or start >= len(self.grid):
            return marked
        return [start] if self._reads_like_header(self.grid[start], self.grid[start + 1 :]) else []

    @lazy
    def figure_columns(self) -> list[int]:
        """The columns that hold figures only, below a header."""
        below = [row for number, row in enumerate(self.grid) if number not in self.header_rows or has_figure(row)]
        return _figure_columns(below)

    @property
    def heads(self) -> list[int]:
        """Of the header rows those that surely head the columns: marked, or above figures in most columns."""
        rows = self.header_rows
        if rows and rows[0] not in self.marked_rows:
            below = self.grid[rows[-1] + 1 :]
            return rows if 2 * len(_figure_columns(below)) > len(self.grid[0]) else []
        return rows

    @staticmethod
    def _reads_like_header(first: list[Cell], below: list[list[Cell]]) -> bool:
        texts = [cell.text for cell in first]
        if not below or not all(texts) or any(map(is_figure, texts)):
            return False
        if not any(map(has_digit, texts)):
            return True
        return bool(_figure_columns(below))

    @property
    def headers(self) -> list[str]:
        rows = self.header_rows
        columns = range(len(self.grid[0]) if self.grid else 0)
        return [" ".join(filter(None, (self.grid[row][column].text for row in rows))) for column in columns]

    def to_dict(self) -> dict[str, Any]:
        headers = self.headers
        start = (self.header_rows or self.title_rows or [-1])[-1] + 1
        rows = [
            {name: cell.to_dict() for name, cell in zip(headers, row, strict=True) if name} for row in self.grid[start:]
        ]
        return {
            "page": self.page,
            "title": self.title,
            "headers": headers,
            "rows": rows if any(headers) else [],
            "grid": [[cell.to_dict() for cell in row] for row in self.grid],
            "box": self.box.to_dict(),
        }


def _figure_columns(rows: list[list[Cell]]) -> list[int]:
    """The columns that hold figures only."""
    columns = [[cell.text for cell in column if cell.text] for column in zip(*rows, strict=True)]
    return [number for number, column in enumerate(columns) if column and all(map(is_figure, column))]


def is_figure(text: str) -> bool:
    """A number, an amount, a date: of its letters and digits at least half are digits."""
    if text.isascii():
        printed = text.encode("ascii")
        signs = len(printed.translate(None, NOT_ALNUM))
        return signs > 0 and 2 * len(printed.translate(None, NOT_DIGIT)) >= signs
    characters = [character for character in text if character.isalnum()]
    return bool(characters) and 2 * sum(map(str.isdigit, characters)) >= len(characters)


def has_figure(row: list[Cell]) -> bool:
    return any(is_figure(cell.text) for cell in row)


def has_amount(texts: Iterable[str]) -> bool:
    """A figure that is neither a year nor a date: no header has it."""
    return any(is_figure(text) and not YEAR.search(text) for text in texts)


def has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def tables_of(
    blocks: Blocks, words: Words, selections: Selections, printed_on: Callable[[int], PageLines]
) -> list[Table]:
    """In reading order. `printed_on`: the lines of a page."""
    tables = [table for block in blocks.of("TABLE") if (table := _table(block, blocks, words, selections))]
    by_page: dict[int, list[Table]] = {}
    for table in tables:
        by_page.setdefault(table.page, []).append(table)
    for table in tables:
        if not table.title:
            _title_above(table, printed_on(table.page), by_page[table.page])
    return in_order(tables, lambda table: (table.page, _upper_edge(table.box)))


def _upper_edge(box: Box) -> Box:
    """Tables whose upper edges differ by less than 1 % of the page stand beside one another."""
    return Box(box.left, box.top - 0.01, box.right, box.top + 0.01)


def _table(block: Block, blocks: Blocks, words: Words, selections: Selections) -> Table | None:
    page = page_of(block)
    turning = blocks.turning(page)
    table = Table(page, turning.box(block), confidence_of(block))
    placed = _placed([child for child in blocks.children(block) if child.get("BlockType") == "CELL"])
    if not placed:
        return None
    height = max([row for row, _, _ in placed])
    width = max([column for _, column, _ in placed])
    if height * width > MAX_CELLS:
        return None
    table.grid = _grid(height, width, placed, page, words, selections)
    merged = blocks.related(block, "MERGED_CELL")
    parts = [*(child for _, _, child in placed), *merged]
    table.kinds = frozenset().union(*[kinds_of(part) for part in parts if "EntityTypes" in part])
    if merged:
        by_id = {child["Id"]: table.grid[row - 1][column - 1] for row, column, child in placed}
        for number, one in enumerate(merged, start=1):
            covered = [by_id[child["Id"]] for child in blocks.children(one) if child["Id"] in by_id]
            _merge(covered, one, number)
    _titles(table, block, blocks, words)
    return table


def _grid(
    height: int,
    width: int,
    placed: list[tuple[int, int, Block]],
    page: int,
    words: Words,
    selections: Selections,
) -> list[list[Cell]]:
    """Of several blocks for one place the last counts."""
    by_place = {(row - 1, column - 1): child for row, column, child in placed}
    return [
        [Cell(row, column, page, by_place.get((row, column), EMPTY), words, selections) for column in range(width)]
        for row in range(height)
    ]


def _placed(cells: list[Block]) -> list[tuple[int, int, Block]]:
    """Each with its row and column from 1; without those that have none."""
    try:
        rows, columns = list(map(ROW, cells)), list(map(COLUMN, cells))
        if {*map(type, rows), *map(type, columns)} == {int} and _are_places(rows) and _are_places(columns):
            return list(zip(rows, columns, cells, strict=True))
    except KeyError:
        pass
    return [(*place, cell) for cell in cells if (place := _place(cell)) is not None]


def _are_places(numbers: list[int]) -> bool:
    return min(numbers) > 0 and max(numbers) <= MAX_CELLS


def _place(block: Block) -> tuple[int, int] | None:
    """Row and column from 1; None where they are not numbers."""
    row, column = block.get("RowIndex"), block.get("ColumnIndex")
    if type(row) is int and type(column) is int and 0 < row <= MAX_CELLS and 0 < column <= MAX_CELLS:
        return row, column
    return None


def _merge(cells: list[Cell], block: Block, number: int) -> None:
    """Over columns a row's words are joined, for the first column, in header rows for every column. Over rows only
    blank cells are filled."""
    if not cells:
        return
    kinds = kinds_of(block)
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        cell.covered_by = number
        cell.kinds |= kinds
        rows.setdefault(cell.row, []).append(cell)
    for row in rows.values():
        _merge_row(sorted(row, key=lambda cell: cell.column))
    if len(rows) > 1:
        _fill_rows([sorted(rows[row], key=lambda cell: cell.column) for row in sorted(rows)])


def _merge_row(row: list[Cell]) -> None:
    if len(row) < 2:
        return
    words = [word for cell in row for word in cell.words]
    selections = [selection for cell in row for selection in cell.selections]
    is_header = any(HEADER in cell.kinds for cell in row)
    text = printed(words)
    for cell in row if is_header else row[:1]:
        cell.text, cell.words, cell.selections = text, words, selections
        cell.confidence = cell.confidence if cell.confidence is not None else row[0].confidence
    if not is_header:
        for cell in row[1:]:
            cell.text, cell.words, cell.selections = "", [], []


def _fill_rows(rows: list[list[Cell]]) -> None:
    for column in range(min(len(row) for row in rows)):
        written = next((row[column] for row in rows if row[column].text), None)
        for row in rows:
            cell = row[column]
            if written is not None and not cell.text and not cell.selections:
                cell.text, cell.words = written.text, written.words


def _titles(table: Table, block: Block, blocks: Blocks, words: Words) -> None:
    for kind, found in (("TABLE_TITLE", True), ("TABLE_FOOTER", False)):
        for child in blocks.related(block, kind):
            text = printed(words.of(child))
            if found and text and not table.title:
                table.title, table.title_box = text, blocks.turning(table.page).box(child)
            elif text:
                table.footers.append(text)
    for number, row in enumerate(table.grid):
        if not _is_title_row(row, marked=TITLE in table.kinds):
            break
        table.title_rows.append(number)
    if len(table.title_rows) == len(table.grid):
        table.title_rows = []
    table.is_titled = bool(table.title)
    if table.title_rows and not table.title:
        cell = next((cell for cell in table.grid[0] if cell.text), table.grid[0][0])
        table.title, table.title_box = cell.text, hull([word.box for word in cell.words])


def _is_title_row(row: list[Cell], *, marked: bool) -> bool:
    """One merged cell over the whole row, or nothing but what Textract calls a title."""
    if len(row) > 1 and row[0].covered_by > 0 and all(cell.covered_by == row[0].covered_by for cell in row):
        return True
    if not marked or not any(TITLE in cell.kinds for cell in row):
        return False
    return all(TITLE in cell.kinds for cell in row if cell.text or cell.selections)


def _title_above(table: Table, lines: PageLines, tables: list[Table]) -> None:
    """The line just above the table, unless it stands in another one or is far."""
    edge = table.box.top
    about = lines.between(edge - (TITLE_HEIGHTS + 1) * lines.tallest, edge)
    over = [line for line in about if line.box.center_y <= edge and overlap_sideways(line.box, table.box)]
    if not over:
        return
    nearest = max(over, key=lambda line: line.box.bottom)
    if edge - nearest.box.bottom > TITLE_HEIGHTS * nearest.box.height or _inside_other(nearest, table, tables):
        return
    table.title, table.title_box = nearest.text, nearest.box


def _inside_other(line: Line, table: Table, tables: list[Table]) -> bool:
    return any(
        other is not table
        and other.box.top <= line.box.center_y <= other.box.bottom
        and other.box.left <= line.box.center_x <= other.box.right
        for other in tables
    )


NO_BLOCKS = Blocks([])
NO_WORDS, NO_SELECTIONS = Words(NO_BLOCKS), Selections(NO_BLOCKS)


def made_cell(column: int, page: int, box: Box, text: str = "", confidence: float | None = None) -> Cell:
    """A cell that is none of Textract's."""
    cell = Cell(0, column, page, EMPTY, NO_WORDS, NO_SELECTIONS)
    cell.box, cell.text, cell.confidence = box, text, confidence
    return cell

"""A table as its reader sees it: headers settled, pages joined, rows told from titles, sections and sums."""

from __future__ import annotations

import re
from functools import cached_property

from mapping_specs.engine.matching import EQUAL, normalize, normalize_all
from mapping_specs.engine.tables.headers import MAX_HEADER_ROWS, HeaderIndex, header_rows_of, index_of
from mapping_specs.engine.view.nodes import Box, Cell
from mapping_specs.engine.view.tables import FOOTER, HEADER, SECTION_TITLE, SUMMARY, Table, has_digit

NO_SUM = (
    r"(?:constructive\s+)?loss\b(?!\s+(?:for|of|in|this|to|before|after|on)\b)"
    r"|(?:and\s+)?permanent\s+(?:\w+\s+)?(?:disab|incap|invalid|impair)"
)
SUMS = re.compile(rf"\s*(?:sub|grand)?[\s-]*totals?\b(?!\s+(?:{NO_SUM}))", re.IGNORECASE)
"""Not the covers `Total loss` and `Total permanent disability`."""


class Row:
    """`kind` is `data`, `section` or `summary`; `section` the cell of the section title it stands under."""

    __slots__ = ("cells", "kind", "section")

    def __init__(self, cells: list[Cell], kind: str = "data") -> None:
        self.cells = cells
        self.kind = kind
        self.section: Cell | None = None

    @property
    def filled(self) -> bool:
        return any(cell.text or cell.selections for cell in self.cells)


class LogicalTable:
    """`headers`: of each column the printed header texts, top to bottom."""

    def __init__(self, page: int, box: Box, title: str, headers: list[list[str]]) -> None:
        self.page = page
        self.box = box
        self.title = title
        self.headers = headers
        self.parts: list[Table] = []
        self._depths: list[int] = []
        self._twins: dict[int, list[int]] = {}

    def add(self, part: Table, depth: int) -> None:
        """The table, or what of it stands on a further page, under so many header rows."""
        self.parts.append(part)
        self._depths.append(depth)

    @cached_property
    def rows(self) -> list[Row]:
        """Made when they are asked for: of the tables looked at most are not the one that is meant."""
        parts = zip(self.parts, self._depths, strict=True)
        return with_sections([row for part, depth in parts for row in _rows(part, depth)])

    @cached_property
    def header_index(self) -> HeaderIndex:
        return HeaderIndex(self.headers)

    def columns(self, labels: tuple[str, ...]) -> list[int]:
        """The columns of the best class that answer to a header, a synonym, or a path `2020 / IFRS £m`; leftmost first."""
        ranks = self.header_index.ranks(labels)
        best = min(ranks.values(), default=0)
        return [column for column in sorted(ranks) if ranks[column] == best]

    def rank(self, labels: tuple[str, ...], column: int) -> int:
        """The class in which the column answers to them; equal where it is found by another name."""
        return self.header_index.ranks(labels).get(column, EQUAL)

    def column(self, labels: tuple[str, ...], nth: int | None = None) -> int | None:
        found = self.columns(labels)
        if nth is not None:
            position = nth - 1 if nth > 0 else nth
            return found[position] if -len(found) <= position < len(found) else None
        return self._owner(found) if found else None

    def is_ambiguous(self, labels: tuple[str, ...]) -> bool:
        """Several columns answer to them, not under one merged header, and a row has something in two of them."""
        found = self.columns(labels)
        apart = [one for one in found[1:] if not self._share_header(found[0], one)]
        columns = [found[0], *apart] if apart else []
        return any(sum(bool(row.cells[one].text) for one in columns) > 1 for row in self.rows) if columns else False

    def cell(self, row: Row, column: int) -> Cell | None:
        """What a row holds under a column. A sign apart from its amount makes two columns of one header, of which a row
        never has figures in both: they are one."""
        if column >= len(row.cells):
            return None
        cell = row.cells[column]
        first = cell.text[:1]
        if (first.isalnum() and first.isascii()) or normalize(cell.text) or cell.selections:
            return cell
        twins = (row.cells[twin] for twin in self._twins_of(column) if twin < len(row.cells))
        return next((twin for twin in twins if has_digit(twin.text)), cell)

    def _twins_of(self, column: int) -> list[int]:
        """The other columns under the same merged header, if no row has figures in two of all these."""
        if column not in self._twins:
            alike = [other for other in range(len(self.headers)) if self._share_header(column, other)]
            figures = [sum(has_digit(row.cells[other].text) for other in alike) for row in self.rows]
            self._twins[column] = alike if max(figures, default=0) < 2 else []
        return self._twins[column]

    def _share_header(self, column: int, other: int) -> bool:
        if column >= len(self.headers) or not self.headers[column] or self.headers[column] != self.headers[other]:
            return False
        rows = self.parts[0].grid[:MAX_HEADER_ROWS] if self.parts else []
        return any(row[column].text and row[column].covered_by == row[other].covered_by > 0 for row in rows)

    def _owner(self, columns: list[int]) -> int:
        """Of columns under one merged header the one whose own cell holds its words, else the first."""
        for column in columns:
            for part in self.parts[:1]:
                for row in part.grid[:MAX_HEADER_ROWS]:
                    cell = row[column] if column < len(row) else None
                    if cell and cell.covered_by and cell.words:
                        middle = sum(word.box.center_x for word in cell.words) / len(cell.words)
                        if cell.box.left <= middle <= cell.box.right:
                            return column
        return columns[0]


def logical(table: Table, depth: int) -> LogicalTable:
    index = index_of(table, depth)
    built = LogicalTable(table.page, table.box, table.title, index.headers)
    built.header_index = index
    built.add(table, depth)
    return built


def _printed_headers(table: Table, depth: int) -> list[str]:
    columns = range(len(table.grid[0]) if table.grid else 0)
    rows = header_rows_of(table, depth)
    return [" ".join(dict.fromkeys(row[column].text for row in rows if row[column].text)) for column in columns]


def _rows(table: Table, depth: int) -> list[Row]:
    rows: list[Row] = []
    footers = {normalize(text) for text in table.footers}
    header = normalize_all(_printed_headers(table, depth))
    for cells in table.grid[depth:]:
        row = Row(cells)
        if not row.filled or _is_header(cells, header) or _is_footer(cells, footers, table.kinds):
            continue
        if rows and _same_merged(rows[-1].cells, cells):
            continue
        row.kind = _kind(cells, table.kinds)
        rows.append(row)
    return rows


def _is_header(cells: list[Cell], headers: list[str]) -> bool:
    """The header printed again. `headers` are normalized."""
    filled = 0
    for cell, header in zip(cells, headers, strict=False):
        text = normalize(cell.text)
        if text and text != header:
            return False
        filled += bool(text)
    return filled > 1


def _is_footer(cells: list[Cell], footers: set[str], kinds: frozenset[str]) -> bool:
    if FOOTER in kinds and any(FOOTER in cell.kinds for cell in cells):
        return True
    return bool(footers) and normalize(" ".join(cell.text for cell in cells if cell.text)) in footers


def _same_merged(above: list[Cell], cells: list[Cell]) -> bool:
    """Both rows are parts of the same merged cells throughout."""
    if above and not above[0].covered_by:
        return False
    return all(
        one.covered_by and one.covered_by == other.covered_by and one.page == other.page
        for one, other in zip(above, cells, strict=False)
    ) and len(above) == len(cells)


def _kind(cells: list[Cell], kinds: frozenset[str]) -> str:
    if SUMMARY in kinds and any(SUMMARY in cell.kinds for cell in cells):
        return "summary"
    if (SECTION_TITLE in kinds and any(SECTION_TITLE in cell.kinds for cell in cells)) or _is_section(cells):
        return "section"
    first = next((cell.text for cell in cells if cell.text), "")
    return "summary" if SUMS.match(first) else "data"


def _is_section(cells: list[Cell]) -> bool:
    """One merged cell over the whole row, or one text at the left of at least three columns and nothing else."""
    if len(cells) > 1 and cells[0].covered_by and all(cell.covered_by == cells[0].covered_by for cell in cells):
        return True
    if len(cells) < 3 or (cells[1].text and cells[0].text):
        return False
    filled = [cell for cell in cells if cell.text or cell.selections]
    if len(filled) != 1 or filled[0].column > 0 or not filled[0].text:
        return False
    return not has_digit(filled[0].text)


def with_sections(rows: list[Row]) -> list[Row]:
    """Every row knows the section title above it."""
    section: Cell | None = None
    for row in rows:
        if row.kind == "section":
            section = next((cell for cell in row.cells if cell.text), None)
        row.section = section
    return rows


def marked_header(table: Table) -> list[str] | None:
    """The texts of the first row if Textract marks it as a header."""
    if table.grid and any(HEADER in cell.kinds for cell in table.grid[0]):
        return [cell.text for cell in table.grid[0]]
    return None

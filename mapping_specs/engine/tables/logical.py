"""A table as its reader sees it: headers settled, pages joined, rows told from titles, sections and sums."""

from __future__ import annotations

import re

from mapping_specs.engine.matching import EQUAL, matcher, normalize
from mapping_specs.engine.view.lines import rows_of
from mapping_specs.engine.view.nodes import Box, Cell, Word
from mapping_specs.engine.view.tables import HEADER, SECTION_TITLE, SUMMARY, Table

MAX_HEADER_ROWS = 8
SUMS = re.compile(r"\s*(?:sub|grand)?[\s-]*totals?\b", re.IGNORECASE)


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

    def __init__(
        self, page: int, box: Box, title: str, headers: list[list[str]], rows: list[Row], parts: list[Table]
    ) -> None:
        self.page = page
        self.box = box
        self.title = title
        self.headers = headers
        self.rows = rows
        self.parts = parts

    def columns(self, labels: tuple[str, ...]) -> list[int]:
        """The columns of the best class that answer to a header, a synonym, or a path `2020 / IFRS £m`; leftmost first."""
        ranked = [
            (rank, column) for column, texts in enumerate(self.headers) if (rank := _rank(texts, labels)) is not None
        ]
        best = min((rank for rank, _ in ranked), default=0)
        return [column for rank, column in ranked if rank == best]

    def column(self, labels: tuple[str, ...], nth: int | None = None) -> int | None:
        found = self.columns(labels)
        if nth is not None:
            position = nth - 1 if nth > 0 else nth
            return found[position] if -len(found) <= position < len(found) else None
        return self._owner(found) if found else None

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


def _rank(texts: list[str], labels: tuple[str, ...]) -> int | None:
    """The best class of: one of the texts, the joined texts, a tail of them, a path through them."""
    wanted = matcher(labels)
    candidates = [*texts, *(" ".join(texts[start:]) for start in range(len(texts) - 1))]
    ranks = [rank for text in candidates if (rank := wanted.match(text)) is not None]
    ranks += [EQUAL for label in labels if " / " in label and _is_path(label, texts)]
    return min(ranks, default=None)


def _is_path(label: str, texts: list[str]) -> bool:
    steps, position = [step for step in label.split(" / ") if step.strip()], 0
    for step in steps:
        wanted = matcher((step,))
        while position < len(texts) and wanted.match(texts[position]) is None:
            position += 1
        if position == len(texts):
            return False
        position += 1
    return True


def header_depth(table: Table, wanted: list[tuple[str, ...]]) -> int | None:
    """How many rows hold the wanted headers: down to the last that does. None if one of them is not there."""
    for depth in range(1, min(MAX_HEADER_ROWS, len(table.grid)) + 1):
        headers = headers_of(table, depth)
        if all(any(_rank(texts, labels) is not None for texts in headers) for labels in wanted):
            return depth
    return None


def best_depth(table: Table, wanted: list[tuple[str, ...]]) -> int:
    """The least rows that hold the most of the wanted headers; at least what Textract marks."""
    scores = []
    for depth in range(1, min(MAX_HEADER_ROWS, len(table.grid)) + 1):
        headers = headers_of(table, depth)
        scores.append((sum(any(_rank(texts, labels) is not None for texts in headers) for labels in wanted), -depth))
    if not scores or max(scores)[0] == 0:
        return (table.header_rows or table.title_rows or [-1])[-1] + 1
    return -max(scores)[1]


def headers_of(table: Table, depth: int) -> list[list[str]]:
    """Of each column the header texts, top to bottom; under a merged header also its parts: what is printed across the
    columns, and what stands over this one alone."""
    columns = len(table.grid[0]) if table.grid else 0
    rows = _header_rows(table, depth)
    return [
        list(dict.fromkeys(text for row in rows for text in _header_texts(row, column) if text))
        for column in range(columns)
    ]


def _header_rows(table: Table, depth: int) -> list[list[Cell]]:
    return [row for number, row in enumerate(table.grid[:depth]) if number not in table.title_rows or depth == 1]


def _header_texts(row: list[Cell], column: int) -> list[str]:
    cell = row[column]
    if not cell.covered_by:
        return [cell.text]
    covered = [other for other in row if other.covered_by == cell.covered_by]
    text = next((other.text for other in covered if other.text), "")
    words = next((other.words for other in covered if other.words), [])
    across: list[str] = []
    own: list[str] = []
    for row_of_words in rows_of(words):
        places = [_column_of(word, covered) for word in row_of_words]
        if len(set(places) - {None}) < 2:
            across += [word.text for word in row_of_words]
        else:
            own += [word.text for word, place in zip(row_of_words, places, strict=True) if place == cell.column]
    return [text, " ".join(across), " ".join(own)] if own else [text]


def _column_of(word: Word, cells: list[Cell]) -> int | None:
    """The column over which a word's printed line stands; None where the line goes across several."""
    box = word.line.box if word.line is not None else word.box
    slack = box.width / 10
    inside = (cell for cell in cells if cell.box.left - slack <= box.left and box.right <= cell.box.right + slack)
    return next((cell.column for cell in inside), None)


def logical(table: Table, depth: int) -> LogicalTable:
    headers = headers_of(table, depth)
    joined = LogicalTable(table.page, table.box, table.title, headers, [], [table])
    joined.rows = _rows(table, table.grid[depth:], _printed_headers(table, depth))
    return joined


def _printed_headers(table: Table, depth: int) -> list[str]:
    columns = range(len(table.grid[0]) if table.grid else 0)
    rows = _header_rows(table, depth)
    return [" ".join(dict.fromkeys(row[column].text for row in rows if row[column].text)) for column in columns]


def _rows(table: Table, grid: list[list[Cell]], printed: list[str]) -> list[Row]:
    rows: list[Row] = []
    footers = {normalize(text) for text in table.footers}
    for cells in grid:
        row = Row(cells)
        if not row.filled or _is_header(cells, printed) or _is_footer(cells, footers):
            continue
        if rows and _same_merged(rows[-1].cells, cells):
            continue
        row.kind = _kind(cells)
        rows.append(row)
    return rows


def _is_header(cells: list[Cell], headers: list[str]) -> bool:
    """The header printed again."""
    texts = [normalize(cell.text) for cell in cells]
    wanted = [normalize(text) for text in headers]
    filled = [(text, header) for text, header in zip(texts, wanted, strict=False) if text]
    return len(filled) > 1 and all(text == header for text, header in filled)


def _is_footer(cells: list[Cell], footers: set[str]) -> bool:
    if any("TABLE_FOOTER" in cell.kinds for cell in cells):
        return True
    return bool(footers) and normalize(" ".join(cell.text for cell in cells if cell.text)) in footers


def _same_merged(above: list[Cell], cells: list[Cell]) -> bool:
    """Both rows are parts of the same merged cells throughout."""
    return all(
        one.covered_by and one.covered_by == other.covered_by and one.page == other.page
        for one, other in zip(above, cells, strict=False)
    ) and len(above) == len(cells)


def _kind(cells: list[Cell]) -> str:
    if any(SUMMARY in cell.kinds for cell in cells):
        return "summary"
    if any(SECTION_TITLE in cell.kinds for cell in cells) or _is_section(cells):
        return "section"
    first = next((cell.text for cell in cells if cell.text), "")
    return "summary" if SUMS.match(first) else "data"


def _is_section(cells: list[Cell]) -> bool:
    """One merged cell over the whole row, or one text at the left of at least three columns and nothing else."""
    if len(cells) > 1 and cells[0].covered_by and all(cell.covered_by == cells[0].covered_by for cell in cells):
        return True
    filled = [cell for cell in cells if cell.text or cell.selections]
    if len(cells) < 3 or len(filled) != 1 or filled[0].column > 0 or not filled[0].text:
        return False
    return not any(character.isdigit() for character in filled[0].text)


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

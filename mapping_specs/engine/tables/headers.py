"""The headers of a table: how many rows they take, what is printed over each column, which columns answer to a label."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from mapping_specs.engine.matching import EQUAL, SEPARATOR, matcher, normalize_all
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.view.nodes import Cell, Word
from mapping_specs.engine.view.reading_order import rows_of
from mapping_specs.engine.view.tables import Table, has_amount

MAX_HEADER_ROWS = 8
MAX_ITEM_CHARACTERS = 4


class HeaderIndex:
    """Columns by their headers: one of a column's texts, all of them joined, a tail of them, a path through them."""

    def __init__(self, headers: list[list[str]]) -> None:
        self.headers = headers
        self._columns: list[int] = []
        """Of each indexed text its column."""
        texts: list[str] = []
        for column, own in enumerate(headers):
            texts += own
            texts += [" ".join(own[start:]) for start in range(len(own) - 1)]
            self._columns += [column] * (len(texts) - len(self._columns))
        self._index = PrintedIndex(texts)
        self._ranks: dict[tuple[str, ...], dict[int, int]] = {}

    def ranks(self, labels: tuple[str, ...]) -> dict[int, int]:
        """Column → best class, of the columns that answer to a label; fuzzy ones only where none is better."""
        ranks = self._ranks.get(labels)
        if ranks is None:
            ranks = self._ranks[labels] = self._look_up(labels)
        return ranks

    def _look_up(self, labels: tuple[str, ...]) -> dict[int, int]:
        ranks: dict[int, int] = {}
        for position, rank in self._index.find(matcher(labels)).items():
            column = self._columns[position]
            ranks[column] = min(rank, ranks.get(column, rank))
        for label in labels:
            if " / " in label:
                paths = [column for column, texts in enumerate(self.headers) if _is_path(label, texts)]
                ranks |= {column: min(EQUAL, ranks.get(column, EQUAL)) for column in paths}
        return ranks


class ExpenseHeaders(HeaderIndex):
    """Columns of line items by what is printed over them and by Textract's type, empty where it knows none. `Price` may
    be printed over a UNIT_PRICE, or over what has no type, beside a column of the type PRICE: a label spelled as a type is
    it, any other is first what is printed.
    """

    def __init__(self, types: list[str], printed: list[list[str]]) -> None:
        super().__init__(
            [list(dict.fromkeys(filter(None, [own, *texts]))) for own, texts in zip(types, printed, strict=True)]
        )
        self._types = types
        self._printed = HeaderIndex(printed)

    def _look_up(self, labels: tuple[str, ...]) -> dict[int, int]:
        typed = [label for label in labels if label and label in self._types]
        if typed:
            return {self._types.index(typed[0]): EQUAL}
        return self._printed.ranks(labels) or super()._look_up(labels)


class HeaderLetters:
    """All letters and digits that can be a header of a table, whatever number of rows it takes: most labels of a spec
    have none of them in common with most tables, which then need no index."""

    def __init__(self, table: Table) -> None:
        depth = min(MAX_HEADER_ROWS, len(table.grid))
        columns = headers_of(table, depth)
        if table.title_rows and depth > 1:
            columns += headers_of(table, 1)
        texts = [text for column in columns for text in column]
        self._unsure = any("(" in text or "[" in text for text in texts)
        """Without what is in brackets other letters stand side by side."""
        parts = [part for column in columns for part in (*normalize_all(column), SEPARATOR)]
        self._letters = "".join(parts)
        self._edges = list(accumulate(map(len, parts), initial=0))
        self._ends = set(self._edges)

    def may_hold(self, labels: tuple[str, ...]) -> bool:
        """False only where no label can match, nor nearly match."""
        wanted = matcher(labels)
        if self._unsure or wanted.wildcards or any(" / " in label for label in labels):
            return True
        return any(map(self._may_be_text, wanted.whole)) or any(piece in self._letters for piece in wanted.pieces)

    def _may_be_text(self, form: str) -> bool:
        """Does it end where a text does, and begin where one does or just after: there may be an item number?"""
        start = self._letters.find(form)
        while start >= 0:
            before = start - self._edges[bisect_right(self._edges, start) - 1]
            if before <= MAX_ITEM_CHARACTERS and start + len(form) in self._ends:
                return True
            start = self._letters.find(form, start + 1)
        return False


def letters_of(table: Table) -> HeaderLetters:
    letters: HeaderLetters | None = table.cache.get("letters")
    if letters is None:
        letters = table.cache["letters"] = HeaderLetters(table)
    return letters


def index_of(table: Table, depth: int) -> HeaderIndex:
    """Of the table's first rows; made once a table."""
    index: HeaderIndex | None = table.cache.get(depth)
    if index is None:
        index = table.cache[depth] = HeaderIndex(headers_of(table, depth))
    return index


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
    if table.grid and all(index_of(table, 1).ranks(labels) for labels in wanted):
        return 1
    letters = letters_of(table)
    if not all(letters.may_hold(labels) for labels in wanted):
        return None
    for depth in range(2, min(MAX_HEADER_ROWS, len(table.grid)) + 1):
        index = index_of(table, depth)
        if all(index.ranks(labels) for labels in wanted):
            return depth
    return None


def best_depth(table: Table, wanted: list[tuple[str, ...]]) -> int:
    """The least rows that hold the most of the wanted headers; at least what Textract marks."""
    letters = letters_of(table)
    possible = [labels for labels in wanted if letters.may_hold(labels)]
    most = best = 0
    for depth in range(1, min(MAX_HEADER_ROWS, len(table.grid)) + 1) if possible else ():
        index = index_of(table, depth)
        count = sum(bool(index.ranks(labels)) for labels in possible)
        if most and count < most + 2 and _is_of_data(table, depth - 1):
            break
        if count > most:
            most, best = count, depth
        if most == len(possible):
            break
    return best or (table.header_rows or table.title_rows or [-1])[-1] + 1


def _is_of_data(table: Table, row: int) -> bool:
    """A single word in it is no header, though it is spelled as one: `Paid` under `Status`."""
    return row not in table.marked_rows and has_amount(cell.text for cell in table.grid[row])


def headers_of(table: Table, depth: int) -> list[list[str]]:
    """Of each column the header texts, top to bottom; under a merged header also its parts: what is printed across the
    columns, and what stands over this one alone."""
    columns = len(table.grid[0]) if table.grid else 0
    rows = header_rows_of(table, depth)
    return [
        list(dict.fromkeys(text for row in rows for text in _header_texts(row, column) if text))
        for column in range(columns)
    ]


def header_rows_of(table: Table, depth: int) -> list[list[Cell]]:
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

"""Sense from a sheet: printed lines, ruled grids, pairs of label and value, labelled check boxes.

Nothing here knows a document; the rules are those of printed forms: a colon, a grid of two columns, a small label above
its value in one box, a text beside a check box.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from infra.local.textract.sheet import PrintedWord, Rect, Sheet, TickBox, around

GAP_HEIGHTS = 1.3
"""A gap wider than this many heights of the words ends a printed line."""
MAX_LABEL_WORDS = 8
SMALLER = 0.92
"""A label above its value is set at least this much smaller."""

CellBox = tuple[float, float, float, float]
"""Left, top, right, bottom, as pdfplumber's ruling gives them."""


@dataclass
class PrintedLine:
    words: list[PrintedWord]

    @property
    def place(self) -> Rect:
        return around(list(self.words))

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass
class GridCell:
    row: int
    column: int
    place: Rect
    row_span: int = 1
    column_span: int = 1
    words: list[PrintedWord] = field(default_factory=list)
    boxes: list[TickBox] = field(default_factory=list)

    @property
    def lines(self) -> list[PrintedLine]:
        return lines_of(self.words, [])


@dataclass
class Grid:
    place: Rect
    cells: list[GridCell]
    has_header: bool = False

    @property
    def columns(self) -> int:
        return max(cell.column + cell.column_span - 1 for cell in self.cells)

    @property
    def rows(self) -> int:
        return max(cell.row + cell.row_span - 1 for cell in self.cells)

    def row(self, number: int) -> list[GridCell]:
        return sorted((cell for cell in self.cells if cell.row == number), key=lambda cell: cell.column)


@dataclass
class Pair:
    key: list[PrintedWord]
    value: list[PrintedWord]
    box: TickBox | None = None
    confidence: float = 95.0


@dataclass
class Form:
    lines: list[PrintedLine]
    grids: list[Grid]
    """Those that are tables."""
    pairs: list[Pair]


def understand(sheet: Sheet) -> Form:
    grids = grids_of(sheet)
    lines = lines_of(sheet.words, [cell.place for grid in grids for cell in grid.cells])
    captioned = [grid for grid in grids if _is_captioned(grid)]
    pairs = [pair for grid in captioned for pair in _captioned_pairs(grid)]
    inside = {id(word) for grid in grids for cell in grid.cells for word in cell.words}
    for grid in grids:
        if grid not in captioned and _is_list(grid):
            pairs += _list_pairs(grid)
    outside = [line for line in lines if not any(id(word) in inside for word in line.words)]
    ticks, labels = _tick_pairs(sheet.boxes, lines)
    pairs += _colon_pairs(outside, labels) + ticks
    tables = [grid for grid in grids if grid not in captioned and grid.columns > 1 and grid.rows > 1]
    return Form(lines, tables, pairs)


# --- lines -----------------------------------------------------------------------------------------------------------


def lines_of(words: list[PrintedWord], cells: list[Rect]) -> list[PrintedLine]:
    """Words that stand on one row with no wide gap and no border of a cell between them, top to bottom."""
    rows: list[list[PrintedWord]] = []
    for word in sorted(words, key=lambda one: (one.top + one.bottom, one.x0)):
        middle = word.center[1]
        row = next((row for row in reversed(rows[-6:]) if row[0].top <= middle <= row[0].bottom), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    lines: list[PrintedLine] = []
    for row in rows:
        line: list[PrintedWord] = []
        for word in sorted(row, key=lambda one: one.x0):
            if line and (_is_gap(line[-1], word) or _cell_of(line[-1], cells) != _cell_of(word, cells)):
                lines.append(PrintedLine(line))
                line = []
            line.append(word)
        lines.append(PrintedLine(line))
    return lines


def _is_gap(left: PrintedWord, right: PrintedWord) -> bool:
    return right.x0 - left.x1 > GAP_HEIGHTS * max(left.height, right.height)


def _cell_of(word: PrintedWord, cells: list[Rect]) -> int:
    return next((number for number, cell in enumerate(cells) if cell.holds(word.center)), -1)


# --- grids -----------------------------------------------------------------------------------------------------------


def grids_of(sheet: Sheet) -> list[Grid]:
    """Grids of ruling lines; which lines make cells is pdfplumber's work, for photographs too."""
    from pdfplumber import table as ruling

    tolerance = max(3.0, sheet.width / 180)
    edges = [
        {
            "x0": rule.x0,
            "x1": rule.x1,
            "top": rule.top,
            "bottom": rule.bottom,
            "width": rule.x1 - rule.x0,
            "height": rule.bottom - rule.top,
            "orientation": rule.orientation,
            "object_type": "line",
        }
        for rule in sheet.rules
    ]
    if not edges:
        return []
    merged = ruling.merge_edges(edges, tolerance, tolerance, tolerance, tolerance)
    cells = ruling.intersections_to_cells(ruling.edges_to_intersections(merged, tolerance, tolerance))
    least = 0.8 * min((word.height for word in sheet.words), default=1.0)
    cells = [cell for cell in cells if cell[3] - cell[1] > least and cell[2] - cell[0] > least]
    return [_grid(sheet, group, tolerance) for group in ruling.cells_to_tables(cells) if len(group) > 1] + [
        _grid(sheet, [cell], tolerance) for cell in _single(cells, ruling.cells_to_tables(cells))
    ]


def _single(cells: list[CellBox], tables: list[list[CellBox]]) -> list[CellBox]:
    """Boxes that stand alone: cells_to_tables leaves them out."""
    inside = {cell for table in tables if len(table) > 1 for cell in table}
    return [cell for cell in cells if cell not in inside]


def _grid(sheet: Sheet, cells: list[CellBox], tolerance: float) -> Grid:
    xs = _stops([x for cell in cells for x in (cell[0], cell[2])], tolerance)
    ys = _stops([y for cell in cells for y in (cell[1], cell[3])], tolerance)
    made = []
    for x0, top, x1, bottom in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        column, right, row, low = _stop(xs, x0), _stop(xs, x1), _stop(ys, top), _stop(ys, bottom)
        place = Rect(x0, top, x1, bottom)
        cell = GridCell(row + 1, column + 1, place, max(1, low - row), max(1, right - column))
        cell.words = [word for word in sheet.words if place.holds(word.center)]
        cell.boxes = [box for box in sheet.boxes if place.holds(box.center)]
        made.append(cell)
    grid = Grid(around([cell.place for cell in made]), made)
    grid.has_header = _has_header(grid)
    return grid


def _stops(values: list[float], tolerance: float) -> list[float]:
    stops: list[float] = []
    for value in sorted(values):
        if not stops or value - stops[-1] > tolerance:
            stops.append(value)
    return stops


def _stop(stops: list[float], value: float) -> int:
    return min(range(len(stops)), key=lambda number: abs(stops[number] - value))


def _has_header(grid: Grid) -> bool:
    """The first row is set in bold, or is words over a column of numbers."""
    first, rest = grid.row(1), [cell for cell in grid.cells if cell.row > 1]
    if len(first) < 2 or not rest or not all(cell.words for cell in first):
        return False
    known = [word.bold for cell in first for word in cell.words if word.bold is not None]
    if known:
        return all(known) and not all(word.bold for cell in rest for word in cell.words)
    if any(_has_digit(cell) for cell in first):
        return False
    return grid.columns > 2 or all(_has_digit(cell) for cell in rest if cell.column == grid.columns)


def _has_digit(cell: GridCell) -> bool:
    return any(character.isdigit() for word in cell.words for character in word.text)


# --- pairs -----------------------------------------------------------------------------------------------------------


def _is_captioned(grid: Grid) -> bool:
    """Most of its filled cells have a small label above their value, and it has no header."""
    filled = [cell for cell in grid.cells if cell.words]
    captioned = [cell for cell in filled if _has_caption(cell)]
    return not grid.has_header and len(captioned) * 2 > len(filled) > 0


def _has_caption(cell: GridCell) -> bool:
    lines = cell.lines
    return len(lines) > 1 and _size(lines[0]) < SMALLER * _size(lines[1])


def _size(line: PrintedLine) -> float:
    return max(word.size or word.height for word in line.words)


def _captioned_pairs(grid: Grid) -> list[Pair]:
    pairs = []
    for cell in grid.cells:
        lines = cell.lines
        if lines:
            value = [word for line in lines[1:] for word in line.words]
            pairs.append(Pair(lines[0].words, value, confidence=92.0))
    return pairs


def _is_list(grid: Grid) -> bool:
    """Two columns without a header: labels and their values."""
    return grid.columns == 2 and not grid.has_header


def _list_pairs(grid: Grid) -> list[Pair]:
    pairs = []
    for number in range(1, grid.rows + 1):
        row = grid.row(number)
        if len(row) == 2 and row[0].words and not row[1].boxes:
            pairs.append(Pair(row[0].words, row[1].words, confidence=93.0))
    return pairs


def _colon_pairs(lines: list[PrintedLine], labels: set[int]) -> list[Pair]:
    """`Label: value` on one line, or the value just after a gap."""
    pairs = []
    for line in lines:
        words = [word for word in line.words if id(word) not in labels]
        split = next((n for n, word in enumerate(words[:MAX_LABEL_WORDS], start=1) if word.text.endswith(":")), 0)
        if not split:
            continue
        value = words[split:] or _after(line, lines)
        pairs.append(Pair(words[:split], value, confidence=95.0))
    return pairs


def _after(line: PrintedLine, lines: list[PrintedLine]) -> list[PrintedWord]:
    """The next text on the row, unless it is a label itself."""
    place = line.place
    beside = [
        other
        for other in lines
        if other.place.x0 > place.x1 and other.place.top <= place.center[1] <= other.place.bottom
    ]
    if not beside:
        return []
    nearest = min(beside, key=lambda other: other.place.x0)
    return [] if any(word.text.endswith(":") for word in nearest.words) else nearest.words


def _tick_pairs(boxes: list[TickBox], lines: list[PrintedLine]) -> tuple[list[Pair], set[int]]:
    """Each box with the text to its right, up to the next box; and the identities of those words."""
    pairs: list[Pair] = []
    for box in boxes:
        row = [word for line in lines for word in line.words if word.top <= box.center[1] <= word.bottom]
        end = min((other.x0 for other in boxes if other.x0 > box.x1 and _level(other, box)), default=float("inf"))
        words: list[PrintedWord] = []
        edge = box.x1
        for word in sorted((one for one in row if one.x0 >= box.x1 - 2), key=lambda one: one.x0):
            if word.x0 >= end or word.x0 - edge > GAP_HEIGHTS * word.height:
                break
            words.append(word)
            edge = word.x1
        if words:
            pairs.append(Pair(words, [], box, confidence=90.0))
    return pairs, {id(word) for pair in pairs for word in pair.key}


def _level(one: Rect, other: Rect) -> bool:
    return one.top <= other.center[1] <= one.bottom

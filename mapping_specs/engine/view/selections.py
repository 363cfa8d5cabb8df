"""Check boxes, and what is printed for each: the key of its pair, else the nearest text on its row, else just above."""

from __future__ import annotations

from collections.abc import Callable

from mapping_specs.engine.view.attributes import Block
from mapping_specs.engine.view.blocks import Blocks
from mapping_specs.engine.view.lines import PageLines
from mapping_specs.engine.view.nodes import Box, KeyValue, Selection, Word, hull, overlap_sideways, same_row
from mapping_specs.engine.view.reading_order import in_order

NEAR_HEIGHTS = 5.0
"""Text this many of its own heights away from a box is not the box's."""
ABOVE_HEIGHTS = 2.0
"""A line further above a box than so many of its heights is not the box's."""
RUN_GAP_HEIGHTS = 1.6
"""A wider gap ends a run of words."""


class Selections:
    """Selection nodes by block id, each made once."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.by_id: dict[str, Selection] = {}

    def of(self, block: Block) -> Selection:
        identity = block["Id"]
        node = self.by_id.get(identity)
        if node is None:
            node = self.by_id[identity] = Selection(block, self.blocks)
        return node


def labelled(selections: Selections, pairs: list[KeyValue], printed_on: Callable[[int], PageLines]) -> list[Selection]:
    """Every box of the document in reading order, with its label. `printed_on`: the lines of a page."""
    boxes = [selections.of(block) for block in selections.blocks.of("SELECTION_ELEMENT")]
    for pair in pairs:
        if len(pair.selections) == 1 and not pair.value_words and pair.key:
            pair.selections[0].label, pair.selections[0].label_box = pair.label, pair.key_box
    boxes_of: dict[int, list[Selection]] = {}
    for box in boxes:
        boxes_of.setdefault(box.page, []).append(box)
    for page in {box.page for box in boxes if not box.label}:
        _label_page(boxes_of[page], printed_on(page))
    return in_order(boxes, lambda box: (box.page, box.box))


def _label_page(boxes: list[Selection], lines: PageLines) -> None:
    for row in _rows(boxes):
        if all(box.label for box in row):
            continue
        row_top, row_bottom = min(box.box.top for box in row), max(box.box.bottom for box in row)
        about = lines.between(row_top - lines.tallest, row_bottom + lines.tallest)
        words = [word for line in about for word in line.words]
        beside = [word for word in words if any(same_row(word.box, box.box) for box in row)]
        beside.sort(key=lambda word: word.box.left)
        rights = [_run_right(box, row, beside) for box in row]
        lefts = [_run_left(box, row, beside) for box in row]
        if all(lefts) and not all(rights):
            rights = lefts
        elif all(lefts):
            for box, left in zip(row, lefts, strict=True):
                box.left_label = _text_of(left)
        for box, right, left in zip(row, rights, lefts, strict=True):
            if not box.label:
                _take(box, right or left or _above(box, lines))


def _rows(boxes: list[Selection]) -> list[list[Selection]]:
    rows: list[list[Selection]] = []
    for box in sorted(boxes, key=lambda one: (one.box.center_y, one.box.left)):
        if rows and same_row(rows[-1][0].box, box.box):
            rows[-1].append(box)
        else:
            rows.append([box])
    for row in rows:
        row.sort(key=lambda one: one.box.left)
    return rows


def _take(box: Selection, words: list[Word]) -> None:
    if words:
        box.label = _text_of(words)
        box.label_box = hull([word.box for word in words])


def _text_of(words: list[Word]) -> str:
    return " ".join(word.text for word in words).strip(" :")


def _run_right(box: Selection, row: list[Selection], beside: list[Word]) -> list[Word]:
    """The words from the box to the right, up to a gap or the next box."""
    end = min((other.box.left for other in row if other.box.left > box.box.center_x), default=2.0)
    run: list[Word] = []
    edge = box.box.right
    for word in beside:
        if word.box.center_x <= box.box.center_x or word.box.left >= end or not same_row(word.box, box.box):
            continue
        gap = (word.box.left - edge) / max(word.box.height, 1e-6)
        if gap > (RUN_GAP_HEIGHTS if run else NEAR_HEIGHTS):
            break
        run.append(word)
        edge = word.box.right
    return run


def _run_left(box: Selection, row: list[Selection], beside: list[Word]) -> list[Word]:
    start = max((other.box.right for other in row if other.box.right < box.box.center_x), default=-1.0)
    run: list[Word] = []
    edge = box.box.left
    for word in reversed(beside):
        if word.box.center_x >= box.box.center_x or word.box.right <= start or not same_row(word.box, box.box):
            continue
        gap = (edge - word.box.right) / max(word.box.height, 1e-6)
        if gap > (RUN_GAP_HEIGHTS if run else NEAR_HEIGHTS):
            break
        run.insert(0, word)
        edge = word.box.left
    return run


def _above(box: Selection, lines: PageLines) -> list[Word]:
    """The line just above, if it is near."""
    center_y, wide = box.box.center_y, _widened(box.box)
    about = lines.between(box.box.top - ABOVE_HEIGHTS * lines.tallest, center_y)
    over = [line for line in about if line.box.bottom <= center_y and overlap_sideways(wide, line.box)]
    if not over:
        return []
    nearest = max(over, key=lambda line: line.box.bottom)
    return nearest.words if box.box.top - nearest.box.bottom < ABOVE_HEIGHTS * nearest.box.height else []


def _widened(box: Box) -> Box:
    return Box(box.left - box.width, box.top, box.right + box.width, box.bottom)

"""`near`: the text that lies by printed anchors, all of which must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit, hit_of_words
from mapping_specs.engine.matching import EQUAL, FUZZY, is_remark
from mapping_specs.engine.places import Place
from mapping_specs.engine.sources.runs import is_of_boxes, runs_of
from mapping_specs.engine.view.nodes import Box, Line, Word, hull, overlap_sideways, same_row

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source

FAR_HEIGHTS = 5.0
"""A text further above or below an anchor than so many of its heights is far."""
PASSED_OVER_FACTOR = 0.8
"""For every nearer text that was passed over because it does not fit type or check."""


class Run:
    """A printed text of a line at most."""

    __slots__ = ("box", "identities", "page", "words")

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.page = words[0].page
        self.box = hull([word.box for word in words])
        self.identities = [word.id for word in words]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def is_of_boxes(self) -> bool:
        """Characters each printed for itself: of one text in boxes, or of several columns."""
        lines = {id(word.line) for word in self.words}
        return len(self.words) == len(lines) > 1 and is_of_boxes(self.words)


SIDES: dict[str, Callable[[Box, Box], bool]] = {
    "right_of": lambda box, anchor: same_row(box, anchor) and box.left >= anchor.right - 0.005,
    "left_of": lambda box, anchor: same_row(box, anchor) and box.right <= anchor.left + 0.005,
    "below": lambda box, anchor: overlap_sideways(box, anchor) and box.center_y > anchor.bottom,
    "above": lambda box, anchor: overlap_sideways(box, anchor) and box.center_y < anchor.top,
}


def find(context: Context, source: Source) -> list[Hit]:
    """Candidates by distance from the first anchor; the settling takes the nearest that passes."""
    args = source["args"]
    region = context.region(source)
    if region.missing is not None:
        return []
    sides = [(side, tuple(args[side])) for side in args if side in SIDES]
    anchors = [[p for p in context.places.find(labels) if region.holds(p.page, p.box)] for _, labels in sides]
    if not sides or not all(anchors):
        return []
    within = args.get("within")
    match_class = FUZZY if any(context.places.nearly_matches(labels) for _, labels in sides) else EQUAL
    found: list[tuple[float, Hit]] = []
    by_page = [_by_page(places) for places in anchors]
    for run in _candidates(context, sides[0][0], by_page[0], [place for places in anchors for place in places]):
        first = _distance(sides[0][0], run, by_page[0])
        if first is None or (within is not None and first * 100 > within):
            continue
        others = zip(sides[1:], by_page[1:], strict=True)
        if any(_distance(side, run, places) is None for (side, _), places in others):
            continue
        if region.holds(run.page, run.box):
            hit = hit_of_words(run.words, run.text, label=sides[0][1][0], match_class=match_class)
            hit.loose = within is None and _is_far(sides[0][0], first, by_page[0][run.page])
            hit.apart = run.is_of_boxes
            found.append((first, hit))
    found.sort(key=lambda pair: (pair[0], pair[1].order))
    hits = [hit for _, hit in found[int(args.get("skip") or 0) :]]
    for order, hit in enumerate(hits):
        hit.position = (0, order, 0.0)
        hit.doubt = PASSED_OVER_FACTOR**order
    return hits


def _by_page(places: list[Place]) -> dict[int, list[Place]]:
    by_page: dict[int, list[Place]] = {}
    for place in places:
        by_page.setdefault(place.page, []).append(place)
    return by_page


def _distance(side: str, run: Run, places: dict[int, list[Place]]) -> float | None:
    """In fractions of the page; None where no anchor holds."""
    holds, box = SIDES[side], run.box
    gaps = [_gap(side, box, place.box) for place in places.get(run.page, ()) if holds(box, place.box)]
    return min(gaps, default=None)


def _gap(side: str, box: Box, anchor: Box) -> float:
    if side == "right_of":
        return max(0.0, box.left - anchor.right)
    if side == "left_of":
        return max(0.0, anchor.left - box.right)
    return max(0.0, box.top - anchor.bottom) if side == "below" else max(0.0, anchor.top - box.bottom)


def _is_far(side: str, gap: float, places: list[Place]) -> bool:
    return side in ("above", "below") and gap > FAR_HEIGHTS * max(place.box.height for place in places)


def _candidates(context: Context, side: str, places: dict[int, list[Place]], anchors: list[Place]) -> Iterator[Run]:
    """The runs of words that are neither labels nor part of an anchor, nor more of an anchor's label in its cell."""
    own = {word.id for place in anchors for word in place.words}
    cells = {cell for identity in own if (cell := context.cells.get(identity)) is not None}
    beside = side in ("right_of", "left_of")
    in_reach = _on_a_row if beside else _in_a_column
    for run in _runs_by(context, places) if beside else _all_runs(context):
        if not in_reach(run.box, places.get(run.page, ())):
            continue
        if not own.isdisjoint(run.identities):
            yield from map(Run, _without(run.words, own))
        elif not (context.cells.get(run.words[0].id) in cells and _is_of_label(context, run)):
            yield run


def _is_of_label(context: Context, run: Run) -> bool:
    """Of what is printed in one cell with an anchor: a column's header goes on, or a remark follows in brackets."""
    return context.column_heads.issuperset(run.identities) or is_remark(run.text)


def _all_runs(context: Context) -> list[Run]:
    if context.runs is None:
        context.runs = [Run(words) for words in runs_of(context, context.view.lines)]
    return context.runs


def _runs_by(context: Context, places: dict[int, list[Place]]) -> list[Run]:
    """Those of the lines about the rows of the places: what is further up or down is not on a row with them."""
    lines: list[Line] = []
    for page in sorted(places):
        on_page = context.view.printed_on(page)
        slack = on_page.tallest
        strips = {(place.box.top - slack, place.box.bottom + slack) for place in places[page]}
        found = dict.fromkeys(line for head, foot in strips for line in on_page.between(head, foot))
        lines += found if len(strips) == 1 else sorted(found, key=lambda line: line.order)
    return [Run(words) for words in runs_of(context, lines)]


def _on_a_row(box: Box, places: Iterable[Place]) -> bool:
    """Could a part of the box be on the row of one of these? Most are not, and need no further look."""
    return any(box.top < place.box.bottom and box.bottom > place.box.top for place in places)


def _in_a_column(box: Box, places: Iterable[Place]) -> bool:
    return any(box.left < place.box.right and box.right > place.box.left for place in places)


def _without(run: list[Word], own: set[str]) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in run:
        if word.id in own:
            if part:
                yield part
            part = []
        else:
            part.append(word)
    if part:
        yield part

"""`near`: the text that lies by printed anchors, all of which must hold."""

from __future__ import annotations

from collections.abc import Callable

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit, hit_of_words
from mapping_specs.engine.places import Place
from mapping_specs.engine.resolved import Source
from mapping_specs.engine.view.nodes import Box, Word, hull, overlap_sideways, same_row

GAP_HEIGHTS = 2.5

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
    own = {id(word) for places in anchors for place in places for word in place.words}
    found: list[tuple[float, Hit]] = []
    for run in _runs(context, own):
        box, page = hull([word.box for word in run]), run[0].page
        if not region.holds(page, box):
            continue
        distances = [_distance(side, box, page, places) for (side, _), places in zip(sides, anchors, strict=True)]
        if any(distance is None for distance in distances):
            continue
        first = distances[0]
        within = args.get("within")
        if first is not None and (within is None or first * 100 <= within):
            found.append((first, hit_of_words(run, " ".join(word.text for word in run), label=sides[0][1][0])))
    found.sort(key=lambda pair: (pair[0], pair[1].order))
    hits = [hit for _, hit in found[int(args.get("skip") or 0) :]]
    for order, hit in enumerate(hits):
        hit.position = (0, order, 0.0)
    return hits


def _distance(side: str, box: Box, page: int, places: list[Place]) -> float | None:
    """In fractions of the page; None where no anchor holds."""
    holds = SIDES[side]
    distances = [_gap(side, box, place.box) for place in places if place.page == page and holds(box, place.box)]
    return min(distances, default=None)


def _gap(side: str, box: Box, anchor: Box) -> float:
    if side == "right_of":
        return max(0.0, box.left - anchor.right)
    if side == "left_of":
        return max(0.0, anchor.left - box.right)
    return max(0.0, box.top - anchor.bottom) if side == "below" else max(0.0, anchor.top - box.bottom)


def _runs(context: Context, own: set[int]) -> list[list[Word]]:
    """Runs of words on a line without the words of labels and anchors; a wide gap begins a new one."""
    runs: list[list[Word]] = []
    for line in context.view.lines:
        run: list[Word] = []
        for word in line.words:
            ends = id(word) in own or id(word) in context.label_words
            wide = bool(run) and word.box.left - run[-1].box.right > GAP_HEIGHTS * max(word.box.height, 0.005)
            if run and (ends or wide):
                runs.append(run)
                run = []
            if not ends:
                run.append(word)
        if run:
            runs.append(run)
    return runs

"""The printed texts of lines, each at most a line long: what `near` chooses from."""

from __future__ import annotations

from collections import deque

from mapping_specs.engine.context import Context
from mapping_specs.engine.view.nodes import Line, Word, overlap_sideways, same_row

GAP_HEIGHTS = 2.5
COMB_HEIGHTS = 4.0
"""Characters further apart than so many of their heights stand in no boxes of one comb."""
EVEN = 1.6
"""Steps along a comb differ by less than this factor."""
HEADER_HEIGHTS = 4.0
TALLER = 2.0
MAX_OPEN = 8
"""Texts of one cell or value that a further word of a row may belong to."""
Holder = tuple[str, int]
OpenRuns = dict[Holder, deque[list[Word]]]
"""Of each cell or value its last texts, each at most a row long."""


def runs_of(context: Context, lines: list[Line]) -> list[list[Word]]:
    """The printed texts of these lines without the labels among them, each at most a line long.

    What stands in one cell or one value of a row is one text, what stands in two is two; elsewhere a wide gap parts.
    """
    runs: list[list[Word]] = []
    open_ones: OpenRuns = {}
    for line in lines:
        _runs_of_line(context, line, runs, open_ones)
    return _combs_joined(context, runs)


def _combs_joined(context: Context, runs: list[list[Word]]) -> list[list[Word]]:
    """Those of one character a box, which follow each other along a row in even steps, are one text."""
    joined: list[list[Word]] = []
    for run in runs:
        last = joined[-1] if joined and is_of_boxes(run) and is_of_boxes(joined[-1]) else []
        step = _step(context, last[-1], run[0]) if last else None
        if step is None:
            joined.append(run)
            continue
        before = last[-1].box.center_x - last[-2].box.center_x if len(last) > 1 else step
        if step * EVEN < before:  # what stood before is no box of this comb
            joined.append([last.pop(), *run])
        elif step < before * EVEN:
            last += run
        else:
            joined.append(run)
    return [part for run in joined for part in _under_headers(context, run)]


def _under_headers(context: Context, run: list[Word]) -> list[list[Word]]:
    """Each for itself where a text of its own stands over every character: `M`, `T`, `W` over the hours of a week."""
    if len(run) < 2 or not is_of_boxes(run) or run[0].line is run[-1].line:
        return [run]
    box = run[0].box
    above = context.view.printed_on(run[0].page).between(box.top - HEADER_HEIGHTS * box.height, box.top)
    heads = [word for line in above for word in line.words if word.box.center_y < box.top]
    over = [next((head.id for head in heads if overlap_sideways(head.box, word.box)), None) for word in run]
    return [[word] for word in run] if None not in over and len(set(over)) == len(run) else [run]


def is_of_boxes(run: list[Word]) -> bool:
    return all(len(word.text) == 1 for word in run)


def _step(context: Context, box: Word, following: Word) -> float | None:
    """From the one character to the next; None: they are not side by side in one comb."""
    step = following.box.center_x - box.box.center_x
    if box.page != following.page or not 0 < step < COMB_HEIGHTS * max(box.box.height, following.box.height):
        return None
    return step if same_row(box.box, following.box) and not context.parts(box, following) else None


def _runs_of_line(context: Context, line: Line, runs: list[list[Word]], open_ones: OpenRuns) -> None:
    run: list[Word] = []
    holder: Holder | None = None
    labels = context.label_words
    for word in line.words:
        if word.id in labels:
            run = []
            continue
        here = context.holder(word)
        begun = _begun(open_ones, here, word) if here is not None else None
        if begun is not None:
            run = begun
        elif not run or (holder and here and holder != here) or _is_wide(run[-1], word):
            run = []
            runs.append(run)
        run.append(word)
        if here is not None and begun is None:
            open_ones.setdefault(here, deque(maxlen=MAX_OPEN)).append(run)
        holder = here


def _begun(open_ones: OpenRuns, holder: Holder, word: Word) -> list[Word] | None:
    return next((run for run in open_ones.get(holder, ()) if _goes_with(run[-1], word)), None)


def _goes_with(word: Word, following: Word) -> bool:
    """On one row of a cell or a value, and of one print: a stamp or a watermark across it is much taller."""
    one, other = word.box, following.box
    if not same_row(one, other):
        return False
    short = max(one.height, other.height) < TALLER * min(one.height, other.height)
    return short or not (_has_letters(word.text) and _has_letters(following.text))


def _has_letters(text: str) -> bool:
    """Or figures: a dash is low whatever its print."""
    return any(character.isalnum() for character in text)


def _is_wide(one: Word, other: Word) -> bool:
    return other.box.left - one.box.right > GAP_HEIGHTS * max(other.box.height, 0.005)

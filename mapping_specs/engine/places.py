"""Printed places an analyst may name: anchors of sections, questions, `after`, `near`, signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mapping_specs.engine.matching import FUZZY, is_item_number, matcher, words_of
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.view import View
from mapping_specs.engine.view.answers import Layout
from mapping_specs.engine.view.nodes import Box, Cell, KeyValue, Line, Word, hull
from mapping_specs.engine.view.reading_order import in_order
from mapping_specs.engine.view.tables import Table

SAME_EDGE = 0.01
"""Left edges this near, in widths of the page, are one edge."""
MAX_STACKED_LINES = 3


class Place(NamedTuple):
    text: str
    page: int
    box: Box
    words: tuple[Word, ...]
    alone: bool = True
    """Nothing else is printed in its own line."""


class Places:
    """Every printed text of a document that can be an anchor, indexed once a document."""

    def __init__(self, view: View) -> None:
        self._origins = list(_origins(view))
        self.index = PrintedIndex([text for text, _, _ in self._origins], view.cache.setdefault("forms", {}))
        self._made: dict[int, Place] = {}
        self._found: dict[tuple[str, ...], list[Place]] = {}

    def __getitem__(self, position: int) -> Place:
        place = self._made.get(position)
        if place is None:
            _, make, origin = self._origins[position]
            place = self._made[position] = make(origin)
        return place

    def word_ids(self, position: int) -> list[str]:
        """Of the place at that position: it need not be made for it."""
        _, make, origin = self._origins[position]
        if make is _of_line or make is _of_cell:
            return list(origin.word_ids)
        return list(origin.key_word_ids) if make is _of_key else [word.id for word in self[position].words]

    def find(self, labels: tuple[str, ...]) -> list[Place]:
        """The places of the best class, one a printed place, in reading order."""
        found = self._found.get(labels)
        if found is None:
            found = self._found[labels] = self._search(labels)
        return found

    def nearly_matches(self, labels: tuple[str, ...]) -> bool:
        """What is found for them has another letter."""
        return FUZZY in self.index.find(matcher(labels)).values()

    def within_a_line(self, text: str) -> bool:
        """Is it printed in whole words within some text?"""
        words = words_of(text)
        wanted = f" {' '.join(words)} "
        candidates = self.index.holding("".join(words)) if words else []
        return any(wanted in f" {' '.join(words_of(candidate))} " for candidate in candidates)

    def _search(self, labels: tuple[str, ...]) -> list[Place]:
        wanted = matcher(labels)
        ranks = self.index.find(wanted)
        if ranks:
            best = min(ranks.values())
            return _distinct([self[position] for position, rank in ranks.items() if rank == best])
        return _distinct([self._beginning(start.position, start.words) for start in self.index.starting(wanted)])

    def _beginning(self, position: int, count: int) -> Place:
        """The part of a text that the label takes."""
        place = self[position]
        words = place.words[:count]
        if len(place.words) != len(place.text.split()) or not words:
            return place
        return Place(
            " ".join(word.text for word in words), place.page, hull([w.box for w in words]), words, alone=False
        )


def places_of(view: View) -> Places:
    places: Places | None = view.cache.get("places")
    if places is None:
        places = view.cache["places"] = Places(view)
    return places


def _of_line(line: Line) -> Place:
    return Place(line.text, line.page, line.box, tuple(line.words))


def _of_run(run: list[Line]) -> Place:
    words = tuple(word for line in run for word in line.words)
    return Place(_joined(run), run[0].page, hull([line.box for line in run]), words)


def _joined(run: list[Line]) -> str:
    return " ".join([line.text for line in run])


def _of_key(pair: KeyValue) -> Place:
    return Place(pair.key, pair.page, pair.key_box, tuple(pair.key_words), alone=False)


def _of_layout(one: Layout) -> Place:
    return Place(one.text, one.page, one.box, ())


def _of_title(table: Table) -> Place:
    return Place(table.title, table.page, table.title_box or table.box, ())


def _of_cell(cell: Cell) -> Place:
    return Place(cell.text, cell.page, hull([word.box for word in cell.words]), tuple(cell.words))


Origin = tuple[str, Callable[[Any], Place], Any]
"""A text, and what makes its place of what."""


def _origins(view: View) -> Iterator[Origin]:
    for line in view.lines:
        yield line.text, _of_line, line
    for run in stacked(view.lines):
        yield _joined(run), _of_run, run
    for pair in view.key_values:
        if pair.key:
            yield pair.key, _of_key, pair
    for one in view.layout:
        if one.type in ("title", "section_header"):
            yield one.text, _of_layout, one
    yield from _origins_in_tables(view.tables)


def _origins_in_tables(tables: list[Table]) -> Iterator[Origin]:
    for table in tables:
        if table.title:
            yield table.title, _of_title, table
    for table in tables:
        for cell in _label_cells(table):
            if cell.text:
                yield cell.text, _of_cell, cell


def _label_cells(table: Table) -> Iterator[Cell]:
    """The first of every row, and those of the rows that may be headers."""
    for number, row in enumerate(table.grid):
        yield from row if number == 0 or number in table.marked_rows[:MAX_STACKED_LINES] else row[:1]


def stacked(lines: list[Line]) -> Iterator[list[Line]]:
    """Runs of lines at one left edge, less than a line apart, as one text each: a label over two lines is one.

    A number above a label is a value or an item number: taken for the beginning of the label it would be part of it.
    """
    below = _below_each(lines)
    for position, line in enumerate(lines):
        if below[position] is None or is_item_number(line.text):
            continue
        run = [position]
        while len(run) < MAX_STACKED_LINES and (following := below[run[-1]]) is not None:
            run.append(following)
            yield [lines[one] for one in run]


def _below_each(lines: list[Line]) -> list[int | None]:
    """Of each line the position of the next one under it at its left edge, less than a line's height away."""
    below: list[int | None] = [None] * len(lines)
    page = 0
    waiting: dict[int, list[tuple[int, float, float, float]]] = {}
    """By strips of the page as wide as an edge may differ: position, left edge, foot, and how far down one may begin."""
    for position, line in enumerate(lines):
        if line.page != page:
            page = line.page
            waiting.clear()
        box = line.box
        left, top, bottom = box.left, box.top, box.bottom
        middle, strip = (top + bottom) / 2, int(left / SAME_EDGE)
        for near in (strip - 1, strip, strip + 1):
            if above := waiting.get(near):
                waiting[near] = still = []
                for one in above:
                    number, edge, foot, reach = one
                    if middle > foot and top <= reach and abs(left - edge) < SAME_EDGE:
                        below[number] = position
                    elif top <= reach:
                        still.append(one)
        waiting.setdefault(strip, []).append((position, left, bottom, bottom + bottom - top))
    return below


def _distinct(places: list[Place]) -> list[Place]:
    """One a printed place: a key, a line and a title over one another are one."""
    if len(places) < 2:
        return places
    kept: list[Place] = []
    by_strip: dict[tuple[int, int], list[Place]] = {}
    for place in sorted(places, key=lambda one: (one.page, one.box.top, one.box.left, one.box.width)):
        strips = [(place.page, strip) for strip in _strips(place.box)]
        if any(_cover(place.box, other.box) for strip in strips for other in by_strip.get(strip, ())):
            continue
        kept.append(place)
        for strip in strips:
            by_strip.setdefault(strip, []).append(place)
    return in_order(kept, lambda one: (one.page, one.box)) if len(kept) > 1 else kept


def _strips(box: Box) -> range:
    """The hundredths of the page's width that it lies on: boxes over one another share one."""
    left, right = (min(max(side, -1.0), 2.0) for side in (box.left - 0.003, box.right + 0.003))
    return range(int(left * 100), int(right * 100) + 1)


def _cover(one: Box, other: Box) -> bool:
    return (
        other.left - 0.003 <= one.center_x <= other.right + 0.003
        and other.top - 0.003 <= one.center_y <= other.bottom + 0.003
    ) or (one.left <= other.center_x <= one.right and one.top <= other.center_y <= one.bottom)

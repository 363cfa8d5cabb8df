"""Printed places an analyst may name: anchors of sections, questions, `after`, `near`, signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mapping_specs.engine.matching import matcher, words_of
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.view import View
from mapping_specs.engine.view.nodes import Box, Cell, Line, Word, hull
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
        self.all: list[Place] = _places(view)
        self.index = PrintedIndex(place.text for place in self.all)
        self._found: dict[tuple[str, ...], list[Place]] = {}

    def find(self, labels: tuple[str, ...]) -> list[Place]:
        """The places of the best class, one a printed place, in reading order."""
        found = self._found.get(labels)
        if found is None:
            found = self._found[labels] = self._search(labels)
        return found

    def within_a_line(self, text: str) -> bool:
        """Is it printed in whole words within some text?"""
        wanted = " ".join(words_of(text))
        return bool(wanted) and any(f" {wanted} " in f" {' '.join(words_of(place.text))} " for place in self.all)

    def _search(self, labels: tuple[str, ...]) -> list[Place]:
        wanted = matcher(labels)
        ranks = self.index.find(wanted)
        if ranks:
            best = min(ranks.values())
            return _distinct([self.all[position] for position, rank in ranks.items() if rank == best])
        return _distinct([self._beginning(start.position, start.words) for start in self.index.starting(wanted)])

    def _beginning(self, position: int, count: int) -> Place:
        """The part of a text that the label takes."""
        place = self.all[position]
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


def _places(view: View) -> list[Place]:
    lines = [Place(line.text, line.page, line.box, tuple(line.words)) for line in view.lines]
    keys = [
        Place(pair.key, pair.page, pair.key_box, tuple(pair.key_words), alone=False)
        for pair in view.key_values
        if pair.key
    ]
    titles = [Place(one.text, one.page, one.box, ()) for one in view.layout if one.type in ("title", "section_header")]
    tables = [Place(one.title, one.page, one.title_box or one.box, ()) for one in view.tables if one.title]
    cells = [
        Place(cell.text, cell.page, hull([word.box for word in cell.words]), tuple(cell.words))
        for table in view.tables
        for cell in _label_cells(table)
        if cell.words
    ]
    return [*lines, *stacked(view.lines), *keys, *titles, *tables, *cells]


def _label_cells(table: Table) -> Iterator[Cell]:
    """The first of every row, and those of the rows that may be headers."""
    for number, row in enumerate(table.grid):
        yield from row if number == 0 or number in table.marked_rows[:MAX_STACKED_LINES] else row[:1]


def stacked(lines: list[Line]) -> list[Place]:
    """Runs of lines at one left edge, less than a line apart, as one text each: a label over two lines is one."""
    found = []
    for first in lines:
        run = [first]
        while len(run) < MAX_STACKED_LINES and (below := _below(run[-1], lines)):
            run.append(below)
            words = tuple(word for line in run for word in line.words)
            found.append(
                Place(" ".join(line.text for line in run), first.page, hull([line.box for line in run]), words)
            )
    return found


def _below(line: Line, lines: list[Line]) -> Line | None:
    """The next line under this one at its left edge, less than a line's height away."""
    height = line.box.bottom - line.box.top
    for other in lines[line.order + 1 :]:
        if other.page != line.page or other.box.top - line.box.bottom > height:
            return None
        if abs(other.box.left - line.box.left) < SAME_EDGE and other.box.center_y > line.box.bottom:
            return other
    return None


def _distinct(places: list[Place]) -> list[Place]:
    """One a printed place: a key, a line and a title over one another are one."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda one: (one.page, round(one.box.center_y, 2), one.box.left, one.box.width)):
        if not any(place.page == other.page and _cover(place.box, other.box) for other in kept):
            kept.append(place)
    return kept


def _cover(one: Box, other: Box) -> bool:
    return (
        other.left - 0.003 <= one.center_x <= other.right + 0.003
        and other.top - 0.003 <= one.center_y <= other.bottom + 0.003
    ) or (one.left <= other.center_x <= one.right and one.top <= other.center_y <= one.bottom)

"""The order in which a reader takes what is printed on a turned page: row by row from the top, each row from the left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from mapping_specs.engine.view.geometry import Box


class Boxed(Protocol):
    @property
    def box(self) -> Box: ...


Thing = TypeVar("Thing", bound=Boxed)
LEFT = itemgetter(0)


def rows_of(things: Sequence[Thing]) -> list[list[Thing]]:
    """Things of one page by the printed row they stand on, top to bottom, each row from the left.

    A thing stands on a row if its middle is between the top and the bottom of the row's first thing.
    """
    return _rows(things, [thing.box for thing in things])


def in_order(things: Iterable[Any], place: Callable[[Any], tuple[int, Box]]) -> list[Any]:
    """Things of a document in reading order; `place` gives the page and the box a thing is read at."""
    things = list(things)
    if len(things) < 2:
        return things
    by_page: dict[int, list[tuple[Any, Box]]] = {}
    for thing in things:
        page, box = place(thing)
        by_page.setdefault(page, []).append((thing, box))
    rows = (_rows(*zip(*by_page[page], strict=True)) for page in sorted(by_page))
    return [thing for page in rows for row in page for thing in row]


def _rows(things: Sequence[Any], boxes: Sequence[Box]) -> list[list[Any]]:
    rows: list[list[tuple[float, int]]] = []
    top = bottom = 0.0
    for down, left, number in sorted([(box.top + box.bottom, box.left, number) for number, box in enumerate(boxes)]):
        if rows and top <= down / 2 <= bottom:
            rows[-1].append((left, number))
        else:
            rows.append([(left, number)])
            top, bottom = boxes[number].top, boxes[number].bottom
    for row in rows:
        row.sort(key=LEFT)
    return [[things[number] for _, number in row] for row in rows]


def printed(words: Sequence[Any]) -> str:
    """Words as they are printed: a row a line, top to bottom."""
    if len(words) < 2:
        return words[0].text if words else ""
    first = words[0].line
    if first is not None and all(word.line is first for word in words):
        return " ".join([word.text for word in words])
    return "\n".join([" ".join([word.text for word in row]) for row in rows_of(words)])

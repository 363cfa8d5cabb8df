"""A page before anybody has made sense of it: words, ruling lines and boxes, upright, in the page's own units."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass
class Rect:
    """In the reading frame: the page turned until its lines are level."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    def holds(self, point: tuple[float, float]) -> bool:
        return self.x0 <= point[0] <= self.x1 and self.top <= point[1] <= self.bottom


def around(rects: list[Rect]) -> Rect:
    return Rect(
        min(rect.x0 for rect in rects),
        min(rect.top for rect in rects),
        max(rect.x1 for rect in rects),
        max(rect.bottom for rect in rects),
    )


@dataclass
class PrintedWord(Rect):
    text: str = ""
    confidence: float = 99.9
    """Percent."""
    size: float = 0.0
    """Of the type, in the page's units; 0: unknown."""
    bold: bool | None = None


@dataclass
class TickBox(Rect):
    ticked: bool = False
    confidence: float = 99.0


@dataclass
class Rule:
    """A ruling line: level (`h`) or upright (`v`)."""

    orientation: str
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass
class Sheet:
    number: int
    width: float
    height: float
    words: list[PrintedWord] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    boxes: list[TickBox] = field(default_factory=list)
    signatures: list[Rect] = field(default_factory=list)
    angle_degrees: float = 0.0
    """By which the stored page is turned, clockwise."""

    def polygon(self, rect: Rect) -> list[tuple[float, float]]:
        """The rectangle's corners on the stored page, in fractions of it, from the upper left of the text."""
        corners = ((rect.x0, rect.top), (rect.x1, rect.top), (rect.x1, rect.bottom), (rect.x0, rect.bottom))
        return [self._stored(x, y) for x, y in corners]

    def _stored(self, x: float, y: float) -> tuple[float, float]:
        if self.angle_degrees:
            x, y = rotated(x, y, self.angle_degrees, self.width / 2, self.height / 2)
        return min(max(x / self.width, 0.0), 1.0), min(max(y / self.height, 0.0), 1.0)


def rotated(x: float, y: float, degrees: float, cx: float, cy: float) -> tuple[float, float]:
    """Clockwise on a page whose y runs down."""
    radians = math.radians(degrees)
    dx, dy = x - cx, y - cy
    return cx + dx * math.cos(radians) - dy * math.sin(radians), cy + dx * math.sin(radians) + dy * math.cos(radians)

"""Pages scanned upside down, on their side or askew: where things are for a reader who has turned the page."""

from __future__ import annotations

import math
from operator import add, itemgetter
from typing import Any

from mapping_specs.engine.view.geometry import NOWHERE, Box

BOUNDS = itemgetter("Left", "Top", "Width", "Height")
ASKEW_DEGREES = 0.3
"""Below this a line across the whole page rises by less than half its own height."""


class Turning:
    """Maps a block's geometry onto the turned page. `degrees`: clockwise, by which the stored image must be turned."""

    __slots__ = ("degrees", "down", "quarter", "slope", "upright")

    def __init__(self, degrees: float, quarter: int = 0, slope: float = 0.0, down: float = 0.0) -> None:
        self.degrees = degrees
        self.quarter = quarter
        """Quarter turns clockwise that bring the text upright, 0–3."""
        self.slope = slope
        """Of a printed line, after the quarter turns: fractions of the height per fraction of the width."""
        self.down = down
        """How far the upright runs sideways: fractions of the width per fraction of the height."""
        self.upright = quarter == 0 and slope == 0.0
        """The stored image is as its reader sees it."""

    def box(self, block: Any) -> Box:
        try:
            if self.upright:
                left, top, width, height = BOUNDS(block["Geometry"]["BoundingBox"])
                right = left + width
                bottom = top + height
            else:
                left, top, right, bottom = self._turned(block["Geometry"])
            if -1.0 <= left <= right <= 2.0 and -1.0 <= top <= bottom <= 2.0:
                return Box(left, top, right, bottom)
        except (KeyError, TypeError, IndexError, AttributeError, ValueError, ArithmeticError):
            pass
        return NOWHERE

    def boxes(self, blocks: list[Any]) -> list[Box]:
        """The box of each block."""
        found = _all_upright(blocks) if self.upright else None
        return list(map(self.box, blocks)) if found is None else found

    def _turned(self, geometry: Any) -> tuple[float, float, float, float]:
        corners = _corners(geometry)
        xs, ys = [corner["X"] for corner in corners], [corner["Y"] for corner in corners]
        # The least of 1 - x is 1 less the greatest x: so the turned corners need not be made.
        left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
        if self.slope != 0.0 or self.down != 0.0:
            return self._upright(*self._turned_corners(xs, ys))
        if self.quarter == 1:
            return 1.0 - bottom, left, 1.0 - top, right
        if self.quarter == 2:
            return 1.0 - right, 1.0 - bottom, 1.0 - left, 1.0 - top
        return (top, 1.0 - right, bottom, 1.0 - left) if self.quarter == 3 else (left, top, right, bottom)

    def _turned_corners(self, xs: list[float], ys: list[float]) -> tuple[list[float], list[float]]:
        if self.quarter == 1:
            return [1.0 - y for y in ys], xs
        if self.quarter == 2:
            return [1.0 - x for x in xs], [1.0 - y for y in ys]
        return (ys, [1.0 - x for x in xs]) if self.quarter == 3 else (xs, ys)

    def _upright(self, xs: list[float], ys: list[float]) -> tuple[float, float, float, float]:
        """In the oblique frame of the printed lines and their uprights, about the page's centre."""
        slope, down = self.slope, self.down
        scale = 1.0 - slope * down
        across = [0.5 + ((x - 0.5) - down * (y - 0.5)) / scale for x, y in zip(xs, ys, strict=True)]
        along = [0.5 + ((y - 0.5) - slope * (x - 0.5)) / scale for x, y in zip(xs, ys, strict=True)]
        return min(across), min(along), max(across), max(along)


def _all_upright(blocks: list[Any]) -> list[Box] | None:
    """All at once; None where one of them is not as it should be."""
    try:
        bounds = [BOUNDS(block["Geometry"]["BoundingBox"]) for block in blocks]
        lefts, tops, widths, heights = zip(*bounds, strict=True)
        rights, bottoms = list(map(add, lefts, widths)), list(map(add, tops, heights))
        sides, ends = (*lefts, *tops), (*rights, *bottoms)
        if min(sides) < -1.0 or max(ends) > 2.0 or min(*widths, *heights, 0.0) < 0.0:
            return None
        if not math.isfinite(sum(ends)):
            return None
    except (KeyError, TypeError, ValueError):
        return None
    return list(map(Box, lefts, tops, rights, bottoms))


UPRIGHT = Turning(0.0)


def _corners(geometry: Any) -> list[Any]:
    polygon = geometry.get("Polygon")
    if isinstance(polygon, list) and len(polygon) >= 3:
        return polygon
    bounds = geometry["BoundingBox"]
    left, top = bounds["Left"], bounds["Top"]
    right, bottom = left + bounds["Width"], top + bounds["Height"]
    return [{"X": x, "Y": y} for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]


def turning_of(blocks: list[Any]) -> Turning:
    """From the direction in which printed lines run: a polygon's first side is the line's upper edge."""
    across = _direction(blocks, 1)
    if across == (0.0, 0.0):
        return Turning(0.0)
    degrees = math.degrees(math.atan2(across[1], across[0]))
    quarter = round(degrees / 90) % 4
    across = _unturned(across, quarter)
    askew = math.degrees(math.atan2(across[1], across[0]))
    if abs(askew) < ASKEW_DEGREES:
        return Turning(float((4 - quarter) % 4 * 90), (4 - quarter) % 4)
    upright = _unturned(_direction(blocks, 3), quarter)
    down = upright[0] / upright[1] if upright[1] > 0 else 0.0
    slope = across[1] / across[0]
    if abs(down) > 1 or abs(slope) > 1:
        down = 0.0
    return Turning(round(-degrees % 360, 1), (4 - quarter) % 4, slope, down)


def _direction(blocks: list[Any], corner: int) -> tuple[float, float]:
    """The sum of the sides from the first corner to another, 1: the upper edges, 3: the left ones. Long lines count for
    more."""
    x = y = 0.0
    for block in blocks:
        try:
            polygon = block["Geometry"]["Polygon"]
            start, end = polygon[0], polygon[corner]
            dx, dy = end["X"] - start["X"], end["Y"] - start["Y"]
        except (KeyError, TypeError, IndexError):
            continue
        x += dx
        y += dy
    return (x, y) if math.isfinite(x) and math.isfinite(y) else (0.0, 0.0)


def _unturned(vector: tuple[float, float], quarter: int) -> tuple[float, float]:
    x, y = vector
    for _ in range(quarter):
        x, y = y, -x
    return x, y

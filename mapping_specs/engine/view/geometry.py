"""Boxes on a page, in fractions of the turned page, as its reader sees it."""

from __future__ import annotations

from collections.abc import Sequence


class Box:
    """A rectangle in fractions (0–1) of the turned page's width and height."""

    __slots__ = ("bottom", "left", "right", "top")

    def __init__(self, left: float, top: float, right: float, bottom: float) -> None:
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def center_x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def center_y(self) -> float:
        return (self.top + self.bottom) / 2

    def to_dict(self) -> dict[str, float]:
        return {
            "left": round(self.left, 5),
            "top": round(self.top, 5),
            "width": round(self.right - self.left, 5),
            "height": round(self.bottom - self.top, 5),
        }

    def __repr__(self) -> str:
        return f"Box({self.left:.3f}, {self.top:.3f}, {self.right:.3f}, {self.bottom:.3f})"


NOWHERE = Box(0.0, 0.0, 0.0, 0.0)


def hull(boxes: Sequence[Box]) -> Box:
    """The smallest box around all; NOWHERE around none."""
    if not boxes:
        return NOWHERE
    if len(boxes) == 1:
        return boxes[0]
    return Box(
        min([box.left for box in boxes]),
        min([box.top for box in boxes]),
        max([box.right for box in boxes]),
        max([box.bottom for box in boxes]),
    )


def center_within(one: Box, other: Box) -> bool:
    return other.left <= one.center_x <= other.right and other.top <= one.center_y <= other.bottom


def same_row(one: Box, other: Box) -> bool:
    """They share at least a third of the lower one's height."""
    top, bottom = one.top, one.bottom
    other_top, other_bottom = other.top, other.bottom
    shared = (bottom if bottom < other_bottom else other_bottom) - (top if top > other_top else other_top)
    if shared <= 0:
        return False
    height, other_height = bottom - top, other_bottom - other_top
    return shared >= (height if height < other_height else other_height) / 3


def overlap_sideways(one: Box, other: Box) -> bool:
    left, right, other_left, other_right = one.left, one.right, other.left, other.right
    return left < other_right and other_left < right and left < right and other_left < other_right

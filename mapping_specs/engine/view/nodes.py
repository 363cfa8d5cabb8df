"""What the view is made of: things printed on a page, with their confidence and their place.

Confidences are percent; None where Textract gave none. Boxes are fractions of the turned page, as its reader sees it.
"""

from __future__ import annotations

from typing import Any


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


def hull(boxes: list[Box]) -> Box:
    """The smallest box around all; NOWHERE around none."""
    if not boxes:
        return NOWHERE
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def same_row(one: Box, other: Box) -> bool:
    """They share at least a third of the lower one's height."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > 0 and shared >= min(one.bottom - one.top, other.bottom - other.top) / 3


def overlap_sideways(one: Box, other: Box) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


class Word:
    __slots__ = ("box", "confidence", "line", "page", "text")

    def __init__(self, text: str, confidence: float | None, page: int, box: Box) -> None:
        self.text = text
        self.confidence = confidence
        self.page = page
        self.box = box
        self.line: Line | None = None


class Line:
    """A printed line; `words` in Textract's order."""

    __slots__ = ("box", "confidence", "order", "page", "text", "words")

    def __init__(self, text: str, confidence: float | None, page: int, box: Box, words: list[Word]) -> None:
        self.text = text
        self.confidence = confidence
        self.page = page
        self.box = box
        self.words = words
        self.order = 0
        """Its place in the reading order of the whole document, from 0."""

    @property
    def ocr_confidence(self) -> float | None:
        return mean_confidence(self.words) if self.words else self.confidence

    def to_dict(self) -> dict[str, Any]:
        return _known(text=self.text, confidence=self.confidence, page=self.page, box=self.box.to_dict())


class Selection:
    """A check box or radio button; `label` is what is printed for it."""

    __slots__ = ("box", "confidence", "label", "label_box", "page", "selected")

    def __init__(self, selected: bool, confidence: float | None, page: int, box: Box) -> None:
        self.selected = selected
        self.confidence = confidence
        self.page = page
        self.box = box
        self.label = ""
        self.label_box: Box | None = None

    def to_dict(self) -> dict[str, Any]:
        return _known(
            selected=self.selected,
            label=self.label,
            confidence=self.confidence,
            page=self.page,
            box=self.box.to_dict(),
        )


class Signature:
    __slots__ = ("box", "confidence", "page")

    def __init__(self, confidence: float | None, page: int, box: Box) -> None:
        self.confidence = confidence
        self.page = page
        self.box = box

    def to_dict(self) -> dict[str, Any]:
        return _known(confidence=self.confidence, page=self.page, box=self.box.to_dict())


class KeyValue:
    """A key and its value as Textract paired them. `value` is None where nothing is written; lines are kept in it.

    `confidence` is that of the link between the two, `ocr_confidence` the mean of the value's words.
    """

    __slots__ = (
        "box",
        "confidence",
        "key",
        "key_box",
        "key_words",
        "page",
        "selections",
        "signed",
        "value",
        "value_words",
    )

    def __init__(self, key: str, confidence: float | None, page: int, key_box: Box, key_words: list[Word]) -> None:
        self.key = key
        self.confidence = confidence
        self.page = page
        self.key_box = key_box
        self.key_words = key_words
        self.value: str | None = None
        self.value_words: list[Word] = []
        self.selections: list[Selection] = []
        self.signed = False
        self.box: Box | None = None

    @property
    def label(self) -> str:
        """The key without the punctuation that ends it."""
        return self.key.strip().rstrip(":.…_ ").strip()

    @property
    def selected(self) -> bool | None:
        """Of a value that is one box; None where it is none."""
        return self.selections[0].selected if len(self.selections) == 1 else None

    @property
    def ocr_confidence(self) -> float | None:
        return mean_confidence(self.value_words)

    def to_dict(self) -> dict[str, Any]:
        return _known(
            key=self.key,
            label=self.label,
            value=self.value,
            confidence=self.confidence,
            ocr_confidence=_rounded(self.ocr_confidence),
            selected=self.selected,
            signed=self.signed or None,
            page=self.page,
            box=self.box.to_dict() if self.box else None,
            key_box=self.key_box.to_dict(),
        )


class Cell:
    """One place of a table's grid. `kinds` are Textract's: COLUMN_HEADER, TABLE_SECTION_TITLE, TABLE_SUMMARY …"""

    __slots__ = ("box", "column", "confidence", "covered_by", "kinds", "page", "row", "selections", "text", "words")

    def __init__(self, row: int, column: int, page: int, box: Box) -> None:
        self.row = row
        self.column = column
        self.page = page
        self.box = box
        self.text = ""
        self.confidence: float | None = None
        self.words: list[Word] = []
        self.selections: list[Selection] = []
        self.kinds: frozenset[str] = frozenset()
        self.covered_by: int = 0
        """Number of the merged cell over it, from 1; 0: none."""

    @property
    def ocr_confidence(self) -> float | None:
        return mean_confidence(self.words)

    @property
    def selected(self) -> bool | None:
        return self.selections[0].selected if len(self.selections) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        return _known(
            text=self.text,
            confidence=self.confidence,
            ocr_confidence=_rounded(self.ocr_confidence),
            selected=self.selected,
            page=self.page,
            box=self.box.to_dict(),
        )


class Query:
    __slots__ = ("alias", "box", "confidence", "page", "question", "value")

    def __init__(self, alias: str | None, question: str, page: int) -> None:
        self.alias = alias
        self.question = question
        self.page = page
        self.value: str | None = None
        self.confidence: float | None = None
        self.box: Box | None = None

    def to_dict(self) -> dict[str, Any]:
        return _known(
            alias=self.alias,
            question=self.question,
            value=self.value,
            confidence=self.confidence,
            page=self.page,
            box=self.box.to_dict() if self.box else None,
        )


class Layout:
    """An element of the page's layout; `type` is Textract's without LAYOUT_, in lower case: title, section_header …"""

    __slots__ = ("box", "confidence", "page", "text", "type")

    def __init__(self, type: str, text: str, confidence: float | None, page: int, box: Box) -> None:
        self.type = type
        self.text = text
        self.confidence = confidence
        self.page = page
        self.box = box

    def to_dict(self) -> dict[str, Any]:
        return _known(
            type=self.type, text=self.text, confidence=self.confidence, page=self.page, box=self.box.to_dict()
        )


class ExpenseField:
    """A summary field, or a cell of a line item. `label` is None where nothing is printed for it."""

    __slots__ = ("box", "confidence", "currency", "groups", "label", "label_box", "page", "type", "value")

    def __init__(self, type: str, page: int) -> None:
        self.type = type
        self.page = page
        self.label: str | None = None
        self.label_box: Box | None = None
        self.value: str | None = None
        self.confidence: float | None = None
        self.box: Box | None = None
        self.currency: str | None = None
        self.groups: list[str] = []

    def to_dict(self) -> dict[str, Any]:
        return _known(
            type=self.type,
            label=self.label,
            value=self.value,
            confidence=self.confidence,
            currency=self.currency,
            groups=self.groups or None,
            page=self.page,
            box=self.box.to_dict() if self.box else None,
        )


class Expense:
    """One document of an AnalyzeExpense answer; `line_items` are rows of cells, `groups` are Textract's of them."""

    __slots__ = ("document", "groups", "page", "summary")

    def __init__(self, document: int, page: int) -> None:
        self.document = document
        self.page = page
        self.summary: list[ExpenseField] = []
        self.groups: list[list[list[ExpenseField]]] = []

    @property
    def line_items(self) -> list[list[ExpenseField]]:
        return [row for group in self.groups for row in group]

    def to_dict(self) -> dict[str, Any]:
        return {
            "document": self.document,
            "page": self.page,
            "summary": [field.to_dict() for field in self.summary],
            "line_items": [{"cells": [cell.to_dict() for cell in row]} for row in self.line_items],
        }


class Identity:
    """One field of an identity document."""

    __slots__ = ("confidence", "document", "label", "normalized", "page", "type", "value")

    def __init__(self, document: int, type: str) -> None:
        self.document = document
        self.page = document
        self.type = type
        self.label: str | None = None
        self.value: str | None = None
        self.normalized: str | None = None
        self.confidence: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return _known(
            document=self.document,
            page=self.page,
            type=self.type,
            label=self.label,
            value=self.value,
            normalized=self.normalized,
            confidence=self.confidence,
        )


def mean_confidence(words: list[Word]) -> float | None:
    known = [word.confidence for word in words if word.confidence is not None]
    return sum(known) / len(known) if known else None


def min_confidence(words: list[Word]) -> float | None:
    return min((word.confidence for word in words if word.confidence is not None), default=None)


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 2)


def _known(**items: Any) -> dict[str, Any]:
    """Without what is not known: absent, never a guess."""
    return {name: value for name, value in items.items() if value is not None}

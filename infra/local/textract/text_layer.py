"""A born-digital PDF read from its own text: words, ruling lines, drawn check boxes and signatures, by pdfplumber."""

from __future__ import annotations

import io
from typing import Any

from infra.local.textract.errors import BadDocument
from infra.local.textract.sheet import PrintedWord, Rect, Rule, Sheet, TickBox, around

TEXT_CONFIDENCE = 99.9
"""There is no doubt in a text layer; Textract's own scores for clean print are of this kind."""
BOX_POINTS = (5.0, 18.0)
"""The side of a check box."""
MIN_SIGNATURE_POINTS = 30.0


def sheets(document: bytes, numbers: list[int] | None = None) -> list[Sheet]:
    """Every page, or those named (from 1). BadDocument where it is no readable PDF."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(document)) as pdf:
            return [_sheet(page) for page in pdf.pages if numbers is None or page.page_number in numbers]
    except (PdfminerException, PDFException, ValueError, KeyError, TypeError) as error:
        raise BadDocument("The document cannot be read.") from error


def _sheet(page: Any) -> Sheet:
    sheet = Sheet(page.page_number, float(page.width), float(page.height))
    for word in page.extract_words(extra_attrs=["size", "fontname"], x_tolerance_ratio=0.15):
        place = Rect(word["x0"], word["top"], word["x1"], word["bottom"])
        sheet.words.append(
            PrintedWord(
                place.x0,
                place.top,
                place.x1,
                place.bottom,
                text=word["text"],
                confidence=TEXT_CONFIDENCE,
                size=float(word["size"]),
                bold="bold" in word["fontname"].lower(),
            )
        )
    squares = [_rect(rect) for rect in page.rects if _is_box(rect)]
    sheet.boxes = [_tick_box(square, page) for square in _distinct(squares)]
    sheet.rules = [rule for edge in page.edges if (rule := _rule(edge)) and not _in_any(rule, squares)]
    sheet.signatures = _signatures(page, squares)
    return sheet


def _rect(thing: Any) -> Rect:
    return Rect(thing["x0"], thing["top"], thing["x1"], thing["bottom"])


def _is_box(rect: Any) -> bool:
    low, high = BOX_POINTS
    width, height = rect["x1"] - rect["x0"], rect["bottom"] - rect["top"]
    return low <= width <= high and low <= height <= high and abs(width - height) < 2


def _distinct(squares: list[Rect]) -> list[Rect]:
    kept: list[Rect] = []
    for square in squares:
        if not any(other.holds(square.center) for other in kept):
            kept.append(square)
    return kept


def _tick_box(square: Rect, page: Any) -> TickBox:
    marks = [*page.lines, *page.curves]
    ticked = any(square.holds(_rect(mark).center) for mark in marks)
    ticked = ticked or any(square.holds(_rect(char).center) and char["text"].strip() for char in page.chars)
    return TickBox(square.x0, square.top, square.x1, square.bottom, ticked=ticked)


def _rule(edge: Any) -> Rule | None:
    if edge["orientation"] not in ("h", "v"):
        return None
    return Rule(edge["orientation"], edge["x0"], edge["top"], edge["x1"], edge["bottom"])


def _in_any(rule: Rule, squares: list[Rect]) -> bool:
    center = ((rule.x0 + rule.x1) / 2, (rule.top + rule.bottom) / 2)
    return any(
        square.x0 - 1 <= center[0] <= square.x1 + 1 and square.top - 1 <= center[1] <= square.bottom + 1
        for square in squares
    )


def _signatures(page: Any, squares: list[Rect]) -> list[Rect]:
    """A drawn stroke that is wide, low and curved."""
    strokes = [_rect(curve) for curve in page.curves if len(curve.get("pts", [])) > 3 and not _in_box(curve, squares)]
    if not strokes:
        return []
    groups: list[list[Rect]] = []
    for stroke in sorted(strokes, key=lambda one: (one.top, one.x0)):
        if groups and abs(groups[-1][-1].top - stroke.top) < 20:
            groups[-1].append(stroke)
        else:
            groups.append([stroke])
    found = [around(group) for group in groups]
    return [rect for rect in found if rect.width >= MIN_SIGNATURE_POINTS and rect.height < rect.width]


def _in_box(curve: Any, squares: list[Rect]) -> bool:
    return any(square.holds(_rect(curve).center) for square in squares)

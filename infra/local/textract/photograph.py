"""A photograph or scan read by OCR, levelled first: words by rapidocr, ruling lines and boxes by their strokes."""

from __future__ import annotations

import io
import math
import threading
from functools import cache
from typing import Any

from infra.local.textract.errors import BadDocument, UnsupportedDocument
from infra.local.textract.sheet import PrintedWord, Rect, Rule, Sheet, TickBox, rotated

MAX_PIXELS = 60_000_000
LONGEST_SIDE = 2_400
RENDER_DPI = 170
_reading = threading.Lock()
"""The OCR session is one for the life of the process, and not made for several threads."""


def installed() -> bool:
    import importlib.util

    return importlib.util.find_spec("rapidocr") is not None


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})


def page_count(document: bytes) -> int:
    """Of an image: a TIFF may hold several. BadDocument where it cannot be read."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(document)) as picture:
            return int(getattr(picture, "n_frames", 1))
    except (OSError, ValueError, SyntaxError) as error:
        raise BadDocument("The image cannot be read.") from error


def image_of(document: bytes, number: int = 1) -> Any:
    """A page (from 1) as RGB pixels in numpy's array. BadDocument where they cannot be read."""
    import numpy
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(document)) as picture:
            picture.seek(number - 1)
            if picture.width * picture.height > MAX_PIXELS:
                raise BadDocument("The image has too many pixels.")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return numpy.asarray(upright)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise BadDocument("The image cannot be read.") from error


def page_image(document: bytes, number: int) -> Any:
    """A PDF's page (from 1) as pixels, for one without text."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(document)
    try:
        return pdf[number - 1].render(scale=RENDER_DPI / 72).to_numpy()[:, :, 2::-1].copy()
    finally:
        pdf.close()


def sheet(pixels: Any, number: int = 1) -> Sheet:
    if not installed():
        raise UnsupportedDocument("Photographs need OCR, and the `ocr` extra is not installed.")
    with _reading:
        found = _engine()(pixels, return_word_box=True)
    height, width = pixels.shape[:2]
    if found.boxes is None or not len(found.boxes):
        return Sheet(number, width, height)
    angle = _angle(found.boxes)
    sheet = Sheet(number, width, height, angle_degrees=angle)
    for words in found.word_results:
        for text, score, corners in words:
            sheet.words += _words(text, float(score), corners, sheet)
    sheet.rules, sheet.boxes = _strokes(pixels, sheet)
    return sheet


def _angle(boxes: Any) -> float:
    """Clockwise degrees, by the upper edges of the printed lines, long ones counting for more."""
    dx = sum(float(box[1][0] - box[0][0]) for box in boxes)
    dy = sum(float(box[1][1] - box[0][1]) for box in boxes)
    angle = math.degrees(math.atan2(dy, dx))
    return round(angle, 2) if abs(angle) > 0.1 else 0.0


def _words(text: str, score: float, corners: Any, sheet: Sheet) -> list[PrintedWord]:
    """Upright in the reading frame; several words in one box share it by their lengths."""
    points = [rotated(float(x), float(y), -sheet.angle_degrees, sheet.width / 2, sheet.height / 2) for x, y in corners]
    place = Rect(
        min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)
    )
    parts = text.split()
    if not parts:
        return []
    step = place.width / max(1, len(" ".join(parts)))
    words, start = [], place.x0
    for part in parts:
        end = start + step * len(part)
        confidence = round(min(99.9, score * 100), 2)
        words.append(
            PrintedWord(start, place.top, end, place.bottom, text=part, confidence=confidence, size=place.height)
        )
        start = end + step
    return words


def _strokes(pixels: Any, sheet: Sheet) -> tuple[list[Rule], list[TickBox]]:
    """Long level and upright strokes of the levelled page are rules; small squares of strokes are check boxes."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    matrix = cv2.getRotationMatrix2D((sheet.width / 2, sheet.height / 2), sheet.angle_degrees, 1.0)
    level = cv2.warpAffine(grey, matrix, (int(sheet.width), int(sheet.height)), borderValue=255)
    ink = cv2.adaptiveThreshold(level, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    text_height = _median([word.height for word in sheet.words]) or 20.0
    long = int(text_height * 2)
    rules = [*_runs(ink, long, "h"), *_runs(ink, int(text_height * 1.2), "v")]
    return rules, _tick_boxes(ink, sheet, text_height)


def _runs(ink: Any, length: int, orientation: str) -> list[Rule]:
    import cv2

    level = orientation == "h"
    across, along = ((length, 1), (9, 3)) if level else ((1, length), (3, 9))
    kernel, joined = (cv2.getStructuringElement(cv2.MORPH_RECT, shape) for shape in (across, along))
    thick = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_RECT, (1, 3) if level else (3, 1)))
    opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, kernel)
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, joined)
    count, _, stats, _ = cv2.connectedComponentsWithStats(closed)
    rules = []
    for x, y, width, height, _area in stats[1:count]:
        if level and height < length / 2:
            middle = y + height / 2
            rules.append(Rule("h", float(x), middle, float(x + width), middle))
        elif not level and width < length / 2:
            middle = x + width / 2
            rules.append(Rule("v", middle, float(y), middle, float(y + height)))
    return rules


def _tick_boxes(ink: Any, sheet: Sheet, text_height: float) -> list[TickBox]:
    import cv2

    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[TickBox] = []
    for contour in contours:
        x, y, width, height = cv2.boundingRect(contour)
        if not (0.4 * text_height <= width <= 1.3 * text_height and abs(width - height) <= 0.2 * width):
            continue
        if cv2.contourArea(contour) < 0.8 * width * height:
            continue
        square = TickBox(float(x), float(y), float(x + width), float(y + height), confidence=90.0)
        if any(word.holds(square.center) for word in sheet.words) or any(other.holds(square.center) for other in found):
            continue
        edge = max(2, width // 5)
        inside = ink[y + edge : y + height - edge, x + edge : x + width - edge]
        square.ticked = inside.size > 0 and float(inside.mean()) / 255 > 0.12
        found.append(square)
    return found


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0

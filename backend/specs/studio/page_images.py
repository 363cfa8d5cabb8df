"""A sample's page as an image, turned as its reader sees it; of a sample without a document, drawn from its words."""

from __future__ import annotations

import io
import statistics
import threading
from collections.abc import Iterable

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

import mapping_specs
from backend.errors import NotFound
from backend.specs.models import Sample
from backend.specs.studio import kept
from backend.specs.studio.pages import page_check
from mapping_specs.engine.view.nodes import Box
from mapping_specs.engine.view.turning import Turning

MIN_WIDTH, MAX_WIDTH = 100, 2400
A4_HEIGHT_BY_WIDTH = 297 / 210
QUARTERS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
"""Pillow counts anticlockwise."""

# PDFium is not safe in several threads at once.
_pdfium = threading.Lock()


def page_png(sample: Sample, number: int, *, width: int, black: Iterable[Box] = ()) -> bytes:
    """PNG bytes of the turned page, `width` pixels wide; `black`: places nobody is to read."""
    view = kept.view_of(sample)
    page_check(view, number)
    width = max(MIN_WIDTH, min(MAX_WIDTH, width))
    image = _turned(_stored_page(sample, number, width), view.turning(number)) if sample.document_key else None
    image = image or _drawn(view, number, width)
    image = image.resize((width, max(1, round(image.height * width / image.width))))
    _blacken(image, black)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def page_size(sample: Sample, number: int) -> tuple[int, int]:
    """Of the turned page's image at 1200 pixels' width."""
    view = kept.view_of(sample)
    page_check(view, number)
    width, height = _stored_size(sample, number) if sample.document_key else (1.0, _height_by_width(view, number))
    if sample.document_key and view.turning(number).quarter % 2:
        width, height = height, width
    return 1200, max(1, round(1200 * height / width))


def _stored_page(sample: Sample, number: int, width: int) -> Image.Image:
    data = kept.document_of(sample)
    if sample.mime != "application/pdf":
        with Image.open(io.BytesIO(data)) as stored:
            if number > getattr(stored, "n_frames", 1):
                raise NotFound("PAGE_NOT_FOUND", "The document has no such page.")
            stored.seek(number - 1)
            return stored.convert("RGB")
    with _pdfium, pypdfium2.PdfDocument(data) as document:
        page = document[number - 1]
        # Twice what is asked for: turning needs room.
        scale = 2 * width / max(page.get_width(), 1)
        return page.render(scale=min(scale, 6.0)).to_pil().convert("RGB")


def _stored_size(sample: Sample, number: int) -> tuple[float, float]:
    data = kept.document_of(sample)
    if sample.mime != "application/pdf":
        with Image.open(io.BytesIO(data)) as stored:
            return float(stored.width), float(stored.height)
    with _pdfium, pypdfium2.PdfDocument(data) as document:
        return document[number - 1].get_size()


def _turned(image: Image.Image, turning: Turning) -> Image.Image:
    if turning.quarter:
        image = image.transpose(QUARTERS[turning.quarter])
    if not turning.slope and not turning.down:
        return image
    # Of each point of the turned page, where it is on the stored one: the inverse of the view's own turning.
    across = turning.down * image.width / image.height
    down = turning.slope * image.height / image.width
    matrix = (1.0, across, -across * image.height / 2, down, 1.0, -down * image.width / 2)
    return image.transform(
        image.size, Image.Transform.AFFINE, matrix, resample=Image.Resampling.BILINEAR, fillcolor="white"
    )


def _drawn(view: mapping_specs.View, number: int, width: int) -> Image.Image:
    """The words where Textract saw them, boxes of selections and tables."""
    height = round(width * _height_by_width(view, number))
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for table in (table for table in view.tables if table.page == number):
        for cell in (cell for row in table.grid for cell in row):
            draw.rectangle(_pixels(cell.box, image), outline="#dddddd")
    for word in (word for word in view.words if word.page == number):
        _write(draw, word.text, _pixels(word.box, image))
    for box in (one for one in view.selections if one.page == number):
        draw.rectangle(_pixels(box.box, image), outline="#555555", fill="#555555" if box.selected else None)
    return image


def _write(draw: ImageDraw.ImageDraw, text: str, place: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = place
    font = ImageFont.load_default(max(6, round((bottom - top) * 0.95)))
    wide = draw.textlength(text, font=font)
    if wide > right - left > 0:
        font = ImageFont.load_default(max(6, round((bottom - top) * 0.95 * (right - left) / wide)))
    draw.text((left, bottom), text, fill="#222222", font=font, anchor="ld")


def _height_by_width(view: mapping_specs.View, number: int) -> float:
    """A4, upright or on its side, whichever makes the printed letters about half as wide as high."""
    shapes = [
        word.box.height * len(word.text) / word.box.width
        for word in view.words
        if word.page == number and len(word.text) > 2 and word.box.width > 0
    ]
    # Letters half as wide as high: width·W / (letters · height·H) = 1/2, so H/W = 2·width / (letters · height).
    measured = 2 / statistics.median(shapes) if shapes else A4_HEIGHT_BY_WIDTH
    return A4_HEIGHT_BY_WIDTH if measured >= 1 else 1 / A4_HEIGHT_BY_WIDTH


def _pixels(box: Box, image: Image.Image) -> tuple[int, int, int, int]:
    return (
        round(box.left * image.width),
        round(box.top * image.height),
        round(box.right * image.width),
        round(box.bottom * image.height),
    )


def _blacken(image: Image.Image, boxes: Iterable[Box]) -> None:
    """A little around each: what is printed runs over its box."""
    draw = ImageDraw.Draw(image)
    for box in boxes:
        left, top, right, bottom = _pixels(box, image)
        draw.rectangle((left - 3, top - 3, right + 3, bottom + 3), fill="black")

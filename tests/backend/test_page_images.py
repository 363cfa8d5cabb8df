"""A page is shown as its reader turns it: what the view says is at a place is at that place of the image."""

from __future__ import annotations

import io
import math

import pytest
from PIL import Image, ImageDraw

import mapping_specs
from backend.specs.models import Sample
from backend.specs.studio import kept
from backend.specs.studio.page_images import page_png, page_size

WIDTH, HEIGHT = 600, 800
BARS = [(60, 100, 260, 124), (60, 200, 420, 224), (300, 500, 540, 524)]
"""Printed lines as an upright reader sees them, in pixels: left, top, right, bottom."""


def turned_point(x: float, y: float, degrees: float, size: tuple[int, int]) -> tuple[float, float]:
    """Where a point of the upright page comes to lie when its image is turned clockwise, in fractions."""
    angle = math.radians(degrees)
    dx, dy = x - WIDTH / 2, y - HEIGHT / 2
    turned_x = dx * math.cos(angle) - dy * math.sin(angle)
    turned_y = dx * math.sin(angle) + dy * math.cos(angle)
    return (turned_x + size[0] / 2) / size[0], (turned_y + size[1] / 2) / size[1]


def scanned(degrees: int) -> tuple[Image.Image, dict]:
    """The page laid askew on the scanner: its image, and Textract's blocks of it."""
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(page)
    for bar in BARS:
        draw.rectangle(bar, fill="black")
    image = page.rotate(-degrees, expand=degrees % 90 == 0, fillcolor="white", resample=Image.Resampling.BILINEAR)
    blocks = [{"BlockType": "PAGE", "Id": "page", "Page": 1}]
    for number, (left, top, right, bottom) in enumerate(BARS):
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        points = [turned_point(x, y, degrees, image.size) for x, y in corners]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = {"Left": min(xs), "Top": min(ys), "Width": max(xs) - min(xs), "Height": max(ys) - min(ys)}
        geometry = {"BoundingBox": box, "Polygon": [{"X": x, "Y": y} for x, y in points]}
        one = {"BlockType": "LINE", "Id": f"line{number}", "Page": 1, "Text": f"bar {number}", "Geometry": geometry}
        blocks.append(one)
    return image, {"Blocks": blocks}


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 5, -8, 175])
def test_what_the_view_places_is_there(degrees):
    image, response = scanned(degrees)
    view = mapping_specs.build_view(response)
    out = io.BytesIO()
    image.save(out, "PNG")
    sample = Sample(state="DONE", mime="image/png", document_key="a.png")
    kept.views.get(sample.pk, lambda: (view, 1))
    kept.documents.get(sample.pk, lambda: (out.getvalue(), 1))

    shown = Image.open(io.BytesIO(page_png(sample, 1, width=600))).convert("L")

    width, height = page_size(sample, 1)
    assert abs(shown.height / shown.width - height / width) < 0.01
    for line in view.lines:
        box = line.box
        inside = (box.left * shown.width, box.center_y * shown.height, box.right * shown.width)
        for part in (0.1, 0.5, 0.9):
            place = (round(inside[0] + part * (inside[2] - inside[0])), round(inside[1]))
            assert shown.getpixel(place) < 90, (degrees, line.text, part)
        above = (round((inside[0] + inside[2]) / 2), round((box.top - 0.03) * shown.height))
        assert shown.getpixel(above) > 200, (degrees, line.text)


def test_what_is_hidden_is_black_and_the_rest_is_not():
    image, response = scanned(0)
    view = mapping_specs.build_view(response)
    out = io.BytesIO()
    Image.new("RGB", image.size, "white").save(out, "PNG")
    sample = Sample(state="DONE", mime="image/png", document_key="a.png")
    kept.views.get(sample.pk, lambda: (view, 1))
    kept.documents.get(sample.pk, lambda: (out.getvalue(), 1))
    png = page_png(sample, 1, width=600, black=[view.lines[0].box])
    shown = Image.open(io.BytesIO(png)).convert("L")
    assert shown.getpixel((160, 112)) == 0
    assert shown.getpixel((160, 212)) == 255


@pytest.mark.parametrize(("asked", "given"), [(1, 100), (100_000, 2400), (700, 700)])
def test_an_image_is_as_wide_as_is_sensible(asked, given):
    _, response = scanned(0)
    sample = Sample(state="DONE")
    kept.views.get(sample.pk, lambda: (mapping_specs.build_view(response), 1))
    assert Image.open(io.BytesIO(page_png(sample, 1, width=asked))).width == given


def test_the_process_keeps_no_more_than_it_may():
    kept_few = kept.Kept(lambda: 100)
    made = []
    for number in (1, 2, 3, 1):
        kept_few.get(number, lambda number=number: (made.append(number) or number, 45))
    assert made == [1, 2, 3, 1], "the least recently used went"
    assert (len(kept_few), kept_few.bytes) == (2, 90)
    kept_few.get(9, lambda: (9, 1_000))
    assert (len(kept_few), kept_few.bytes) == (1, 1_000), "what is in use stays, however large"

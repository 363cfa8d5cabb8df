"""A drawing as it may come back from a scanner and from Textract: turned, its blocks shuffled, its answer in parts."""

from __future__ import annotations

import copy
import math
import random
from typing import Any

from tests.engine.pages import Block

WIDTH, HEIGHT = 210.0, 297.0
"""Millimetres, A4 upright."""


def turned(blocks: list[Block], degrees: float) -> list[Block]:
    """The sheet lay in the scanner turned clockwise by so much. By a quarter turn the page's sides change places."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        if "Geometry" in block and block["BlockType"] != "PAGE":
            corners = [point_turned(x, y, degrees) for x, y in corners_of(block["Geometry"])]
            block["Geometry"] = geometry(corners)
    return blocks


def corners_of(place: dict[str, Any]) -> list[tuple[float, float]]:
    if "Polygon" in place:
        return [(point["X"], point["Y"]) for point in place["Polygon"]]
    box = place["BoundingBox"]
    left, top, right, bottom = box["Left"], box["Top"], box["Left"] + box["Width"], box["Top"] + box["Height"]
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def point_turned(x: float, y: float, degrees: float) -> tuple[float, float]:
    if degrees % 90 == 0:
        for _ in range(int(degrees) // 90 % 4):
            x, y = 1.0 - y, x
        return x, y
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across, down = (x - 0.5) * WIDTH, (y - 0.5) * HEIGHT
    return 0.5 + (across * cos - down * sin) / WIDTH, 0.5 + (across * sin + down * cos) / HEIGHT


def geometry(corners: list[tuple[float, float]]) -> dict[str, Any]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    box = {"Left": min(xs), "Top": min(ys), "Width": max(xs) - min(xs), "Height": max(ys) - min(ys)}
    return {"BoundingBox": box, "Polygon": [{"X": x, "Y": y} for x, y in corners]}


def shuffled(blocks: list[Block], seed: int) -> list[Block]:
    return random.Random(seed).sample(blocks, len(blocks))


def parts(blocks: list[Block], size: int, pages: int = 1) -> list[dict[str, Any]]:
    """As GetDocumentAnalysis gives them, `size` blocks a part."""
    chunks = [blocks[start : start + size] for start in range(0, len(blocks), size)]
    head = {"DocumentMetadata": {"Pages": pages}, "JobStatus": "SUCCEEDED"}
    return [
        {**head, "Blocks": chunk, **({"NextToken": str(number)} if number < len(chunks) else {})}
        for number, chunk in enumerate(chunks, start=1)
    ]

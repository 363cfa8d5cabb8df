"""The attributes of one block, whatever is in their place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

Block = dict[str, Any]
CONFIDENCE, TEXT = itemgetter("Confidence"), itemgetter("Text")


def page_of(block: Block) -> int:
    page = block.get("Page", 1)
    return page if type(page) is int and page > 0 else 1


def text_of(block: Block) -> str:
    text = block.get("Text")
    if type(text) is str and text.isascii():
        return text
    return text_in(block, "Text") or ""


def texts_of(blocks: list[Block]) -> list[str]:
    """The text of each."""
    try:
        texts = list(map(TEXT, blocks))
        if "".join(texts).isascii():
            return texts
    except (KeyError, TypeError):
        pass
    return list(map(text_of, blocks))


def text_in(thing: Block, name: str) -> str | None:
    """The text of that name; None where there is none. Half a character (JSON can escape one) becomes `?`: no UTF-8 has
    it, so neither regular expressions nor results may."""
    text = thing.get(name)
    if type(text) is not str or text.isascii():
        return text if type(text) is str else None
    return text.encode("utf-8", "replace").decode("utf-8")


def confidence_of(thing: Any) -> float | None:
    """Percent, or None: absent, not a number, or outside 0–100."""
    try:
        confidence = thing["Confidence"]
        if 0.0 <= confidence <= 100.0:
            return float(confidence)
    except (KeyError, TypeError):
        pass
    return None


def mean_confidence_of(things: Sequence[Any]) -> float | None:
    """Mean of the known confidences, percent; None where none is."""
    try:
        percents = list(map(CONFIDENCE, things))
        total = sum(percents)
        if percents and min(percents) >= 0.0 and max(percents) <= 100.0 and math.isfinite(total):
            return float(total / len(percents))
    except (KeyError, TypeError):
        pass
    known = [percent for thing in things if (percent := confidence_of(thing)) is not None]
    return sum(known) / len(known) if known else None


def kinds_of(block: Block) -> frozenset[str]:
    """Textract's EntityTypes: KEY, VALUE, COLUMN_HEADER, TABLE_SUMMARY …"""
    kinds = block.get("EntityTypes")
    return frozenset(kind for kind in kinds if type(kind) is str) if type(kinds) is list else frozenset()


def dict_in(thing: dict[str, Any], name: str) -> dict[str, Any]:
    """The object of that name; an empty one where there is none."""
    found = thing.get(name)
    return found if isinstance(found, dict) else {}


def dicts_in(thing: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in the list of that name."""
    found = thing.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

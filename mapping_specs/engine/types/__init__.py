"""The types of fields: printed text in, a normalized value out. One function a type, all in one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mapping_specs.engine.resolved import Locale
from mapping_specs.engine.types import dates, numbers, phones, words
from mapping_specs.engine.types.outcome import ConversionFailed, Converted

__all__ = ["TYPES", "ConversionFailed", "Converted", "convert", "is_blank"]

LETTER_OR_DIGIT = re.compile(r"[^\W_]")
COMB = re.compile(r"\s*[\d./-](?:[^\S\n]+[\d./-]){2,}\s*")
"""One character a box, as forms have it; figures on lines of their own are several."""
COMBED = frozenset(["integer", "number", "money", "date", "time", "datetime"])
Converter = Callable[[str, Mapping[str, Any], Locale], Converted]

TYPES: dict[str, Converter] = {
    "string": words.string,
    "integer": numbers.integer,
    "number": numbers.number,
    "money": numbers.money,
    "percent": numbers.percent,
    "date": dates.date,
    "time": dates.time,
    "datetime": dates.datetime,
    "boolean": words.boolean,
    "enum": words.enum,
    "phone": phones.phone,
    "email": words.email,
}


def convert(text: str | None, field: Mapping[str, Any], locale: Locale, *, native: Any = None) -> Converted:
    """The value of the field's or column's type. `native`: what a source gave that is no text (a box, a JSON scalar).

    ConversionFailed, saying why without the text, where the text is not one of the type's.
    """
    if native is not None:
        if isinstance(native, bool):
            return words.of_bool(native, field)
        text = numbers.as_text(native) if isinstance(native, int | float) else str(native)
    if text and field["type"] in COMBED and COMB.fullmatch(text):
        text = "".join(text.split())
    return TYPES[field["type"]](text or "", field, locale)


def is_blank(text: str, blank: frozenset[str]) -> bool:
    """Nothing a reader would call a value: no letter or digit in it, or one of the spec's blank words (normalized)."""
    if LETTER_OR_DIGIT.search(text) is None:
        return True
    if not blank:
        return False
    from mapping_specs.engine.matching import normalize

    return normalize(text) in blank

"""The types of fields: printed text in, a normalized value out. One function a type, named as it is.

Modules with decimals, dates and their many patterns are loaded with the first value that needs them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.types import words
from mapping_specs.engine.types.outcome import ConversionFailed, Converted

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Locale

__all__ = ["TYPES", "ConversionFailed", "Converted", "convert", "is_blank"]

LETTER_OR_DIGIT = re.compile(r"[^\W_]")
COMB = re.compile(r"\s*[\d./-](?:[^\S\n]+[\d./-]){2,}\s*")
"""One character a box, as forms have it; figures on lines of their own are several."""
COMBED = frozenset(["integer", "number", "money", "date", "time", "datetime"])
Converter = Callable[[str, Mapping[str, Any], "Locale"], Converted]

TYPES: dict[str, str] = {
    "string": "words",
    "integer": "numbers",
    "number": "numbers",
    "money": "numbers",
    "percent": "numbers",
    "date": "dates",
    "time": "dates",
    "datetime": "dates",
    "boolean": "words",
    "enum": "words",
    "phone": "phones",
    "email": "emails",
}
"""Name → the module that has its function."""


@cache
def _converter(name: str) -> Converter:
    converter: Converter = getattr(import_module(f"{__name__}.{TYPES[name]}"), name)
    return converter


def convert(text: str | None, field: Mapping[str, Any], locale: Locale, *, native: Any = None) -> Converted:
    """The value of the field's or column's type. `native`: what a source gave that is no text (a box, a JSON scalar).

    ConversionFailed, saying why without the text, where the text is not one of the type's.
    """
    if native is not None:
        if isinstance(native, bool):
            return words.of_bool(native, field)
        text = _as_text(native)
    if text and field["type"] in COMBED and COMB.fullmatch(text):
        text = "".join(text.split())
    return _converter(field["type"])(text or "", field, locale)


def _as_text(native: Any) -> str:
    if not isinstance(native, int | float):
        return str(native)
    from mapping_specs.engine.types.numbers import as_text

    return as_text(native)


def is_blank(text: str, blank: frozenset[str]) -> bool:
    """Nothing a reader would call a value: no letter or digit in it, or one of the spec's blank words (normalized)."""
    if LETTER_OR_DIGIT.search(text) is None:
        return True
    if not blank:
        return False
    from mapping_specs.engine.matching import normalize

    return normalize(text) in blank

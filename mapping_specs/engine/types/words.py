"""string, boolean, enum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.types.outcome import ConversionFailed, Converted

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Locale

YES = frozenset(["yes", "y", "true", "x", "ndiyo", "ndio", "checked", "selected", "✓", "✔", "on"])
NO = frozenset(["no", "n", "false", "hapana", "unchecked", "off"])
YES_OPTIONS = {"Yes": "true", "Ndiyo": "true", "No": "false", "Hapana": "false"}


def string(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    """As printed. A comma at its end parts it from what follows: the `Austin,` of `Austin, TX`."""
    text = text.strip()
    return Converted(text.rstrip(" ,;") or text)


def boolean(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    word = text.strip().strip(".").lower()
    if word in YES:
        return Converted("true")
    if word in NO:
        return Converted("false")
    raise ConversionFailed("neither yes nor no")


def of_bool(value: bool, field: Mapping[str, Any]) -> Converted:
    """A box, ticked or not. An enum has no truth of its own."""
    if field["type"] in ("boolean", "string"):
        return Converted("true" if value else "false")
    raise ConversionFailed(f"a yes or no is no {field['type']}")


def enum(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    """The option whose printed word, or whose value, the text is; matched as all printed text is, the best class."""
    from mapping_specs.engine.matching import matcher

    options: Mapping[str, str] = field.get("options") or {}
    best: tuple[int, str] | None = None
    for printed, value in options.items():
        found = matcher((printed,)).match(text)
        if found is not None and (best is None or found < best[0]):
            best = (found, value)
    if best is not None:
        return Converted(best[1])
    if text.strip() in options.values():
        return Converted(text.strip())
    raise ConversionFailed("none of the options")

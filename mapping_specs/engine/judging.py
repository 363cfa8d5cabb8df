"""One hit after the other: cleaned, converted to the type, checked. So type and check choose among hits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mapping_specs.engine import checks as checking
from mapping_specs.engine.cleaning import CleaningFailed, clean
from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.types import ConversionFailed, Converted, convert, is_blank

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Checks, Step

BLANK = "nothing is written there"


class Judged:
    """`text` is cleaned; `failed` names the checks that failed; `reason`: why it was turned down, empty: it is good."""

    __slots__ = ("converted", "failed", "hit", "proven", "reason", "text", "whole_line")

    def __init__(self, hit: Hit, text: str = "") -> None:
        self.hit = hit
        self.text = text
        self.converted: Converted | None = None
        self.failed: list[str] = []
        self.reason = ""
        self.proven = False
        """It has a type that not every text has, or passes a check; of boxes: one of several is ticked."""
        self.whole_line = False

    @property
    def good(self) -> bool:
        return not self.reason

    @property
    def blank(self) -> bool:
        return self.reason == BLANK


class Recipe(NamedTuple):
    """What is done with every hit of one source: the source's steps and checks, then the field's."""

    type: Mapping[str, Any]
    """The field or column: type, format, unit, options."""
    steps: tuple[list[Step], ...]
    checks: tuple[Checks, ...]
    join: str = ", "

    def cleaned(self, text: str) -> str:
        """Raises CleaningFailed."""
        for steps in self.steps:
            text = clean(text, steps)
        return text


def judge(context: Context, hit: Hit, recipe: Recipe) -> Judged:
    judged = Judged(hit)
    native = hit.value
    if isinstance(native, str):
        text, native = native, None
    else:
        text = hit.text or ""
    if native is None and not _cleaned(context, judged, text, recipe):
        return judged
    try:
        if hit.several and recipe.type["type"] == "enum":
            judged.converted = _each_converted(context, hit.several, recipe)
        else:
            printed = _read(judged, recipe) if hit.normalized else judged.text
            judged.converted = convert(printed, recipe.type, context.locale, native=native)
    except ConversionFailed as failure:
        judged.reason = str(failure)
        return judged
    if native is not None:
        judged.text = str(judged.converted.value)
    for checks in recipe.checks:
        if checks:
            judged.failed += checking.failures(judged.text, judged.converted.value, checks)
    if judged.failed:
        judged.reason = f"check failed: {', '.join(judged.failed)}"
    elif native is not None:
        judged.proven = hit.confirmed
    else:
        judged.proven = recipe.type["type"] != "string" or any(recipe.checks)
    return judged


def _each_converted(context: Context, texts: list[str], recipe: Recipe) -> Converted:
    options = [convert(recipe.cleaned(text), recipe.type, context.locale) for text in texts]
    return Converted(recipe.join.join(str(option.value) for option in options))


def _read(judged: Judged, recipe: Recipe) -> str:
    """What is converted. A date that Textract has normalized needs no guess at which number is the day."""
    hit, wanted = judged.hit, recipe.type
    is_date = wanted["type"] == "date" and not wanted.get("format")
    return hit.normalized if hit.normalized and is_date and judged.text == (hit.text or "").strip() else judged.text


def _cleaned(context: Context, judged: Judged, text: str, recipe: Recipe) -> bool:
    if is_blank(text, context.blank):
        judged.reason = BLANK
        return False
    if not any(recipe.steps):
        judged.text = text.strip()
        return True
    try:
        text = recipe.cleaned(text)
    except CleaningFailed as failure:
        judged.reason = str(failure)
        return False
    judged.text = text.strip()
    if is_blank(judged.text, context.blank):
        judged.reason = BLANK
        return False
    return True

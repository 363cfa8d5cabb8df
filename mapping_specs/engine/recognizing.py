"""Is this the kind of document the spec is for, and which of its layouts?"""

from __future__ import annotations

from typing import Any

from mapping_specs.engine.compiled import Layout
from mapping_specs.engine.context import Context


def recognized(context: Context, found: int) -> bool:
    """`any_text`: one of them is printed; `all_text`: each is; `min_fields`: that many fields were found."""
    wanted = context.compiled.resolved["recognize"]
    if not wanted:
        return True
    return holds(context, wanted) and found >= wanted.get("min_fields", 0)


def holds(context: Context, when: dict[str, Any]) -> bool:
    any_text, all_text = when.get("any_text") or [], when.get("all_text") or []
    if any_text and not any(_printed(context, text) for text in any_text):
        return False
    if "pages" in when and len(context.view.pages) != when["pages"]:
        return False
    return all(_printed(context, text) for text in all_text)


def _printed(context: Context, text: str) -> bool:
    """By the one way to match, or within a printed line: a title often stands among other words."""
    return bool(context.places.find((text,))) or context.places.within_a_line(text)


def layout(context: Context) -> Layout:
    """The spec's own, or that of the first variant that holds."""
    own, *others = context.compiled.layouts
    for variant, other in zip(context.compiled.resolved["variants"], others, strict=True):
        if holds(context, variant["when"]):
            return other
    return own

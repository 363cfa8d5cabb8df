"""Sources that say too little to find anything, and sources that are never asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mapping_specs.engine.checking import parts
from mapping_specs.engine.checking.found import Found

SIDES = ("right_of", "left_of", "below", "above")


def sources(spec: Any, data: Any) -> Iterator[Found]:
    for path, source in parts.sources(spec):
        args = source["args"]
        if source["kind"] == "checkbox" and "label" not in args and not args["options"]:
            yield Found("OPTIONS_MISSING", "This check box says neither a label nor options", path, "options")
        if source["kind"] == "near" and not any(side in args for side in SIDES):
            yield Found(
                "SIDE_MISSING", "`near` says of what the text is near on none of its sides", path, ", ".join(SIDES)
            )
        area = source["where"].get("area")
        if area and (area["left"] >= area["right"] or area["top"] >= area["bottom"]):
            yield Found(
                "AREA_EMPTY", "Nothing lies in this area: left is before right, top before bottom", (*path, "area")
            )


def reachable(spec: Any, data: Any) -> Iterator[Found]:
    """A source after one that always yields is never asked."""
    for path, field in parts.fields(spec):
        yield from _after_constant(path, field)
        seen: list[Any] = []
        for number, source in enumerate(field["sources"]):
            if source in seen:
                yield Found("UNREACHABLE", "The same source stands before this one", (*path, "from", number))
            seen.append(source)


def _after_constant(path: Any, field: dict[str, Any]) -> Iterator[Found]:
    if field["pick"] != "first":
        return
    for number, source in enumerate(field["sources"][:-1]):
        if source["kind"] == "value" and not source["check"] and not field["check"]:
            message = "A constant always yields: no later source is asked"
            yield Found("UNREACHABLE", message, (*path, "from", number + 1))
            return

"""Regular expressions and what takes their matches' place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mapping_specs.engine.checking import parts
from mapping_specs.engine.checking.found import Found
from mapping_specs.engine.patterns import PatternError, compiled, template_of
from mapping_specs.engine.yaml_text import Path


def patterns(spec: Any, data: Any) -> Iterator[Found]:
    for path, source in parts.sources(spec):
        if source["kind"] == "line":
            yield from _pattern(source["args"]["pattern"], path)
        yield from _of_part(source, path)
    for path, typed in parts.typed(spec):
        yield from _of_part(typed, path)


def groups(spec: Any, data: Any) -> Iterator[Found]:
    """No problem, but seldom meant: the whole match is taken where a group stands for what is wanted of it."""
    for path, source in parts.sources(spec):
        written = [source["args"]["pattern"]] if source["kind"] == "line" else []
        for pattern in [*written, *_extracts(source)]:
            yield from _without_value(pattern, path)
    for path, typed in parts.typed(spec):
        for pattern in _extracts(typed):
            yield from _without_value(pattern, (*path, "clean"))


def _extracts(part: dict[str, Any]) -> list[str]:
    return [step["argument"] for step in part["clean"] if step["step"] == "extract"]


def _without_value(pattern: str, path: Path) -> Iterator[Found]:
    if not _is_wrong(pattern) and compiled(pattern).groups and "value" not in compiled(pattern).groupindex:
        message = (
            "The expression has groups, but none of them is named `value`, so the whole match is taken: "
            "write (?P<value>…) around what is wanted, or (?:…) for a group that is not"
        )
        yield Found("PATTERN_VALUE", message, path)


def _of_part(part: dict[str, Any], path: Path) -> Iterator[Found]:
    for number, step in enumerate(part["clean"]):
        yield from _of_step(step, (*path, "clean", number))
    if "pattern" in part["check"]:
        yield from _pattern(part["check"]["pattern"], (*path, "check", "pattern"))


def _of_step(step: dict[str, Any], path: Path) -> Iterator[Found]:
    argument = step.get("argument")
    if step["step"] == "extract":
        yield from _pattern(str(argument), path)
    elif step["step"] == "remove":
        for pattern in argument if isinstance(argument, list) else [argument]:
            yield from _pattern(str(pattern), path)
    elif step["step"] == "replace" and isinstance(argument, dict):
        for pattern, template in argument.items():
            yield from _pattern(pattern, path) if _is_wrong(pattern) else _template(pattern, str(template), path)


def _is_wrong(pattern: str) -> bool:
    return next(_pattern(pattern, ()), None) is not None


def _pattern(pattern: str, path: Path) -> Iterator[Found]:
    try:
        compiled(pattern)
    except PatternError as error:
        yield Found("PATTERN", f"This is not a regular expression of RE2: {error}", path)


def _template(pattern: str, template: str, path: Path) -> Iterator[Found]:
    try:
        template_of(pattern, template)
    except PatternError as error:
        yield Found("REPLACEMENT", f"`{template}` cannot take a match's place: {error}", path, r"\1, \g<name>, \\")

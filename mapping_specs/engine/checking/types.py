"""What a type cannot have: options, units, formats, and checks that no value of it passes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mapping_specs.engine.checking import parts
from mapping_specs.engine.checking.found import Found, short
from mapping_specs.engine.yaml_text import Path

NUMBERS = ("integer", "number", "money", "percent")
ISO = {
    "date": (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"), "2020-01-31"),
    "time": (re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"), "08:30"),
    "datetime": (
        re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T\d\d:\d\d(?::\d\d)?"),
        "2020-01-31T08:30",
    ),
}


def types(spec: Any, data: Any) -> Iterator[Found]:
    for path, typed in parts.typed(spec):
        kind = typed["type"]
        if kind == "enum" and not typed.get("options"):
            yield Found("OPTIONS_MISSING", "An enum says its options", path, "options")
        if "unit" in typed and kind not in ("integer", "number", "money"):
            yield Found("UNIT", f"{_named(kind)} has no unit", (*path, "unit"))
        if "format" in typed:
            yield from _format(kind, str(typed["format"]), (*path, "format"))
        yield from _checks(typed, typed["check"], (*path, "check"), spec["locale"])
    for path, source, owner in parts.owned_sources(spec):
        yield from _checks(owner, source["check"], (*path, "check"), spec["locale"])
        if source["kind"] == "value" and not source["clean"] and not owner["clean"]:
            yield from _constant(source["args"]["value"], owner, (*path, "value"), spec["locale"])
        if "else" in source["args"] and owner["type"] != "string":
            yield from _constant(source["args"]["else"], owner, (*path, "checkbox", "else"), spec["locale"])


def _named(kind: str) -> str:
    return NAMED.get(kind, f"A {kind}")


NAMED = {"money": "Money", "integer": "An integer", "enum": "An enum", "email": "An email"}


def _format(kind: str, written: str, path: Path) -> Iterator[Found]:
    from mapping_specs.engine.types.dates import format_pattern

    if kind not in ("date", "datetime"):
        yield Found("FORMAT", f"{_named(kind)} has no format", path)
        return
    try:
        format_pattern(written)
    except ValueError as error:
        yield Found("FORMAT", str(error), path, "DD/MM/YYYY")


def _checks(typed: dict[str, Any], check: dict[str, Any], path: Path, locale: Any) -> Iterator[Found]:
    wrong = [found for name in ("min", "max") if name in check for found in _bound(typed["type"], name, check, path)]
    yield from wrong
    if not wrong and "min" in check and "max" in check and check["min"] > check["max"]:
        yield Found("CHECK_NEVER", "`min` is above `max`: nothing can pass", path)
    length = check.get("length")
    least, most = (length.get("min", 1), length.get("max")) if isinstance(length, dict) else (length, length)
    if most is not None and (most < 1 or least > most):
        yield Found("CHECK_NEVER", "No text has this length: nothing can pass", (*path, "length"))
    elif not wrong and _none_passes(typed, check, locale):
        message = f"None of them is a {typed['type']} that passes the other checks: nothing can pass"
        yield Found("CHECK_NEVER", message, (*path, "one_of"))


def _bound(kind: str, name: str, check: dict[str, Any], path: Path) -> Iterator[Found]:
    bound = check[name]
    if kind in NUMBERS:
        if isinstance(bound, str | bool):
            yield Found("CHECK_TYPE", f"`{name}` of a {kind} is a number", (*path, name), "a number")
    elif kind in ISO:
        pattern, example = ISO[kind]
        if not isinstance(bound, str) or not pattern.fullmatch(bound):
            message = f"`{name}` of a {kind} is written as it is put out; `{short(bound)}` is not"
            yield Found("CHECK_TYPE", message, (*path, name), example)
    else:
        message = f"{_named(kind)} has no `{name}`: only numbers, dates and times have an order"
        yield Found("CHECK_TYPE", message, (*path, name), "pattern, length or one_of")


def _none_passes(typed: dict[str, Any], check: dict[str, Any], locale: Any) -> bool:
    """Every text of `one_of` is tried as if it were printed."""
    if "one_of" not in check or typed["type"] in ("enum", "boolean", "phone", "date", "time", "datetime"):
        return False
    return not any(_passes(text, typed, check, locale) for text in check["one_of"])


def _passes(text: str, typed: dict[str, Any], check: dict[str, Any], locale: Any) -> bool:
    from mapping_specs.engine.checks import failures
    from mapping_specs.engine.patterns import PatternError
    from mapping_specs.engine.types import ConversionFailed, convert

    try:
        value = convert(text, {**typed, "unit": None}, locale).value
        return not failures(text, value, check)  # type: ignore[arg-type]
    except ConversionFailed:
        return False
    except PatternError:
        return True


def _constant(value: Any, typed: dict[str, Any], path: Path, locale: Any) -> Iterator[Found]:
    from mapping_specs.engine.types import ConversionFailed, convert

    text, native = (value, None) if isinstance(value, str) else (None, value)
    try:
        convert(text, typed, locale, native=native)
    except ConversionFailed as error:
        yield Found("VALUE_TYPE", f"`{short(value)}` is no {typed['type']}: {error}", path)

"""What only one source knows, in its long form: one small function a source, all in one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MAX_COLUMNS = 1_000
"""No table has more: a higher number is the text of a header, as `2020`."""


def texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def given(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value[name] for name in names if name in value}


def _long(value: Any, name: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else {name: value}


def _key(value: Any, beside: dict[str, Any]) -> dict[str, Any]:
    words = {**given(beside, "match", "paired", "whole_line"), **_long(value, "label")}
    return {
        "labels": texts(words["label"]),
        "match": words.get("match", "fuzzy"),
        "paired": words.get("paired", False),
        "whole_line": words.get("whole_line", False),
    }


def _checkbox(value: Any, beside: dict[str, Any]) -> dict[str, Any]:
    words = _long(value, "label")
    if "label" in words:
        return {"label": texts(words["label"])}
    args: dict[str, Any] = {
        "question": texts(words["question"]) if "question" in words else None,
        "options": words.get("options"),
        "choose": words.get("choose", "exactly_one"),
        **given(words, "else"),
    }
    if isinstance(args["options"], list):
        args["options"] = {str(option): str(option) for option in args["options"]}
    return args


def _cell(value: Any, beside: dict[str, Any]) -> dict[str, Any]:
    column = value["column"]
    if not isinstance(column, int) or column > MAX_COLUMNS:
        column = texts(column) if isinstance(column, list) else str(column)
    return {"table": {}, "column_nth": None, **value, "row": _row(value.get("row")), "column": column}


def _row(value: Any) -> Any:
    """A whole number is a position, any other is the text it was typed as."""
    if isinstance(value, dict):
        return {header: str(text) for header, text in value.items()}
    if isinstance(value, list):
        return texts(value)
    return str(value) if isinstance(value, float) else value


def _line(value: Any, beside: dict[str, Any]) -> dict[str, Any]:
    words = {**given(beside, "after", "before"), **_long(value, "pattern")}
    anchors = {name: texts(words[name]) if name in words else None for name in ("after", "before")}
    return {"pattern": str(words["pattern"]), **anchors}


def _near(value: Any, beside: dict[str, Any]) -> dict[str, Any]:
    sides = {side: texts(text) for side, text in value.items() if side not in ("skip", "within")}
    return {**sides, "skip": value.get("skip", 0), "within": value.get("within")}


def _expense(value: Any, beside: dict[str, Any]) -> dict[str, Any]:
    words = {**given(beside, "label", "group"), **_long(value, "type")}
    label = words.get("label")
    return {
        "type": str(words["type"]),
        "label": label if label is None or label == "none" else texts(label),
        "group": words.get("group"),
    }


def _signature(value: Any, beside: dict[str, Any]) -> dict[str, Any]:
    by = _long(value, "by").get("by")
    return {"by": None if by is None or by == "any" else texts(by)}


ARGUMENTS: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    "key": _key,
    "checkbox": _checkbox,
    "query": lambda value, beside: {"name": str(_long(value, "name")["name"])},
    "cell": _cell,
    "line": _line,
    "near": _near,
    "expense": _expense,
    "identity": lambda value, beside: {"type": str(_long(value, "type")["type"])},
    "signature": _signature,
    "jmespath": lambda value, beside: {"expression": str(_long(value, "expression")["expression"])},
    "computed": lambda value, beside: {"expression": str(_long(value, "expression")["expression"])},
    "value": lambda value, beside: {"value": value},
}
KINDS = tuple(ARGUMENTS)

"""What the browser gets, without what is hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from backend.specs import pii
from backend.specs.pii import MASK, Personal
from backend.specs.studio.hiding import Hidden
from mapping_specs.engine.view.nodes import Box, Line

VALUES = ("raw", "cleaned", "value", "text")


def preview_masked(answer: dict[str, Any], hidden: Hidden) -> dict[str, Any]:
    """A preview for those who may not see personal values."""
    if answer["result"] is None:
        return answer
    personal = _with_places(answer["result"], hidden)
    masked = {
        **answer,
        "result": _result(answer["result"], personal),
        "explain": {name: _explained(name, field, hidden, personal) for name, field in answer["explain"].items()},
        "unmapped": _placed(answer["unmapped"], hidden),
        "comparison": {name: _compared(name, one, personal) for name, one in answer["comparison"].items()},
        "expectedTables": pii.tables_masked(answer["expectedTables"], personal),
    }
    # The text of the spec and its problems are no values of the document.
    told = ("result", "explain", "unmapped", "comparison", "expectedTables")
    return {**masked, **{name: _without(masked[name], hidden.pattern()) for name in told}}


def _with_places(result: Mapping[str, Any], hidden: Hidden) -> Personal:
    """Whatever is read from a hidden place is personal, under whatever name."""
    fields, columns = set(hidden.personal.fields), set(hidden.personal.columns)
    for name, found in result["evidence"].items():
        if isinstance(found, list):
            columns |= {(name, column) for row in found for column, cell in row.items() if _is_covered(cell, hidden)}
        elif _is_covered(found, hidden):
            fields.add(name)
    return Personal(frozenset(fields), frozenset(columns))


def _is_covered(evidence: Any, hidden: Hidden) -> bool:
    return isinstance(evidence, Mapping) and hidden.covers(evidence.get("page"), evidence.get("box"))


def _result(result: Mapping[str, Any], personal: Personal) -> dict[str, Any]:
    return {
        **result,
        "fields": pii.fields_masked(result["fields"], personal),
        "tables": pii.tables_masked(result["tables"], personal),
        "evidence": pii.evidence_masked(result["evidence"], personal),
        "warnings": pii.warnings_masked(result["warnings"], personal),
    }


def _explained(name: str, field: dict[str, Any], hidden: Hidden, personal: Personal) -> dict[str, Any]:
    sources = [
        {
            **source,
            "candidates": [
                _hide(one) if personal.hides(name) or _is_covered(one, hidden) else one for one in source["candidates"]
            ],
        }
        for source in field["sources"]
    ]
    return {**field, "sources": sources}


def _hide(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: MASK if name in VALUES and value is not None else value for name, value in node.items()}


def _compared(name: str, one: dict[str, Any], personal: Personal) -> dict[str, Any]:
    cell = re.fullmatch(r"(\w+)\[\d+\]\.(\w+)", name)
    hides = personal.hides_column(cell[1], cell[2]) if cell else personal.hides(name)
    return {**one, "expected": MASK} if hides and one["expected"] is not None else one


def _placed(value: Any, hidden: Hidden) -> Any:
    """Nodes with a place, wherever they are."""
    if isinstance(value, list):
        return [_placed(one, hidden) for one in value]
    if not isinstance(value, Mapping):
        return value
    node = {name: _placed(inner, hidden) for name, inner in value.items()}
    return _hide(node) if _is_covered(node, hidden) else node


def _without(value: Any, pattern: re.Pattern[str] | None) -> Any:
    """Every text without what is hidden: messages may quote it."""
    if pattern is None:
        return value
    if isinstance(value, str):
        return pattern.sub(MASK, value)
    if isinstance(value, Mapping):
        return {name: _without(inner, pattern) for name, inner in value.items()}
    return [_without(one, pattern) for one in value] if isinstance(value, list) else value


def page_masked(page: dict[str, Any], lines: list[Line], hidden: Hidden) -> dict[str, Any]:
    """A page's JSON; `lines` are the view's of that page, in the same order, which know their words."""
    number = page["number"]
    nodes = {name: [_node(one, number, hidden) for one in page[name]] for name in ("keyValues", "queries")}
    tables = [{**table, "rows": [_row(row, number, hidden) for row in table["rows"]]} for table in page["tables"]]
    printed = [{**shown, "text": _line(line, number, hidden)} for shown, line in zip(page["lines"], lines, strict=True)]
    return {**page, **_without({**nodes, "tables": tables, "lines": printed}, hidden.pattern())}


def _node(node: dict[str, Any], number: int, hidden: Hidden) -> dict[str, Any]:
    return _hide(node) if hidden.covers(number, node.get("box")) else node


def _row(row: dict[str, Any], number: int, hidden: Hidden) -> dict[str, Any]:
    return {**row, "cells": [_node(cell, number, hidden) if cell["text"] else cell for cell in row["cells"]]}


def _line(line: Line, number: int, hidden: Hidden) -> str:
    if not line.words:
        return MASK if hidden.covers(number, line.box) else line.text
    return " ".join(MASK if hidden.covers(number, word.box) else word.text for word in line.words)


def places_on(hidden: Hidden | None, number: int) -> list[Box]:
    """What is blackened on the page's image."""
    return hidden.places.get(number, []) if hidden else []


def expected_masked(expected: Mapping[str, Any], personal: Personal) -> dict[str, Any]:
    return {
        "fields": pii.fields_masked(expected.get("fields") or {}, personal),
        "tables": pii.tables_masked(expected.get("tables") or {}, personal),
    }

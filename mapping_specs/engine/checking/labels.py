"""Printed texts: one without a letter or digit matches nothing. And what tells tables and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mapping_specs.engine.checking import parts
from mapping_specs.engine.checking.found import Found
from mapping_specs.engine.matching import normalize
from mapping_specs.engine.yaml_text import Path

ANCHORS = ("labels", "question", "after", "before", "right_of", "left_of", "below", "above", "by")


def labels(spec: Any, data: Any) -> Iterator[Found]:
    for path, texts in _printed(spec):
        for text in dict.fromkeys(map(str, texts)):
            if not normalize(text.replace("*", "")):
                yield Found("LABEL_EMPTY", f"`{text}` has no letter or digit: it can match nothing", path)


def _printed(spec: Any) -> Iterator[tuple[Path, Iterable[Any]]]:
    for path, source in parts.sources(spec):
        yield path, _of_source(source)
    for path, table in parts.tables(spec):
        yield (*path, "where"), _of_table(table["where"])
        yield (*path, "repeat"), table.get("repeat") or []
    for path, column in parts.columns(spec):
        yield (*path, "header"), column.get("header") or []
    for path, one in parts.typed(spec):
        yield (*path, "options"), one.get("options") or []
    for name, heading in spec["sections"].items():
        yield ("sections", name), [*heading["heading"], *heading.get("until", [])]
    for path, when in parts.conditions(spec):
        for name in ("any_text", "all_text"):
            yield (*path, name), when.get(name) or []


def _of_source(source: dict[str, Any]) -> list[Any]:
    args = source["args"]
    found = [text for name in ANCHORS for text in args.get(name) or []]
    found += _of_section(source["where"].get("section"))
    return found + OF_KIND.get(source["kind"], lambda args: [])(args)


def _of_checkbox(args: dict[str, Any]) -> list[Any]:
    return args.get("label") or list(args.get("options") or {})


def _of_cell(args: dict[str, Any]) -> list[Any]:
    row = args["row"]
    texts = [*row, *row.values()] if isinstance(row, dict) else row if isinstance(row, list) else [row]
    columns = [] if isinstance(args["column"], int) else args["column"]
    column = [step for text in ([columns] if isinstance(columns, str) else columns) for step in text.split(" / ")]
    section = args.get("section")
    return [
        *(text for text in texts if isinstance(text, str)),
        *column,
        *_of_section(section if isinstance(section, list) else None),
        *_of_table(args["table"]),
    ]


def _of_expense(args: dict[str, Any]) -> list[Any]:
    return args["label"] if isinstance(args["label"], list) else []


OF_KIND = {"checkbox": _of_checkbox, "cell": _of_cell, "expense": _of_expense}


def _of_table(where: dict[str, Any]) -> list[Any]:
    groups = [*where.get("headers", []), *where.get("rows", []), where.get("title", [])]
    return [text for texts in groups for text in texts] + _of_section(where.get("section"))


def _of_section(section: Any) -> list[Any]:
    return [text for heading in section or [] for text in (*heading["heading"], *heading.get("until", []))]


def columns(spec: Any, data: Any) -> Iterator[Found]:
    for path, column in parts.columns(spec):
        if not any(word in column for word in ("header", "column", "row", "source")):
            message = f"`{path[-1]}` says neither header nor column nor row nor from"
            yield Found("COLUMN_WHERE", message, path)
    for path, table in parts.tables(spec):
        yield from _columns_of(path, table)
        headers = any("header" in column for column in table["columns"].values())
        if not table["where"] and not table.get("repeat") and not headers:
            yield Found("TABLE_WHERE", "Nothing says which table this is", path, "where, or columns with headers")


def _columns_of(path: Path, table: dict[str, Any]) -> Iterator[Found]:
    """`from` is of a table of sections; what is in a table is of the others."""
    for name, column in table["columns"].items():
        at = (*path, "columns", name)
        if "source" in column and "repeat" not in table:
            yield Found(
                "COLUMN_WHERE", "`from` is for a table of sections, which says `repeat`", at, "header, column or row"
            )
        if "repeat" in table and "source" not in column and ("column" in column or "row" in column):
            yield Found(
                "COLUMN_WHERE", "A table of sections has no columns by number: its columns say `from`", at, "from"
            )

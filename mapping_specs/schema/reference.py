"""`python -m mapping_specs.schema.reference PAGE`: the keyword tables at the end of the language's page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mapping_specs.schema import spec_schema

MARK = "<!-- keywords: written by `make reference` from the schema -->\n"
PLACES = (
    ("A spec", ()),
    ("`locale`", ("properties", "locale")),
    ("`textract`", ("properties", "textract")),
    ("`recognize`", ("properties", "recognize")),
    ("A section", ("$defs", "heading")),
    ("A field", ("$defs", "field")),
    ("A source", ("$defs", "source")),
    ("`key`, long", ("$defs", "source", "properties", "key")),
    ("`checkbox`, long", ("$defs", "source", "properties", "checkbox")),
    ("`cell`", ("$defs", "source", "properties", "cell")),
    ("`line`, long", ("$defs", "source", "properties", "line")),
    ("`near`", ("$defs", "source", "properties", "near")),
    ("`expense`, long", ("$defs", "source", "properties", "expense")),
    ("A cleaning step", ("$defs", "step")),
    ("`check`", ("$defs", "check")),
    ("`area`", ("$defs", "area")),
    ("A table", ("$defs", "table")),
    ("`where` of a table", ("$defs", "table_where")),
    ("A column", ("$defs", "column")),
    ("A variant", ("properties", "variants", "items")),
    ("`when` of a variant", ("properties", "variants", "items", "properties", "when")),
    ("A rule", ("properties", "rules", "items")),
)


def reference() -> str:
    return MARK + "".join(_table(title, _mapping(path)) for title, path in PLACES)


def _mapping(path: tuple[str, ...]) -> dict[str, Any]:
    """The mapping at the place; of several shapes the one that is a mapping."""
    part: Any = spec_schema()
    for step in path:
        part = part[step]
    shapes = part.get("anyOf", [part])
    found: dict[str, Any] = next(shape for shape in shapes if "properties" in shape)
    return found


def _table(title: str, mapping: dict[str, Any]) -> str:
    rows = "".join(_rows(mapping))
    return f"\n### {title}\n\n| keyword | value | |\n|---|---|---|\n{rows}"


def _rows(mapping: dict[str, Any]) -> Iterator[str]:
    required = mapping.get("required", [])
    for name, part in mapping["properties"].items():
        wanted = " (required)" if name in required else ""
        yield f"| `{name}`{wanted} | {_kind(part)} | {part.get('description', '')} |\n"


KINDS = {"string": "text", "object": "mapping", "array": "list", "boolean": "true, false", "integer": "whole number"}


def _kind(part: dict[str, Any]) -> str:
    if "$ref" in part:
        return KINDS_OF_DEFS.get(part["$ref"].rpartition("/")[2], part["$ref"].rpartition("/")[2])
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return " ".join(f"`{value}`" for value in part["enum"])
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(map(_kind, part["anyOf"])))
    kinds = part.get("type", "mapping")
    names = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "boolean"]
    return " or ".join(KINDS.get(kind, kind) for kind in names)


KINDS_OF_DEFS = {"texts": "text or list", "heading": "mapping", "table_where": "mapping"}


def main() -> None:
    page = Path(sys.argv[1])
    written = page.read_text(encoding="utf-8").partition(MARK)[0]
    page.write_text(written + reference(), encoding="utf-8")


if __name__ == "__main__":
    main()

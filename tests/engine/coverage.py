"""Which keywords and values of the language's schema a spec uses: so that none is left without a case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from mapping_specs.schema import spec_schema

Place = tuple[str, str]
"""`$defs/source` and a keyword, or the place of an `enum` and one of its values."""


def everything() -> set[Place]:
    """Every keyword and every listed value, by its place in the schema."""
    found: set[Place] = set()
    waiting: list[tuple[str, Any]] = [("", spec_schema())]
    waiting += [(f"$defs/{name}", part) for name, part in spec_schema()["$defs"].items()]
    while waiting:
        place, schema = waiting.pop()
        found |= set(_of(place, schema))
        waiting += _below(place, schema)
    return found


def _of(place: str, schema: dict[str, Any]) -> Iterator[Place]:
    for name in schema.get("properties", {}):
        yield place, name
    for value in schema.get("enum", []):
        yield place, f"={value}"


def _below(place: str, schema: dict[str, Any]) -> list[tuple[str, Any]]:
    parts = [(f"{place}/{name}", part) for name, part in schema.get("properties", {}).items()]
    parts += [(place, part) for part in schema.get("anyOf", [])]
    parts += [(f"{place}/*", schema[name]) for name in ("items", "additionalProperties") if schema.get(name)]
    return [(at, part) for at, part in parts if "$ref" not in part]


def used(spec: Any) -> set[Place]:
    return set(_used("", spec_schema(), spec))


def _used(place: str, schema: dict[str, Any], data: Any) -> Iterator[Place]:
    while "$ref" in schema:
        place = schema["$ref"].removeprefix("#/")
        schema = spec_schema()["$defs"][place.removeprefix("$defs/")]
    for branch in schema.get("anyOf", []):
        if _validator(str(branch)).is_valid(data):
            yield from _used(place, branch, data)
    if isinstance(data, str) and data in schema.get("enum", []):
        yield place, f"={data}"
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, child in children:
        known = schema.get("properties", {}).get(name)
        if known is not None:
            yield place, name
            yield from _used(f"{place}/{name}", known, child)
        elif rest := schema.get("items" if isinstance(data, list) else "additionalProperties"):
            yield from _used(f"{place}/*", rest, child)


@cache
def _validator(branch: str) -> Any:
    import ast

    return Draft202012Validator({**ast.literal_eval(branch), "$defs": spec_schema()["$defs"]})

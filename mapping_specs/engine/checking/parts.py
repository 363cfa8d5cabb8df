"""The parts of a resolved spec, each with its path in what the analyst wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mapping_specs.engine.yaml_text import Path


def layouts(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The spec itself, then its variants."""
    yield (), spec
    for number, variant in enumerate(spec["variants"]):
        yield ("variants", number), variant


def fields(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for base, layout in layouts(spec):
        for name, field in layout["fields"].items():
            yield (*base, "fields", name), field


def tables(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for base, layout in layouts(spec):
        for name, table in layout["tables"].items():
            yield (*base, "tables", name), table


def columns(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, table in tables(spec):
        for name, column in table["columns"].items():
            yield (*path, "columns", name), column


def sources(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, source, _ in owned_sources(spec):
        yield path, source


def owned_sources(spec: Any) -> Iterator[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """Every source with the field or column it is of."""
    for path, field in fields(spec):
        for number, source in enumerate(field["sources"]):
            at = (*path, "from", number) if len(field["sources"]) > 1 else (*path, "from")
            yield at, source, field
    for path, column in columns(spec):
        if "source" in column:
            yield (*path, "from"), column["source"], column


def typed(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Fields and columns."""
    yield from fields(spec)
    yield from columns(spec)


def conditions(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Where the spec says what a document shows: `recognize`, and `when` of the variants."""
    if spec["recognize"]:
        yield ("recognize",), spec["recognize"]
    for number, variant in enumerate(spec["variants"]):
        yield ("variants", number, "when"), variant["when"]

"""What somebody points at or types as expected, as the field's type puts it out: values are compared, not printings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import mapping_specs
from backend.errors import Invalid
from mapping_specs.engine.compiled import CompiledSpec
from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.judging import Judged, Recipe, judge
from mapping_specs.engine.recognizing import layout

CELL = re.compile(r"(?P<table>\w+)\[(?P<row>\d{1,6})\]\.(?P<column>\w+)")


class Cell(NamedTuple):
    table: str
    row: int
    """From 0."""
    column: str


def cell_of(path: str) -> Cell | None:
    """Of `previous_owners[0].name`; None: it names a field."""
    found = CELL.fullmatch(path)
    return Cell(found["table"], int(found["row"]), found["column"]) if found else None


def name_of(path: str) -> str:
    cell = cell_of(path)
    return cell.column if cell else path


class Expectations:
    """One sample under one spec, in the layout that the sample has. Of paths that the spec does not know: Invalid."""

    def __init__(self, view: mapping_specs.View, spec: mapping_specs.Spec) -> None:
        self._context = Context(view, CompiledSpec(spec.resolved))
        self._layout = layout(self._context)

    def of_printed(self, path: str, text: str) -> Any:
        """A text as it stands on the page: cleaned and converted as if a source of the field had found it."""
        wanted = self._wanted(path)
        return self._value(path, wanted, text, [*_source_recipes(wanted), _recipe(wanted)])

    def of_typed(self, path: str, text: str) -> Any:
        """A text that a person wrote for the value: the value itself, else as it would be printed."""
        wanted = self._wanted(path)
        plain = {name: value for name, value in wanted.items() if name not in ("format", "unit")}
        itself = Recipe(plain, (), ())
        return self._value(path, wanted, text, [itself, *_source_recipes(wanted), _recipe(wanted)])

    def _wanted(self, path: str) -> Mapping[str, Any]:
        cell = cell_of(path)
        table = self._layout.tables.get(cell.table) if cell else None
        known: Mapping[str, Any] = (table or {"columns": {}})["columns"] if cell else self._layout.fields
        name = name_of(path)
        if name in known:
            wanted: Mapping[str, Any] = known[name]
            return wanted
        if name.removesuffix("_currency") in known:
            return CURRENCY
        raise Invalid("FIELD_UNKNOWN", f"There is no {path} in this text.", field=path)

    def _value(self, path: str, wanted: Mapping[str, Any], text: str, recipes: list[Recipe]) -> Any:
        """A value that passes the checks goes before one that does not: the checks may be what is wrong."""
        tried = [judge(self._context, Hit(text), recipe) for recipe in recipes]
        best = next(_best(tried), None)
        if best is None or best.converted is None:
            message = f"Nothing was kept: this cannot be a value of {path} ({wanted['type']}): {tried[0].reason}."
            raise Invalid("EXPECTED_TYPE", message, field=path, type=wanted["type"])
        return best.converted.value


CURRENCY: Mapping[str, Any] = {"type": "string", "clean": [], "check": {}}
"""What comes with money."""


def _best(tried: list[Judged]) -> Iterator[Judged]:
    yield from (one for one in tried if one.good)
    yield from (one for one in tried if one.converted is not None)


def _source_recipes(wanted: Mapping[str, Any]) -> list[Recipe]:
    sources = wanted.get("sources") or ([wanted["source"]] if "source" in wanted else [])
    return [Recipe(wanted, (one["clean"], wanted["clean"]), (one["check"], wanted["check"])) for one in sources]


def _recipe(wanted: Mapping[str, Any]) -> Recipe:
    return Recipe(wanted, (wanted["clean"],), (wanted["check"],))

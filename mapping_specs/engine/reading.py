"""What an expression reads of `fields` and `tables`: its tree is followed with origins in the place of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Origin = Any
"""`ROOT`, `FIELDS`, `TABLES`, `("table", name)`; `("mapping", ((name, origins), …))` and `("list", (origins, …))` are
what the expression makes itself. Anything else has none."""
Origins = frozenset[Origin]

ROOT, FIELDS, TABLES = "root", "fields", "tables"
NOTHING: Origins = frozenset()
PASS_ON = frozenset({"not_null", "merge", "to_array", "reverse", "sort", "sort_by", "max_by", "min_by"})
"""Functions whose result is one of their arguments, or made of it."""


class Reads(NamedTuple):
    fields: frozenset[str]
    all_fields: bool
    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]


def what_is_read(tree: Any) -> Reads:
    reader = _Reader()
    if FIELDS in reader.follow(tree, frozenset([ROOT])):
        reader.all_fields = True
    return Reads(frozenset(reader.fields), reader.all_fields, frozenset(reader.tables), frozenset(reader.columns))


def read_of_row(tree: Any) -> frozenset[str]:
    """The columns that an expression over one row reads: `qty` of ``qty == `0` ``."""
    reader = _Reader()
    reader.follow(tree, frozenset([("table", "")]))
    return frozenset(column for _, column in reader.columns)


class _Reader:
    def __init__(self) -> None:
        self.fields: set[str] = set()
        self.all_fields = False
        self.tables: set[str] = set()
        self.columns: set[tuple[str, str]] = set()

    def follow(self, node: Any, current: Origins) -> Origins:
        """The origins of what the node comes to."""
        return FOLLOW.get(node["type"], _Reader._every)(self, node, current)

    def _every(self, node: Any, current: Origins) -> Origins:
        """Comparisons, `!`, literals: a value of their own."""
        for child in node["children"]:
            self.follow(child, current)
        return NOTHING

    def _current(self, node: Any, current: Origins) -> Origins:
        return current

    def _field(self, node: Any, current: Origins) -> Origins:
        name = node["value"]
        made = [dict(origin[1])[name] for origin in current if _is(origin, "mapping") and name in dict(origin[1])]
        if made:
            return NOTHING.union(*made)
        return NOTHING.union(*(self._member(origin, name) for origin in current))

    def _member(self, origin: Origin, name: str) -> Origins:
        if origin == ROOT:
            return frozenset([name]) if name in (FIELDS, TABLES) else NOTHING
        if origin == FIELDS:
            self.fields.add(name)
        elif origin == TABLES:
            self.tables.add(name)
            return frozenset([("table", name)])
        elif _is(origin, "table"):
            self.columns.add((origin[1], name))
        return NOTHING

    def _chain(self, node: Any, current: Origins) -> Origins:
        for child in node["children"]:
            current = self.follow(child, current)
        return current

    def _either(self, node: Any, current: Origins) -> Origins:
        return NOTHING.union(*[self.follow(child, current) for child in node["children"]])

    def _position(self, node: Any, current: Origins) -> Origins:
        return self._items(current)

    def _items(self, origins: Origins) -> Origins:
        """Of what is in a list; a table's row answers as its table does."""
        lists = [items for origin in origins if _is(origin, "list") for items in origin[1]]
        return NOTHING.union(*lists, [origin for origin in origins if _is(origin, "table")])

    def _projection(self, node: Any, current: Origins) -> Origins:
        left, right, *condition = node["children"]
        items = self._items(self.follow(left, current))
        for child in condition:
            self.follow(child, items)
        return frozenset([("list", (self.follow(right, items),))])

    def _values(self, node: Any, current: Origins) -> Origins:
        """`fields.*`"""
        left, right = node["children"]
        of = self.follow(left, current)
        self.all_fields = self.all_fields or FIELDS in of
        made = [value for origin in of if _is(origin, "mapping") for _, value in origin[1]]
        return frozenset([("list", (self.follow(right, NOTHING.union(*made)),))])

    def _flatten(self, node: Any, current: Origins) -> Origins:
        of = self.follow(node["children"][0], current)
        inner = self._items(of)
        return frozenset([("list", (NOTHING.union(self._items(inner), inner),))]) | of

    def _list(self, node: Any, current: Origins) -> Origins:
        return frozenset([("list", tuple(self.follow(child, current) for child in node["children"]))])

    def _mapping(self, node: Any, current: Origins) -> Origins:
        pairs = tuple((pair["value"], self.follow(pair["children"][0], current)) for pair in node["children"])
        return frozenset([("mapping", pairs)])

    def _function(self, node: Any, current: Origins) -> Origins:
        plain = [child for child in node["children"] if child["type"] != "expref"]
        given = NOTHING.union(*[self.follow(child, current) for child in plain])
        for child in node["children"]:
            if child["type"] == "expref":
                self.follow(child["children"][0], self._items(given))
        if node["value"] in PASS_ON:
            return given
        self.all_fields = self.all_fields or FIELDS in given
        return NOTHING


def _is(origin: Origin, kind: str) -> bool:
    return isinstance(origin, tuple) and origin[0] == kind


FOLLOW: dict[str, Callable[[_Reader, Any, Origins], Origins]] = {
    "current": _Reader._current,
    "identity": _Reader._current,
    "field": _Reader._field,
    "subexpression": _Reader._chain,
    "index_expression": _Reader._chain,
    "pipe": _Reader._chain,
    "or_expression": _Reader._either,
    "and_expression": _Reader._either,
    "index": _Reader._position,
    "slice": _Reader._current,
    "projection": _Reader._projection,
    "filter_projection": _Reader._projection,
    "value_projection": _Reader._values,
    "flatten": _Reader._flatten,
    "multi_select_list": _Reader._list,
    "multi_select_dict": _Reader._mapping,
    "function_expression": _Reader._function,
}

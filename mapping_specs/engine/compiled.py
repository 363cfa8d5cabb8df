"""What of a resolved spec is worked out once and kept with it: matchers, headings, orders. No document in it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from mapping_specs.engine.matching import Matcher, matcher, normalize
from mapping_specs.engine.regions import compiled_headings

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Field, ResolvedSpec, Source, Table


class Layout(NamedTuple):
    fields: dict[str, Field]
    tables: dict[str, Table]
    order: list[str]
    """Of the fields' names, the one in which they are settled."""


class CompiledSpec:
    def __init__(self, resolved: ResolvedSpec) -> None:
        self.resolved = resolved
        self.locale = resolved["locale"]
        self.blank = frozenset(filter(None, map(normalize, resolved["blank"])))

    @cached_property
    def headings(self) -> list[list[tuple[str, ...]]]:
        return compiled_headings(self.resolved)

    @cached_property
    def labels(self) -> Matcher:
        """Every label of a `key` source: labels are never values."""
        return matcher(
            tuple(dict.fromkeys(label for source in self._sources("key") for label in source["args"]["labels"]))
        )

    @cached_property
    def labels_of_one(self) -> frozenset[str]:
        """Labels of `key` sources that head no repeated section: where one is printed with a value it heads nothing."""
        labels = {label for source in self._sources("key") for label in source["args"]["labels"]}
        parts: list[Any] = [self.resolved, *self.resolved["variants"]]
        repeated = (table.get("repeat", ()) for part in parts for table in part["tables"].values())
        return frozenset(labels.difference(*repeated, *map(set, self._numbered_headings())))

    @cached_property
    def labels_in_sections(self) -> frozenset[str]:
        """Labels of `key` sources that are looked for in a section, of another name."""
        return frozenset(
            label
            for source in self._sources("key")
            for label in source["args"]["labels"]
            if (section := source["where"].get("section")) and all(label not in one["heading"] for one in section)
        )

    def _numbered_headings(self) -> list[list[str]]:
        parts: list[Any] = [self.resolved, *self.resolved["variants"]]
        sources = [source for part in parts for field in part["fields"].values() for source in field["sources"]]
        headings = [heading for source in sources for heading in source["where"].get("section", ())]
        return [heading["heading"] for heading in headings if heading.get("nth")]

    @cached_property
    def questions(self) -> list[tuple[str, ...]]:
        """Every question of a `checkbox` source: one's boxes end where the next begins."""
        asked = [
            tuple(source["args"]["question"]) for source in self._sources("checkbox") if source["args"].get("question")
        ]
        return list(dict.fromkeys(asked))

    @cached_property
    def signature_texts(self) -> list[tuple[str, ...]]:
        """Every text of a `signature` source: a signature stands by the nearest."""
        texts = [tuple(source["args"]["by"]) for source in self._sources("signature") if source["args"]["by"]]
        return list(dict.fromkeys(texts))

    def _sources(self, kind: str) -> list[Source]:
        parts: list[Any] = [self.resolved, *self.resolved["variants"]]
        return [
            source
            for part in parts
            for field in part["fields"].values()
            for source in field["sources"]
            if source["kind"] == kind
        ]

    @cached_property
    def layouts(self) -> list[Layout]:
        """The spec's own, then that of each variant: its fields and tables in the place of the spec's."""
        spec = self.resolved
        parts: list[Any] = [spec, *spec["variants"]]
        fields = [{**spec["fields"], **part["fields"]} for part in parts]
        tables = [{**spec["tables"], **part["tables"]} for part in parts]
        return [Layout(*pair, order_of(pair[0])) for pair in zip(fields, tables, strict=True)]


def order_of(fields: dict[str, Field]) -> list[str]:
    """Field names: those read from the document as written, then the computed ones by what they read."""
    reads = {name: read for name, field in fields.items() if (read := _read_by(name, field, fields)) is not None}
    if not reads:
        return list(fields)
    order = [name for name in fields if name not in reads]
    waiting = [name for name in fields if name in reads]
    while waiting:
        ready = [name for name in waiting if not (reads[name] & set(waiting)) - {name}]
        order += ready or waiting
        waiting = [name for name in waiting if name not in ready] if ready else []
    return order


def _read_by(name: str, field: Field, fields: dict[str, Field]) -> set[str] | None:
    """The fields that a computed one waits for; None: it is not computed."""
    computed = [source["args"]["expression"] for source in field["sources"] if source["kind"] == "computed"]
    if not computed:
        return None
    from mapping_specs.engine.expressions import compile_expression

    read: set[str] = set()
    for expression in map(compile_expression, computed):
        read |= set(fields) - {name} if expression.all_fields else expression.fields
    return {one if one in fields else one.removesuffix("_currency") for one in read}

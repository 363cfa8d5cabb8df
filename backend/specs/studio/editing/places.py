"""Where things stand in a YAML text: a tree of its nodes with their places, aliases kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from backend.errors import Invalid
from mapping_specs.engine.yaml_text import MAX_BYTES, MAX_DEPTH


@dataclass(slots=True)
class Node:
    """Lines and columns from 0, as the parser counts. `pairs` of a mapping, `items` of a list, `value` of a text."""

    kind: str
    """map, seq, scalar or alias."""
    start: Any
    end: Any
    value: str = ""
    in_flow: bool = False
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    def get(self, name: str) -> tuple[Node, Node] | None:
        return next((pair for pair in self.pairs if pair[0].value == name), None)

    @property
    def last_line(self) -> int:
        """Of what is written, not of the comments below it."""
        children = self.items or [node for pair in self.pairs for node in pair]
        if self.kind in ("map", "seq") and not self.in_flow and children:
            return max(child.last_line for child in children)
        # A block scalar ends where the next token begins.
        return int(self.end.line - 1 if self.end.column == 0 and self.end.line > self.start.line else self.end.line)


def tree(text: str) -> Node:
    """Raises Invalid where the text is no YAML mapping, or more than it may be."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise Invalid("TEXT_TOO_LARGE", f"The text is larger than {MAX_BYTES // 1000} kB.")
    try:
        events = (
            event
            for event in yaml.parse(text, Loader=yaml.CSafeLoader)
            if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent)
        )
        first = next(events, None)
        root = _node(first, events, 0) if first is not None else None
    except yaml.YAMLError:
        raise Invalid("EDIT_NOT_YAML", "The text is not YAML: mend the problem shown in it first.") from None
    if root is None or root.kind != "map":
        raise Invalid("EDIT_NOT_YAML", "The text is no spec: it has to be a mapping.")
    return root


def _node(event: Any, events: Iterator[Any], depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise Invalid("EDIT_NOT_YAML", "The text is nested too deeply.")
    if isinstance(event, yaml.AliasEvent):
        return Node("alias", event.start_mark, event.end_mark, event.anchor or "")
    if isinstance(event, yaml.ScalarEvent):
        return Node("scalar", event.start_mark, event.end_mark, event.value)
    kind = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
    node = Node(kind, event.start_mark, event.end_mark, in_flow=bool(event.flow_style))
    while not isinstance(inner := next(events), yaml.CollectionEndEvent):
        child = _node(inner, events, depth + 1)
        if kind == "map":
            node.pairs.append((child, _node(next(events), events, depth + 1)))
        else:
            node.items.append(child)
    node.end = inner.end_mark
    return node


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in [*node.items, *(one for pair in node.pairs for one in pair)]:
        yield from walk(child)

"""A field's new name, everywhere the text names it: its keys, and the expressions that read it."""

from __future__ import annotations

import re

from backend.specs.studio.editing.places import Node, tree, walk


def renamed(text: str, field: str, to: str) -> str:
    """Places are replaced from the last to the first, so that those before stay where they are."""
    root = tree(text)
    lines = text.split("\n")
    for start, end, new in sorted(_keys(root, field, to) + _reads(root, lines, field, to), reverse=True):
        line = lines[start[0]]
        lines[start[0]] = line[: start[1]] + new + line[end[1] :]
    return "\n".join(lines)


Place = tuple[tuple[int, int], tuple[int, int], str]


def _keys(root: Node, field: str, to: str) -> list[Place]:
    """Of the field, and of what variants say of it."""
    parts = [root]
    variants = root.get("variants")
    parts += variants[1].items if variants else []
    found = [pair[0] for part in parts if (fields := part.get("fields")) and (pair := fields[1].get(field))]
    return [((key.start.line, key.start.column), (key.end.line, key.end.column), to) for key in found]


def _reads(root: Node, lines: list[str], field: str, to: str) -> list[Place]:
    """`fields.NAME`, and what comes with it (`fields.NAME_currency`), in every text."""
    pattern = re.compile(rf"\bfields\.{re.escape(field)}(?=_currency\b|\b)")
    places: list[Place] = []
    for node in walk(root):
        if node.kind != "scalar" or "fields." not in node.value:
            continue
        for number in range(node.start.line, min(node.last_line, len(lines) - 1) + 1):
            first = node.start.column if number == node.start.line else 0
            last = node.end.column if number == node.end.line else len(lines[number])
            for match in pattern.finditer(lines[number], first, last):
                places.append(((number, match.start()), (number, match.end()), f"fields.{to}"))
    return places

"""One entry of a text (`fields.owner_name`) taken out, changed by ruamel.yaml, and put back; every other line stays
the byte it was."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from backend.errors import Conflict, Invalid, NotFound
from backend.specs.studio.editing.places import Node, tree, walk

ALIAS = "\ue000"
"""A private character marks an alias whose anchor is elsewhere in the text."""
MAX_FLOW_CHARACTERS = 100
PLAIN = re.compile(r"[^\W\d_](?:[\w .()/'’+-]*[\w.)])?")
NOT_TEXT = {"true", "false", "null"}

Change = Callable[[CommentedMap, str], None]


class Entries:
    """The entries of a part of a text, `fields` or `tables`."""

    def __init__(self, text: str, part: str) -> None:
        self.part = part
        self.text, self.root = _blocked(text, part)
        self.indents = _indents(self.root)
        self.lines = self.text.split("\n")

    @property
    def node(self) -> Node | None:
        """The mapping of the part; None where the text has none yet."""
        pair = self.root.get(self.part)
        return pair[1] if pair and pair[1].kind == "map" else None

    @property
    def names(self) -> list[str]:
        return [key.value for key, _ in self.node.pairs] if self.node else []

    def place(self, name: str) -> tuple[int, int]:
        """The lines of an entry, from 0, the end not among them."""
        pair = self.node.get(name) if self.node else None
        if pair is None:
            what = self.part.removesuffix("s")
            message = f"There is no {what} {name} in this text."
            raise NotFound(f"{what.upper()}_UNKNOWN", message, known=self.names)
        return pair[0].start.line, pair[1].last_line + 1

    def change(self, name: str, change: Change) -> str:
        """The text with the entry changed."""
        return self._spliced(*self.changed(name, change))

    def with_all(self, changed: list[tuple[int, int, list[str]]]) -> str:
        """The text with several entries changed, each once."""
        lines = self.lines[:]
        for start, end, new in sorted(changed, reverse=True):
            lines[start:end] = new
        return "\n".join(lines)

    def changed(self, name: str, change: Change) -> tuple[int, int, list[str]]:
        """Where the entry stands, and the lines that take its place."""
        start, end = self.place(name)
        lines = self.lines[start:end]
        indent = len(lines[0]) - len(lines[0].lstrip())
        snippet = "\n".join(line[indent:] for line in self._without_aliases(start, end)) + "\n"
        changed = changed_snippet(snippet, name, change, self.indents)
        _comments_check(snippet, changed)
        return start, end, _indented(changed, indent)

    def _without_aliases(self, start: int, end: int) -> list[str]:
        lines = self.lines[:]
        aliases = [node for node in walk(self.root) if node.kind == "alias" and start <= node.start.line < end]
        for node in sorted(aliases, key=lambda one: (one.start.line, one.start.column), reverse=True):
            line = lines[node.start.line]
            marked = f"{line[: node.start.column]}{ALIAS}{node.value}{line[node.end.column :]}"
            lines[node.start.line] = marked
        return lines[start:end]

    def _spliced(self, start: int, end: int, lines: list[str]) -> str:
        return "\n".join([*self.lines[:start], *lines, *self.lines[end:]])

    def add(self, name: str, value: Any, *, after: str | None = None) -> str:
        """The text with a new entry, after the one named or at the end of the part."""
        entry = self.entry(name, value)
        if self.node is None or not self.node.pairs:
            return self._with_part(entry)
        place = self.place(after if after in self.names else self.names[-1])[1]
        return self._spliced(place, place, entry)

    def entry(self, name: str, value: Any) -> list[str]:
        """The lines of a new entry."""
        return _indented(dumped(CommentedMap({name: value}), self.indents), self._indent())

    def _indent(self) -> int:
        if self.node and self.node.pairs:
            return int(self.node.pairs[0][0].start.column)
        return self.indents.mapping

    def _with_part(self, entry: list[str]) -> str:
        pair = self.root.get(self.part)
        if pair is not None:
            line = pair[0].start.line
            return self._spliced(line, line + 1, [f"{self.part}:", *entry])
        body = "\n".join(self.lines).rstrip("\n")
        blank = "\n\n" if self.part == "tables" else "\n"
        return f"{body}{blank}{self.part}:\n" + "\n".join(entry) + "\n"

    def remove(self, name: str) -> str:
        start, end = self.place(name)
        if len(self.names) == 1 and self.part == "fields":
            raise Conflict("LAST_FIELD", "A spec has at least one field.")
        if len(self.names) == 1:
            pair = self.root.get(self.part)
            assert pair
            start = pair[0].start.line
        return self._spliced(start, end, [])


def _blocked(text: str, part: str) -> tuple[str, Node]:
    """A part written in braces on one line is written out first, or its entries have no lines of their own."""
    root = tree(text)
    pair = root.get(part)
    if pair is None or pair[1].kind != "map" or not pair[1].in_flow or not pair[1].pairs:
        return text, root
    lines = text.split("\n")
    start, end = pair[0].start.line, pair[1].last_line + 1

    def block(entry: CommentedMap, name: str) -> None:
        entry[name].fa.set_block_style()

    written = changed_snippet("\n".join(lines[start:end]) + "\n", part, block, _indents(root))
    blocked = "\n".join([*lines[:start], *_indented(written, 0), *lines[end:]])
    return blocked, tree(blocked)


class Indents(NamedTuple):
    """How this author indents, in characters."""

    mapping: int = 2
    """What is under a key."""
    dash: int = 2
    """The dashes of a list under its key."""


def _indents(root: Node) -> Indents:
    mapping = dash = None
    for node in walk(root):
        for key, value in node.pairs:
            if value.in_flow or node.in_flow or value.kind not in ("map", "seq"):
                continue
            by = int(value.start.column - key.start.column)
            if value.kind == "map" and by > 0:
                mapping = mapping or by
            elif value.kind == "seq" and by >= 0 and dash is None:
                dash = by
    return Indents(mapping or 2, 2 if dash is None else dash)


def _ruamel(indents: Indents) -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=indents.mapping, sequence=indents.dash + 2, offset=indents.dash)
    return yaml


def changed_snippet(snippet: str, name: str, change: Change, indents: Indents) -> str:
    yaml = _ruamel(indents)
    try:
        entry = yaml.load(snippet)
        _keep_anchors(entry)
        change(entry, name)
        return _dumped(yaml, entry)
    except YAMLError:
        message = "This entry is written in a way that only the YAML view can change."
        raise Conflict("EDIT_TOO_INTRICATE", message) from None


def _keep_anchors(value: Any) -> None:
    """Also those whose aliases are elsewhere in the text."""
    anchor = getattr(value, "anchor", None)
    if anchor is not None and anchor.value:
        anchor.always_dump = True
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _keep_anchors(inner)


def dumped(value: Any, indents: Indents) -> str:
    return _dumped(_ruamel(indents), value)


def _dumped(yaml: YAML, value: Any) -> str:
    out = io.StringIO()
    yaml.dump(value, out)
    return re.sub(rf"""["']?(?:{ALIAS}|\\ue000|\\uE000)([^\s,\]}}"']+)["']?""", r"*\1", out.getvalue())


def _indented(text: str, indent: int) -> list[str]:
    return [f"{' ' * indent}{line}" if line else "" for line in text.rstrip("\n").split("\n")]


def _comments_check(before: str, after: str) -> None:
    """A comment inside braces has no place once they are written anew."""
    lost = [comment for comment in _comments(before) if comment not in after]
    if lost:
        message = "This change would lose a comment. Make it in the YAML."
        raise Conflict("EDIT_LOSES_COMMENT", message, comments=lost)


def _comments(text: str) -> list[str]:
    return re.findall(r"(?:^|\s)(#[^'\"\n]*)$", text, re.MULTILINE)


def flow(value: Any) -> Any:
    """Written in braces where that fits a line, as analysts write it."""
    made = _commented(value)
    if len(dumped(made, Indents())) <= MAX_FLOW_CHARACTERS:
        return made
    if isinstance(made, CommentedMap):
        made.fa.set_block_style()
        for name, inner in value.items():
            made[name] = flow(inner) if isinstance(inner, dict) else made[name]
    return made


def _commented(value: Any) -> Any:
    if isinstance(value, dict):
        made: Any = CommentedMap({str(name): _commented(inner) for name, inner in value.items()})
    elif isinstance(value, list):
        made = CommentedSeq([_commented(inner) for inner in value])
    else:
        return scalar(value)
    made.fa.set_flow_style()
    return made


def scalar(value: Any) -> Any:
    """A text that YAML could take for something else, in quotes."""
    if not isinstance(value, str):
        if value is None or isinstance(value, bool | int | float):
            return value
        raise Invalid("EDIT_INVALID", "A value of the operation is no text and no number.")
    text = " ".join(value.replace("\0", "").split())
    if not text:
        raise Invalid("EDIT_INVALID", "A text of the operation is empty.")
    return text if PLAIN.fullmatch(text) and text not in NOT_TEXT else SingleQuotedScalarString(text)


def scalar_text(value: str) -> str:
    """As it stands in a text."""
    made = scalar(value)
    if not isinstance(made, SingleQuotedScalarString):
        return str(made)
    return "'" + made.replace("'", "''") + "'"

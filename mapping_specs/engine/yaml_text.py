"""YAML as an analyst types it, with the place of everything.

Only `true` and `false`, decimal numbers and null are not text: `YES`, `2020-01-01`, `12:22` and `0123` stay what they
are. Size, depth and aliases are bounded before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from mapping_specs.engine.problem import Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
MAX_NODES = 100_000
"""Aliases counted as often as they stand: what a YAML bomb would unfold to."""

Path = tuple[str | int, ...]


class Mark(NamedTuple):
    """Line and column, from 1."""

    line: int
    column: int


class YamlProblem(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Loaded(NamedTuple):
    data: Any
    marks: dict[Path, Mark]
    """Of every value; of a key under (…, key, KEY)."""
    problems: list[Problem]


KEY = "\0key"


class Written(float):
    """A decimal number that remembers how it was typed: where a text is wanted, `1.50` is `1.50`."""

    def __new__(cls, text: str) -> Written:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __str__(self) -> str:
        return self.text


class _Loader(yaml.SafeLoader):
    """Resolves plain scalars as the language says."""


_Loader.yaml_implicit_resolvers = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9]\d{0,17})$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9]\d{0,17})\.\d{1,18}$"), list("-0123456789")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml, thirty times as fast, where it is there."""


_FastLoader.yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

PLAINLY_READ = re.compile(r"[^\t\ufeff\x85\u2028\u2029]*")
"""libyaml lets a tab stand where YAML does not, and breaks lines elsewhere."""
RUN_OF_DASHES = re.compile(r"(?:-[ \n]+){20}|^\s*\?(?:\s|$)", re.MULTILINE)
MAX_BRACKETS = 2_000
"""libyaml's nodes are made by recursion, which more of them could exhaust."""


def _composed(text: str) -> yaml.Node | None:
    """The node tree. What libyaml would read otherwise than PyYAML, or not at all, PyYAML reads: its word counts."""
    if (
        PLAINLY_READ.fullmatch(text)
        and text.count("[") + text.count("{") <= MAX_BRACKETS
        and not RUN_OF_DASHES.search(text)
    ):
        try:
            node: yaml.Node | None = yaml.compose(text, Loader=_FastLoader)
        except yaml.YAMLError:
            node = None
        if node is not None and not _is_doubtful(node):
            return node
    return yaml.compose(text, Loader=_Loader)


def _is_doubtful(root: yaml.Node) -> bool:
    """An unquoted text with a `?` in it is no YAML to PyYAML within braces; one that is empty stands elsewhere to each."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            if not node.style and (not node.value or "?" in node.value):
                return True
        elif isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        else:
            waiting += node.value
    return False


def load(text: str | bytes) -> Loaded:
    """Data with places. YamlProblem where it is not YAML or more than it may be."""
    text = _decoded(text)
    try:
        node = _composed(text)
    except yaml.YAMLError as error:
        raise YamlProblem(_of_error(error, text)) from None
    except RecursionError:
        raise YamlProblem(Problem("YAML_DEPTH", "The text is nested too deeply.", "", 1, 1)) from None
    if node is None:
        raise YamlProblem(Problem("EMPTY", "The text is empty.", "", None, None))
    builder = _Builder()
    data = builder.build(node, (), 0)
    return Loaded(data, builder.marks, [*builder.problems, *_cut_labels(text)])


def _decoded(text: str | bytes) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise YamlProblem(Problem("YAML_SIZE", f"The text is larger than {MAX_BYTES // 1000} kB.", "", None, None))
    if isinstance(text, bytes):
        try:
            return text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise YamlProblem(Problem("YAML_ENCODING", "The text is not UTF-8.", "", None, None)) from None
    return _whole(text)


def _whole(text: str) -> str:
    """Half a character of a text that was never UTF-8 becomes `?`."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _of_error(error: yaml.YAMLError, text: str) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Problem("YAML", f"This is not YAML: {_control(error.character)} stands here.", "", line, column)
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it cannot be read"
    if mark is None:
        return Problem("YAML", f"This is not YAML: {what}.", "", None, None)
    cut = _cut_in_flow(text, mark.line)
    if cut is not None:
        return cut
    hint = QUOTES if _has_bare_mark(text, mark.line) else ""
    return Problem("YAML", f"This is not YAML: {what}.{hint}", "", mark.line + 1, mark.column + 1)


QUOTES = " A text with `?` or `:` in it has to stand in quotes here."
BARE_MARK = re.compile(r"[{,\[]\s*[^{}\"',]*[?:][^{}\"',]*|^[^#'\"]*:\s+[^'\"#{\[]*:(?:\s|$)")


def _has_bare_mark(text: str, line: int) -> bool:
    lines = text.split("\n")
    return line < len(lines) and BARE_MARK.search(lines[line]) is not None


def _control(character: Any) -> str:
    code = character if isinstance(character, int) else ord(character)
    return f"the unprintable character U+{code:04X}"


def _cut_in_flow(text: str, line: int) -> Problem | None:
    """`{key: Serial #}`: YAML takes ` #}` for a comment, and the mapping never ends."""
    cut = None
    for scalar, depth in _scalars(text):
        if scalar.start_mark.line <= line and depth and re.match(r"\s+#[^'\"]*[}\]]", _rest(text, scalar)):
            cut = scalar
    return _cut(cut) if cut is not None else None


def _scalars(text: str) -> Iterator[tuple[Any, int]]:
    """Unquoted texts, and how many flow mappings and lists are open around each; to the first thing that is not YAML."""
    depth = 0
    try:
        for token in yaml.scan(text, Loader=_Loader):
            if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                depth += 1
            elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
                depth -= 1
            elif isinstance(token, yaml.ScalarToken) and token.plain:
                yield token, depth
    except yaml.YAMLError:
        return


def _rest(text: str, scalar: Any) -> str:
    """Of its line what stands behind it."""
    end = scalar.end_mark.index
    return text[end : end + len(text[end:].split("\n", 1)[0])] if end < len(text) else ""


def _cut(scalar: Any) -> Problem:
    label = scalar.value.replace("'", "''")
    message = f"The text ends before ` #`: put it in quotes, `'{label} #'`."
    return Problem("COMMENT_CUTS_TEXT", message, "", scalar.start_mark.line + 1, scalar.start_mark.column + 1)


class _Builder:
    """Nodes to data, keeping places; duplicate keys and foreign tags are problems, not exceptions."""

    def __init__(self) -> None:
        self.marks: dict[Path, Mark] = {}
        self.problems: list[Problem] = []
        self.nodes = 0

    def build(self, node: yaml.Node, path: Path, depth: int) -> Any:
        self.nodes += 1
        mark = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
        if self.nodes > MAX_NODES:
            raise YamlProblem(Problem("YAML_ALIASES", "The text unfolds to more than it may.", "", *mark))
        if depth > MAX_DEPTH:
            raise YamlProblem(Problem("YAML_DEPTH", "The text is nested too deeply.", "", *mark))
        self.marks[path] = mark
        if not isinstance(node, yaml.ScalarNode) and node.tag not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            self._problem("YAML_TAG", f"The tag `{node.tag}` is not of the language.", path, node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, number), depth + 1) for number, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem("KEY", "A key has to be a text; put it in quotes.", path, key_node)
                continue
            key = self._text(key_node, path)
            if key_node.tag == "tag:yaml.org,2002:merge":
                merged = self.build(value_node, (*path, key), depth + 1)
                data = {**(merged if isinstance(merged, dict) else {}), **data}
                continue
            if key in data and (*path, key, KEY) in self.marks:
                self._problem("DUPLICATE_KEY", f"`{key}` stands here twice.", (*path, key), key_node)
            self.marks[(*path, key, KEY)] = Mark(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            data[key] = self.build(value_node, (*path, key), depth + 1)
        return data

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        kind = node.tag.rpartition(":")[2]
        value = self._text(node, path)
        if kind == "null":
            return None
        if kind == "bool":
            return value == "true"
        if kind == "int":
            return int(value)
        if kind == "float":
            return Written(value)
        if kind != "str":
            self._problem("YAML_TAG", f"The tag `{node.tag}` is not of the language.", path, node)
        return value

    def _text(self, node: yaml.Node, path: Path) -> str:
        text = str(node.value)
        if _whole(text) != text:
            self._problem("YAML_ENCODING", "Half a character stands here: no document has it.", path, node)
        return _whole(text)

    def _problem(self, code: str, message: str, path: Path, node: yaml.Node) -> None:
        mark = node.start_mark
        self.problems.append(Problem(code, message, dotted(path), mark.line + 1, mark.column + 1))


def _cut_labels(text: str) -> list[Problem]:
    """`Serial #` unquoted: YAML takes ` #` for a comment and the label ends before it."""
    if " #" not in text:
        return []
    return [_cut(scalar) for scalar, _ in _scalars(text) if re.match(r"[ \t]+#\s*(?:$|[,}\]])", _rest(text, scalar))]


def dotted(path: Path) -> str:
    """`fields.owner_name.from[0].key`"""
    text = ""
    for step in path:
        if step == KEY:
            continue
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else str(step))
    return text

"""Where a field comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from backend.errors import Conflict, Invalid, NotFound
from backend.specs.studio.editing.arguments import Operation, word
from backend.specs.studio.editing.entries import Entries, flow, scalar
from backend.specs.studio.editing.fields import new_field, valued
from backend.specs.studio.editing.labels import flow_list
from backend.specs.studio.editing.names import name_check


def add_source(text: str, operation: Operation) -> tuple[str, str]:
    """{field, from}: one more source, tried last."""
    field, source = word(operation, "field"), operation.get("from")
    if not isinstance(source, Mapping) or not source:
        raise Invalid("EDIT_INVALID", "The operation wants `from`, a source.", field="from")

    def change(entry: CommentedMap, name: str) -> None:
        value = entry[name]
        if not isinstance(value, CommentedMap):
            first = value if isinstance(value, str) else flow({"key": list(value)})
            made = CommentedMap({"from": flow_list([first, flow(source)])})
            entry[name] = made
        elif isinstance(value.get("from"), CommentedSeq):
            value["from"].append(flow(source))
        else:
            value.fa.set_block_style()
            value["from"] = flow_list([value["from"], flow(source)])

    return Entries(text, "fields").change(field, change), field


WHERE_WORDS = ("nth", "section", "page", "paired", "whole_line", "match", "all", "join", "area", "document")


def set_source(text: str, operation: Operation) -> tuple[str, str]:
    """{field, position, changes: {nth, section, page …}}: of the source at `position` in `from`; null takes a word away."""
    field, changes, position = word(operation, "field"), operation.get("changes"), operation.get("position", 0)
    if not isinstance(changes, Mapping) or not changes or set(changes) - set(WHERE_WORDS):
        raise Invalid("EDIT_INVALID", "The operation wants `changes` of a source.", known=list(WHERE_WORDS))

    def change(entry: CommentedMap, name: str) -> None:
        value = entry[name]
        if not isinstance(value, CommentedMap):
            value = entry[name] = flow({"from": _long_source(value)})
        sources = value.get("from")
        listed = sources if isinstance(sources, CommentedSeq) else [sources]
        if type(position) is not int or not 0 <= position < len(listed) or listed[position] is None:
            raise NotFound("SOURCE_UNKNOWN", f"{name} has no such source.", sources=len(listed))
        made = _changed_source(listed[position], changes)
        if isinstance(sources, CommentedSeq):
            sources[position] = made
        else:
            value["from"] = made

    return Entries(text, "fields").change(field, change), field


def _long_source(source: Any) -> Any:
    """The short forms, a text and a list of synonyms, as a mapping."""
    return {"key": list(source) if isinstance(source, list) else source}


def _changed_source(source: Any, changes: Mapping[str, Any]) -> CommentedMap:
    made = source if isinstance(source, CommentedMap) else flow(_long_source(source))
    for keyword, value in changes.items():
        if value is None or value is False:
            made.pop(keyword, None)
        else:
            made[keyword] = valued(value)
    return made


def add_line(text: str, operation: Operation) -> tuple[str, str]:
    """{field? | name?, line, value?, pattern?, type?}: the printed line as a pattern, its value in the middle of it."""
    line = operation.get("line")
    pattern = operation.get("pattern") or line_pattern(str(line or ""), str(operation.get("value") or ""))
    source = {"line": pattern}
    if operation.get("field"):
        return add_source(text, {"field": operation["field"], "from": source})
    label = re.split(r"[:.…]", str(line or ""))[0] or "line"
    return new_field(text, {**operation, "from": source, "label": operation.get("label") or label})


def line_pattern(line: str, value: str) -> str:
    """`Date: 12/3/2020` → `^Date: (?P<value>.+)$`. The value is what was pointed at, else what follows the colon."""
    line = " ".join(line.split())
    if not line:
        raise Invalid("EDIT_INVALID", "The operation wants `line` or `pattern`.", field="line")
    before, after = line.partition(value)[::2] if value and value in line else ("", "")
    if not before and not after:
        head, colon, _ = line.partition(":")
        before = f"{head}{colon} " if colon else ""
    found = "(?P<value>.+?)" if after.strip() else "(?P<value>.+)"
    return f"^{_escaped(before)}{found}{_escaped(after)}$"


def _escaped(text: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)


def add_query(text: str, operation: Operation) -> tuple[str, str]:
    """{alias, question, field? | name?}: asked of Textract, and read by the field."""
    alias, question = word(operation, "alias"), word(operation, "question")
    name_check(alias, (), what="query")
    textract = Entries(text, "textract")
    if textract.node is None or "queries" not in textract.names:
        text = textract.add("queries", flow({alias: question}))
    else:

        def change(entry: CommentedMap, name: str) -> None:
            if alias in entry[name]:
                raise Conflict("NAME_TAKEN", f"There is a query {alias} already.", name=alias)
            entry[name][alias] = scalar(question)

        text = textract.change("queries", change)
    source = {"query": alias}
    if operation.get("field"):
        return add_source(text, {"field": operation["field"], "from": source})
    return new_field(text, {**operation, "from": source, "label": alias})

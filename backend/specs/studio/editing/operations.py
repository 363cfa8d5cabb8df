"""The changes that a click makes to a text: one function each, in one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

import mapping_specs
from backend.errors import Conflict, Invalid, NotFound
from backend.specs.studio.editing.entries import Entries, flow, scalar
from backend.specs.studio.editing.names import name_check, name_from
from backend.specs.studio.editing.renaming import renamed

Operation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edited:
    text: str
    field: str | None
    """The field, or table, to show next; None where it is gone."""
    line: int | None
    """Of it, from 1."""


def edit(text: str, operation: Operation, *, skeleton: str) -> Edited:
    """The text changed. `skeleton` stands in for a text that is empty yet. Whatever cannot be done is a DomainError."""
    kind = operation.get("kind")
    if not isinstance(kind, str) or kind not in OPERATIONS:
        raise Invalid("EDIT_UNKNOWN", "There is no such operation.", known=sorted(OPERATIONS))
    before = text if text.strip() else skeleton
    after, field = OPERATIONS[kind](before, operation)
    reading = mapping_specs.read_spec(after)
    if reading.problems and text.strip() and not mapping_specs.check_spec(before):
        problem = reading.problems[0]
        message = f"This would not be right: {problem.message}"
        raise Invalid("EDIT_INVALID", message, problems=[found.to_dict() for found in reading.problems])
    return Edited(after, field, reading.lines.get(field) if field else None)


def _word(operation: Operation, name: str) -> str:
    value = operation.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid("EDIT_INVALID", f"The operation wants `{name}`.", field=name)
    return " ".join(value.split())


def _new_name(operation: Operation, taken: list[str], *, label: str, what: str = "field") -> str:
    given = operation.get("name")
    if given:
        return name_check(str(given), taken, what=what)
    return name_from(label, taken, fallback=what)


def _taken(text: str) -> list[str]:
    return [*Entries(text, "fields").names, *Entries(text, "tables").names]


def new_field(text: str, operation: Operation) -> tuple[str, str]:
    """{name?, label?, from?, type?, required?, pii?, title?, after?}: one line where the label says everything."""
    entries = Entries(text, "fields")
    source = operation.get("from") or {"key": _word(operation, "label")}
    label = str(operation.get("label") or _said(source))
    name = _new_name(operation, _taken(text), label=label)
    return entries.add(name, written_field(source, operation), after=operation.get("after")), name


def _said(source: Any) -> str:
    """The words of a source that name a field best."""
    if isinstance(source, Mapping):
        for value in source.values():
            return _said(value)
    if isinstance(source, list) and source:
        return _said(source[0])
    return str(source)


FIELD_WORDS = ("type", "required", "pii", "title", "format", "options", "check", "clean", "review_below")


def written_field(source: Any, operation: Operation) -> Any:
    """A field as an analyst would write it, `operation` holding its type and the like."""
    given = {name: operation[name] for name in FIELD_WORDS if operation.get(name) not in (None, False, "", "string")}
    short = source["key"] if isinstance(source, Mapping) and set(source) == {"key"} else source
    if not given and isinstance(short, str):
        return scalar(short)
    return flow({**given, "from": short if isinstance(short, str) else source})


def add_label(text: str, operation: Operation) -> tuple[str, str]:
    """{field, label}: to the first source of the field that is a key; a key of its own where there is none."""
    field, label = _word(operation, "field"), _word(operation, "label")

    def change(entry: CommentedMap, name: str) -> None:
        if isinstance(entry[name], CommentedMap) and "from" not in entry[name]:
            raise Invalid("EDIT_INVALID", f"{name} has no `from` to add to.")
        if not isinstance(entry[name], CommentedMap):
            entry[name] = _with_synonym(entry[name], label)
            return
        entry[name]["from"] = _from_with_label(entry[name]["from"], label)

    return Entries(text, "fields").change(field, change), field


def _from_with_label(source: Any, label: str) -> Any:
    if isinstance(source, str):
        return flow({"key": [source, label]}) if source != label else _there(label)
    if isinstance(source, CommentedMap):
        if "key" not in source:
            return flow_list([source, flow({"key": label})])
        _add_to_key(source, label)
        return source
    first = next((number for number, one in enumerate(source) if isinstance(one, str) or "key" in one), None)
    if first is None:
        source.append(flow({"key": label}))
    else:
        source[first] = _from_with_label(source[first], label)
    return source


def flow_list(sources: list[Any]) -> CommentedSeq:
    """A source a line."""
    made = CommentedSeq(sources)
    made.fa.set_block_style()
    return made


def _add_to_key(source: CommentedMap, label: str) -> None:
    key = source["key"]
    if isinstance(key, CommentedMap):
        key["label"] = _with_synonym(key.get("label"), label)
    else:
        source["key"] = _with_synonym(key, label)


def _with_synonym(labels: Any, label: str) -> Any:
    known = labels if isinstance(labels, list) else [labels]
    if label in [str(one) for one in known]:
        _there(label)
    if getattr(getattr(labels, "anchor", None), "value", None) or "\ue000" in str(labels):
        raise Conflict("EDIT_SHARED", "These labels are shared by an anchor (&, *). Change them in the YAML.")
    if isinstance(labels, CommentedSeq):
        labels.append(scalar(label))
        return labels
    made = CommentedSeq([labels, scalar(label)])
    made.fa.set_flow_style()
    return made


def _there(label: str) -> Any:
    raise Conflict("LABEL_THERE", f"“{label}” is one of its labels already.", label=label)


def add_source(text: str, operation: Operation) -> tuple[str, str]:
    """{field, from}: one more source, tried last."""
    field, source = _word(operation, "field"), operation.get("from")
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
    field, changes, position = _word(operation, "field"), operation.get("changes"), operation.get("position", 0)
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
    for word, value in changes.items():
        if value is None or value is False:
            made.pop(word, None)
        else:
            made[word] = _valued(value)
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
    alias, question = _word(operation, "alias"), _word(operation, "question")
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


CHANGES = {
    **{name: name for name in (*FIELD_WORDS, "description", "unit", "pick", "confidence")},
    "reviewBelow": "review_below",
}
DEFAULTS = {"type": "string", "required": False, "pii": False}


def set_field(text: str, operation: Operation) -> tuple[str, str]:
    """{field, changes: {type, required, pii, reviewBelow, title, labels …}}: null takes a word away."""
    field, changes = _word(operation, "field"), operation.get("changes")
    if not isinstance(changes, Mapping) or not changes:
        raise Invalid("EDIT_INVALID", "The operation wants `changes`.", field="changes")
    unknown = sorted(set(changes) - {*CHANGES, "labels"})
    if unknown:
        raise Invalid("EDIT_INVALID", f"A field has no {', '.join(unknown)}.", known=sorted([*CHANGES, "labels"]))

    def change(entry: CommentedMap, name: str) -> None:
        if "labels" in changes:
            entry[name] = _with_labels(entry[name], changes["labels"])
        for word, value in changes.items():
            if word != "labels":
                _set_word(entry, name, CHANGES[word], value)

    return Entries(text, "fields").change(field, change), field


def _set_word(entry: CommentedMap, name: str, word: str, value: Any) -> None:
    plain = value is None or value == "" or DEFAULTS.get(word, ...) == value
    field = entry[name]
    if not isinstance(field, CommentedMap):
        if plain:
            return
        source = field if isinstance(field, str) else flow({"key": list(field)})
        field = entry[name] = CommentedMap({"from": source})
        field.fa.set_flow_style()
    if plain:
        field.pop(word, None)
        return
    if word in field:
        field[word] = _valued(value)
    else:
        # Before `from`: what a field is stands before where it comes from.
        place = list(field).index("from") if "from" in field else len(field)
        field.insert(place, word, _valued(value))


def _valued(value: Any) -> Any:
    return flow(value) if isinstance(value, dict | list) else scalar(value)


def _with_labels(field: Any, labels: Any) -> Any:
    if not isinstance(labels, list) or not labels or not all(isinstance(one, str) for one in labels):
        raise Invalid("EDIT_INVALID", "labels is a list of texts, at least one.", field="labels")
    new = scalar(labels[0]) if len(labels) == 1 else flow(labels)
    if not isinstance(field, CommentedMap):
        return new
    source = field.get("from")
    if isinstance(source, str):
        field["from"] = new if len(labels) == 1 else flow({"key": labels})
    elif isinstance(source, CommentedMap) and "key" in source:
        if isinstance(source["key"], CommentedMap):
            source["key"]["label"] = new
        else:
            source["key"] = new
    else:
        message = "Its labels stand in several sources. Change them in the YAML."
        raise Conflict("EDIT_TOO_INTRICATE", message)
    return field


def remove_field(text: str, operation: Operation) -> tuple[str, None]:
    return Entries(text, "fields").remove(_word(operation, "field")), None


def remove_table(text: str, operation: Operation) -> tuple[str, None]:
    return Entries(text, "tables").remove(_word(operation, "table")), None


def rename_field(text: str, operation: Operation) -> tuple[str, str]:
    """{field, to}: its name, and wherever an expression reads it."""
    field, to = _word(operation, "field"), _word(operation, "to")
    entries = Entries(text, "fields")
    entries.place(field)
    name_check(to, _taken(text))
    return renamed(entries.text, field, to), to


def new_table(text: str, operation: Operation) -> tuple[str, str]:
    """{name?, title?, headers, columns?}: a table that has these headers, a column for each."""
    headers = operation.get("headers")
    if not isinstance(headers, list) or not [one for one in headers if isinstance(one, str) and one.strip()]:
        raise Invalid("EDIT_INVALID", "The operation wants `headers`, a list of texts.", field="headers")
    printed = list(dict.fromkeys(" ".join(one.split()) for one in headers if isinstance(one, str) and one.strip()))
    entries = Entries(text, "tables")
    label = str(operation.get("title") or "table")
    name = _new_name(operation, _taken(text), label=label, what="table")
    return entries.add(name, written_table(printed)), name


def written_table(headers: list[str]) -> CommentedMap:
    """A table that has these headers, a column for each."""
    columns: dict[str, str] = {}
    for header in headers:
        columns[name_from(header, columns, fallback="column")] = header
    return CommentedMap({"where": flow({"headers": headers}), "columns": flow(columns)})


def use_column(text: str, operation: Operation) -> tuple[str, str]:
    """{table, column?, header, type?}: a new column, or one more header of a column that is there."""
    table, header, column = _word(operation, "table"), _word(operation, "header"), operation.get("column")

    def change(entry: CommentedMap, name: str) -> None:
        columns = entry[name].get("columns") if isinstance(entry[name], CommentedMap) else None
        if not isinstance(columns, CommentedMap):
            raise Conflict("EDIT_TOO_INTRICATE", "The columns of this table stand elsewhere. Change them in the YAML.")
        if column in columns:
            columns[column] = _column_with(columns[column], header)
            return
        made = name_check(column, columns, what="column") if column else name_from(header, columns, fallback="column")
        kind = operation.get("type")
        columns[made] = flow({"header": header, "type": kind}) if kind not in (None, "string") else scalar(header)

    return Entries(text, "tables").change(table, change), table


def _column_with(column: Any, header: str) -> Any:
    if not isinstance(column, CommentedMap):
        return _with_synonym(column, header)
    column["header"] = _with_synonym(column["header"], header) if "header" in column else scalar(header)
    return column


OPERATIONS: dict[str, Callable[[str, Operation], tuple[str, str | None]]] = {
    "newField": new_field,
    "addLabel": add_label,
    "addSource": add_source,
    "setSource": set_source,
    "addLine": add_line,
    "addQuery": add_query,
    "setField": set_field,
    "removeField": remove_field,
    "renameField": rename_field,
    "newTable": new_table,
    "useColumn": use_column,
    "removeTable": remove_table,
}

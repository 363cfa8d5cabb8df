"""Fields: new, changed, renamed, gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap

from backend.errors import Conflict, Invalid
from backend.specs.studio.editing.arguments import Operation, new_name, taken, word
from backend.specs.studio.editing.entries import Change, Entries, flow, scalar
from backend.specs.studio.editing.names import name_check
from backend.specs.studio.editing.renaming import renamed


def new_field(text: str, operation: Operation) -> tuple[str, str]:
    """{name?, label?, from?, type?, required?, pii?, title?, after?}: one line where the label says everything."""
    entries = Entries(text, "fields")
    source = operation.get("from") or {"key": word(operation, "label")}
    label = str(operation.get("label") or _said(source))
    name = new_name(operation, taken(text), label=label)
    return entries.add(name, written_field(source, operation), after=operation.get("after")), name


def _said(source: Any) -> str:
    """The words of a source that name a field best."""
    if isinstance(source, Mapping):
        for value in source.values():
            return _said(value)
    if isinstance(source, list) and source:
        return _said(source[0])
    return str(source)


FIELD_WORDS = (
    *("type", "required", "pii", "title", "description", "format", "unit"),
    *("options", "check", "clean", "review_below"),
)


def written_field(source: Any, operation: Operation) -> Any:
    """A field as an analyst would write it, `operation` holding its type and the like."""
    given = {name: operation[name] for name in FIELD_WORDS if operation.get(name) not in (None, False, "", "string")}
    short = source["key"] if isinstance(source, Mapping) and set(source) == {"key"} else source
    if not given and isinstance(short, str):
        return scalar(short)
    return flow({**given, "from": short if isinstance(short, str) else source})


CHANGES = {
    **{name: name for name in (*FIELD_WORDS, "pick", "confidence")},
    "reviewBelow": "review_below",
}


DEFAULTS = {"type": "string", "required": False, "pii": False}


def set_field(text: str, operation: Operation) -> tuple[str, str]:
    """{field, changes: {type, required, pii, reviewBelow, title, labels …}}: null takes a word away."""
    field, change = field_change(operation)
    return Entries(text, "fields").change(field, change), field


def field_change(operation: Operation) -> tuple[str, Change]:
    """Of a `setField`: which field, and what is done to its entry."""
    field, changes = word(operation, "field"), operation.get("changes")
    if not isinstance(changes, Mapping) or not changes:
        raise Invalid("EDIT_INVALID", "The operation wants `changes`.", field="changes")
    unknown = sorted(set(changes) - {*CHANGES, "labels"})
    if unknown:
        raise Invalid("EDIT_INVALID", f"A field has no {', '.join(unknown)}.", known=sorted([*CHANGES, "labels"]))

    def change(entry: CommentedMap, name: str) -> None:
        if "labels" in changes:
            entry[name] = _with_labels(entry[name], changes["labels"])
        for said, value in changes.items():
            if said != "labels":
                _set_word(entry, name, CHANGES[said], value)

    return field, change


def _set_word(entry: CommentedMap, name: str, keyword: str, value: Any) -> None:
    plain = value is None or value == "" or DEFAULTS.get(keyword, ...) == value
    field = entry[name]
    if not isinstance(field, CommentedMap):
        if plain:
            return
        source = field if isinstance(field, str) else flow({"key": list(field)})
        field = entry[name] = CommentedMap({"from": source})
        field.fa.set_flow_style()
    if plain:
        field.pop(keyword, None)
        return
    if keyword in field:
        field[keyword] = valued(value)
    else:
        # Before `from`: what a field is stands before where it comes from.
        place = list(field).index("from") if "from" in field else len(field)
        field.insert(place, keyword, valued(value))


def valued(value: Any) -> Any:
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
    return Entries(text, "fields").remove(word(operation, "field")), None


def rename_field(text: str, operation: Operation) -> tuple[str, str]:
    """{field, to}: its name, and wherever an expression reads it."""
    field, to = word(operation, "field"), word(operation, "to")
    entries = Entries(text, "fields")
    entries.place(field)
    name_check(to, taken(text))
    return renamed(entries.text, field, to), to

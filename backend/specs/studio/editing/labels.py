"""Printed words that a field or a column answers to."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from backend.errors import Conflict, Invalid
from backend.specs.studio.editing.arguments import Operation, word
from backend.specs.studio.editing.entries import Entries, flow, scalar


def add_label(text: str, operation: Operation) -> tuple[str, str]:
    """{field, label}: to the first source of the field that is a key; a key of its own where there is none."""
    field, label = word(operation, "field"), word(operation, "label")

    def change(entry: CommentedMap, name: str) -> None:
        if isinstance(entry[name], CommentedMap) and "from" not in entry[name]:
            raise Invalid("EDIT_INVALID", f"{name} has no `from` to add to.")
        if not isinstance(entry[name], CommentedMap):
            entry[name] = with_synonym(entry[name], label)
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
        key["label"] = with_synonym(key.get("label"), label)
    else:
        source["key"] = with_synonym(key, label)


def with_synonym(labels: Any, label: str) -> Any:
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

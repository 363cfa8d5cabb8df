"""A spec's fields as rows of a table, and what such a table cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import mapping_specs
from backend.errors import Conflict
from backend.specs.reading import ReadText
from mapping_specs.engine.resolved import Field, Source

SEPARATOR = " | "
SHARED = ("title", "type", "required", "pii", "review_below", "labels", "unit", "format", "description")
"""The words of a field that a sheet can change."""


@dataclass(slots=True)
class FieldRow:
    was: str = ""
    """Its name in the revision that was exported; empty: a new field."""
    name: str = ""
    title: str = ""
    type: str = "string"
    required: bool = False
    pii: bool = False
    review_below: float | None = None
    labels: list[str] = field(default_factory=list)
    unit: str = ""
    format: str = ""
    description: str = ""
    also: str = ""
    """What else the YAML says of it, in words; read only."""
    labels_fixed: bool = False
    """Its labels are not one list."""
    is_inherited: bool = False
    """It comes from a library: there is nothing in this text to change."""

    @property
    def pk(self) -> str:
        """What django-import-export names a row by."""
        return self.was


def rows_of(reading: mapping_specs.Reading) -> list[FieldRow]:
    """Raises `Conflict` SPEC_HAS_PROBLEMS: what cannot be read cannot be laid out."""
    if reading.spec is None:
        raise Conflict(
            "SPEC_HAS_PROBLEMS", "The text has problems; a table shows only what can be read. Mend it first."
        )
    return [_row(name, one, name in reading.lines) for name, one in reading.spec.resolved["fields"].items()]


def _row(name: str, one: Field, is_in_text: bool) -> FieldRow:
    labels = _labels(one["sources"])
    return FieldRow(
        was=name,
        name=name,
        title=one.get("title", ""),
        type=one["type"],
        required=one["required"],
        pii=one["pii"],
        review_below=one["review_below"],
        labels=labels or [],
        unit=one.get("unit", ""),
        format=one.get("format", ""),
        description=one.get("description", ""),
        also="; ".join(_also(one, is_in_text, labels is not None)),
        labels_fixed=labels is None,
        is_inherited=not is_in_text,
    )


def _labels(sources: list[Source]) -> list[str] | None:
    """None: they are not one list, or one of them would be read as two."""
    if len(sources) != 1 or sources[0]["kind"] != "key":
        return None
    labels: list[str] = sources[0]["args"]["labels"]
    return None if any(re.search(r"(^|\s)\|(\s|$)", label) for label in labels) else labels


def _also(one: Field, is_in_text: bool, has_labels: bool) -> Iterator[str]:
    if not is_in_text:
        yield "comes from the library"
    if not has_labels:
        yield "from " + ", ".join(source["kind"] for source in one["sources"])
    elif one["sources"][0]["where"]:
        yield "in " + ", ".join(one["sources"][0]["where"])
    for word in ("clean", "check", "options"):
        if one.get(word):
            yield word
    if one["pick"] != "first":
        yield f"pick {one['pick']}"
    if one["confidence"] != "min":
        yield "confidence"


def not_held(read: ReadText) -> list[str]:
    """What of the spec no row shows. An import leaves it as it is."""
    if read.spec is None:
        return []
    resolved: Mapping[str, Any] = read.spec.resolved
    found = []
    if resolved["tables"]:
        found.append(f"tables: {', '.join(resolved['tables'])}")
    if resolved["rules"]:
        found.append(f"rules: {', '.join(rule['id'] for rule in resolved['rules'])}")
    if resolved["variants"]:
        found.append(f"variants: {len(resolved['variants'])}")
    found += [
        name
        for name in ("sections", "recognize", "locale", "blank", "textract")
        if re.search(rf"(?m)^{name}:", read.text)
    ]
    return [*found, "the order of the fields", "comments", "what stands in the column also"]

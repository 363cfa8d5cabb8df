"""The field table as a django-import-export resource: rows out, and rows in again as changes to a text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result

from backend.errors import DomainError, Invalid
from backend.specs.exchange.field_rows import SEPARATOR, SHARED, FieldRow
from backend.specs.studio.editing import OPERATIONS, new_fields, remove_fields, set_fields
from mapping_specs.engine.types import TYPES

WAS = re.compile(r"was in revision (\d{1,9})")


class Text(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> str:
        return " ".join(str(value).split()) if value is not None else ""

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return value or ""


class TypeName(Text):
    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> str:
        name = super().clean(value).lower() or "string"
        if name not in TYPES:
            near = difflib.get_close_matches(name, TYPES, 1)
            hint = f" Did you mean {near[0]}?" if near else f" Types: {', '.join(sorted(TYPES))}."
            raise ValueError(f"“{name[:40]}” is no type.{hint}")
        return name


class YesNo(widgets.Widget):
    YES, NO = frozenset({"yes", "true", "1", "x", "y"}), frozenset({"", "no", "false", "0", "n"})

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> bool:
        said = str(value if value is not None else "").strip().lower()
        if said not in self.YES | self.NO:
            raise ValueError(f"“{said[:40]}” is neither yes nor no.")
        return said in self.YES

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return "yes" if value else "no"


class Percent(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> float | None:
        said = str(value if value is not None else "").replace("%", "").replace(",", ".").strip()
        if not said:
            return None
        if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", said) or float(said) > 100:
            raise ValueError(f"“{said[:40]}” is no percentage from 0 to 100.")
        return float(said)

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return f"{value:g}" if value is not None else ""


class Labels(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> list[str]:
        parts = re.split(r"\s\|\s|\n", str(value)) if value is not None else []
        return list(dict.fromkeys(label for part in parts if (label := " ".join(part.split()))))

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return SEPARATOR.join(value or [])


class CellDiff(resources.Diff):
    """(old, new) of each cell; the page marks what differs."""

    def as_html(self) -> list[tuple[str, str]]:
        left = [""] * len(self.right) if self.new else self.left
        return list(zip(left, self.right, strict=True))


class FieldTable(resources.Resource):
    """`base`: the rows as they were exported. Importing collects what changed; no database is written."""

    was = fields.Field("was", "was", Text())
    name = fields.Field("name", "name", Text())
    title = fields.Field("title", "title", Text())
    type = fields.Field("type", "type", TypeName())
    required = fields.Field("required", "required", YesNo())
    pii = fields.Field("pii", "pii", YesNo())
    review_below = fields.Field("review_below", "review_below", Percent())
    labels = fields.Field("labels", "labels", Labels())
    unit = fields.Field("unit", "unit", Text())
    format = fields.Field("format", "format", Text())
    description = fields.Field("description", "description", Text())
    also = fields.Field("also", "also (read only)", Text(), readonly=True)

    class Meta:
        import_id_fields = ("was",)
        skip_unchanged = True
        report_skipped = False
        use_transactions = False
        using_db = "default"
        instance_loader_class = BaseInstanceLoader

    def __init__(self, base: list[FieldRow], number: int) -> None:
        super().__init__()
        self.fields["was"].column_name = f"was in revision {number}"
        self.base = {row.was: row for row in base}
        self.seen: list[FieldRow] = []
        """Every row of the sheet, in its order."""

    @classmethod
    def get_diff_class(cls) -> Any:
        return CellDiff

    def init_instance(self, row: Any = None) -> FieldRow:
        return FieldRow()

    def get_instance(self, instance_loader: Any, row: Mapping[str, Any]) -> FieldRow | None:
        was = Text().clean(row[self.fields["was"].column_name])
        if not was:
            return None
        if was not in self.base:
            raise ValueError(f"Revision and table do not agree: there was no field {was[:64]}.")
        found = self.base[was]
        return FieldRow(**{name: getattr(found, name) for name in found.__slots__})

    def validate_instance(
        self, instance: FieldRow, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        before = self.base.get(instance.was)
        if before is None and not instance.labels:
            raise ValueError("A new field wants at least one label.")
        if before is not None and before.is_inherited:
            raise ValueError(
                "This field comes from the library that the spec extends: change it there, or in the YAML."
            )
        if before is not None and before.labels_fixed and instance.labels:
            raise ValueError("Where this field comes from is more than one list of labels: change it in the YAML.")
        if before is not None and before.labels and not instance.labels:
            raise ValueError("The labels are gone: leave at least one, or take the whole row out.")

    def import_instance(self, instance: FieldRow, row: Any, **kwargs: Any) -> None:
        if any(other.was == instance.was for other in self.seen if instance.was):
            raise ValueError(f"There are two rows for {instance.was}.")
        self.seen.append(instance)
        super().import_instance(instance, row, **kwargs)
        instance.name = instance.name or instance.was

    def do_instance_save(self, instance: FieldRow, is_create: bool) -> None:
        """The sheet's rows are worked into the text together, when all are read."""


@dataclass(slots=True)
class Operations:
    """As the workbench's clicks, in the order in which they are worked in: each finds fields by the names they had."""

    removed: list[str] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    renamed: list[dict[str, Any]] = field(default_factory=list)


MAX_RENAMED = 50
"""Each reads the whole text: a name may stand in any expression."""


@dataclass(slots=True)
class SheetChanges:
    """What a sheet would do."""

    headers: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    """[{kind: new | update | delete, name, cells: [[old, new]]}]"""
    errors: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Fields that the sheet has no row of."""
    operations: Operations = field(default_factory=lambda: Operations())


def sheet_changes(table: FieldTable, dataset: tablib.Dataset, *, remove_missing: bool) -> SheetChanges:
    _headers_check(table, dataset)
    result = table.import_data(dataset)
    found = SheetChanges(headers=[str(name) for name in result.diff_headers])
    found.errors = [*_errors(result)]
    for one in result.rows:
        if one.import_type in ("new", "update"):
            found.rows.append(
                {"kind": one.import_type, "name": one.diff[1][1], "cells": [list(pair) for pair in one.diff]}
            )
    named = {row.was for row in table.seen}
    found.missing = [was for was, row in table.base.items() if was not in named and not row.is_inherited]
    if remove_missing:
        found.rows += [{"kind": "delete", "name": was, "cells": []} for was in found.missing]
    found.operations = _operations(table, found.missing if remove_missing else [])
    return found


def _errors(result: Result) -> Iterator[str]:
    yield from (str(error.error) for error in result.base_errors)
    for number, errors in result.row_errors():
        yield from (f"{_place(number, error.row)}: {error.error}" for error in errors)
    for invalid in result.invalid_rows:
        for column, messages in invalid.field_specific_errors.items():
            yield from (f"{_place(invalid.number, invalid.values)}, {column}: {message}" for message in messages)


def _place(number: int, values: Any) -> str:
    """By its name; a new row may have none, and then counts from the first below the header."""
    cells = list(values.values()) if isinstance(values, Mapping) else list(values or ())
    return next((str(cell) for cell in cells[:2] if cell), f"row {number}")


def _headers_check(table: FieldTable, dataset: tablib.Dataset) -> None:
    wanted = [one.column_name for one in table.get_import_fields()]
    missing = [name for name in wanted if name not in (dataset.headers or [])]
    if missing:
        raise Invalid("SHEET_COLUMNS", f"The sheet has no column {', '.join(missing)}. Export the table and edit that.")


def _operations(table: FieldTable, removed: list[str]) -> Operations:
    found = Operations(removed)
    after = None
    for row in table.seen:
        before = table.base.get(row.was)
        if before is None:
            found.new.append({**_new(row), "after": after})
        else:
            changes = {name: getattr(row, name) for name in SHARED if getattr(row, name) != getattr(before, name)}
            if changes:
                found.changed.append({"kind": "setField", "field": row.was, "changes": _worded(changes)})
            if row.name != row.was:
                found.renamed.append({"kind": "renameField", "field": row.was, "to": row.name})
        after = row.was or row.name or after
    return found


def _worded(changes: dict[str, Any]) -> dict[str, Any]:
    if "review_below" in changes:
        changes["reviewBelow"] = _number(changes.pop("review_below"))
    return {name: (None if value == "" else value) for name, value in changes.items()}


def _number(percent: float | None) -> float | int | None:
    return int(percent) if percent is not None and percent.is_integer() else percent


def _new(row: FieldRow) -> dict[str, Any]:
    given = {name: getattr(row, name) for name in SHARED if name not in ("labels", "review_below")}
    source = {"key": row.labels if len(row.labels) > 1 else row.labels[0]} if row.labels else {}
    review = {"review_below": _number(row.review_below)} if row.review_below is not None else {}
    return {"kind": "newField", "name": row.name, "label": (row.labels or [""])[0], "from": source, **given, **review}


def text_with(text: str, changes: SheetChanges) -> str:
    """The text with every change worked in; what cannot be done is one more error of the sheet."""
    wanted = changes.operations
    if changes.errors or len(wanted.renamed) > MAX_RENAMED:
        changes.errors += [] if changes.errors else [f"A sheet renames at most {MAX_RENAMED} fields."]
        return text
    steps: list[tuple[Callable[[str, Any], tuple[str, dict[str, DomainError]]], list[Any]]] = [
        (remove_fields, wanted.removed),
        (new_fields, wanted.new),
        (set_fields, wanted.changed),
    ]
    for step, these in steps:
        if these:
            text, refused = step(text, these)
            changes.errors += [f"{name}: {error.message}" for name, error in refused.items()]
    for operation in wanted.renamed:
        try:
            text = OPERATIONS["renameField"](text, operation)[0]
        except DomainError as error:
            changes.errors.append(f"{operation['field']}: {error.message}")
    return text

"""Tables and their columns."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap

from backend.errors import Conflict, Invalid
from backend.specs.studio.editing.arguments import Operation, new_name, taken, word
from backend.specs.studio.editing.entries import Entries, flow, scalar
from backend.specs.studio.editing.labels import with_synonym
from backend.specs.studio.editing.names import name_check, name_from


def new_table(text: str, operation: Operation) -> tuple[str, str]:
    """{name?, title?, headers, columns?}: a table that has these headers, a column for each."""
    headers = operation.get("headers")
    if not isinstance(headers, list) or not [one for one in headers if isinstance(one, str) and one.strip()]:
        raise Invalid("EDIT_INVALID", "The operation wants `headers`, a list of texts.", field="headers")
    printed = list(dict.fromkeys(" ".join(one.split()) for one in headers if isinstance(one, str) and one.strip()))
    entries = Entries(text, "tables")
    label = str(operation.get("title") or "table")
    name = new_name(operation, taken(text), label=label, what="table")
    return entries.add(name, written_table(printed)), name


def written_table(headers: list[str]) -> CommentedMap:
    """A table that has these headers, a column for each."""
    columns: dict[str, str] = {}
    for header in headers:
        columns[name_from(header, columns, fallback="column")] = header
    return CommentedMap({"where": flow({"headers": headers}), "columns": flow(columns)})


def use_column(text: str, operation: Operation) -> tuple[str, str]:
    """{table, column?, header, type?}: a new column, or one more header of a column that is there."""
    table, header, column = word(operation, "table"), word(operation, "header"), str(operation.get("column") or "")

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
        return with_synonym(column, header)
    column["header"] = with_synonym(column["header"], header) if "header" in column else scalar(header)
    return column


def remove_table(text: str, operation: Operation) -> tuple[str, None]:
    return Entries(text, "tables").remove(word(operation, "table")), None

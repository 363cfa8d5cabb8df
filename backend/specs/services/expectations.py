"""What is expected of a sample: as values of the fields' types, however they were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from django.db import transaction

from backend.accounts.models import User
from backend.errors import Conflict, Invalid, TooLarge
from backend.specs.models import Sample
from backend.specs.reading import draft_read
from backend.specs.services.runs import live_run_defer
from backend.specs.services.samples import may_edit
from backend.specs.studio import expecting, kept
from backend.specs.studio.expecting import Expectations, cell_of

log = structlog.get_logger(__name__)

MAX_EXPECTED_BYTES = 500_000
MAPPINGS = ("fields", "tables", "set", "printed", "typed", "rows")
KNOWN = {*MAPPINGS, "unset", "text"}


def sample_expect(*, sample: Sample, user: User, change: Mapping[str, Any]) -> Sample:
    """What the sample holds. What ran before counts no more.

    Whole: `fields`, `tables`. In part, by path (`owner_name`, `previous_owners[0].name`): `set` as it is, `printed`
    and `typed` converted as the spec in `text` has it, `unset`; `rows` of a table, null: nothing is said of it.
    Invalid, and nothing is kept, where one of them cannot be converted.
    """
    may_edit(user)
    _shape_check(change)
    given = {**change.get("set", {}), **_converted(sample, change)}
    with transaction.atomic():
        locked = Sample.objects.select_for_update().get(pk=sample.pk)
        expected = _expected(locked.expected or {}, change, given)
        if expected != locked.expected:
            locked.expected = expected
            locked.save(update_fields=["expected"])
            locked.runs.all().delete()
            live_run_defer(locked)
    log.info("sample_expected", sample_id=str(sample.pk), fields=len(expected["fields"]))
    return locked


def _converted(sample: Sample, change: Mapping[str, Any]) -> dict[str, Any]:
    printed, typed = change.get("printed", {}), change.get("typed", {})
    if not printed and not typed:
        return {}
    spec = draft_read(change["text"]).spec
    if spec is None:
        raise Conflict("SPEC_HAS_PROBLEMS", "The text has problems. Mend them, then say what is expected.")
    known = Expectations(kept.view_of(sample), spec)
    return {
        **{path: known.of_printed(path, text) for path, text in printed.items()},
        **{path: known.of_typed(path, text) for path, text in typed.items()},
    }


def _expected(now: Mapping[str, Any], change: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(change.get("fields", now.get("fields") or {}))
    tables = {name: [dict(row) for row in rows] for name, rows in change.get("tables", now.get("tables") or {}).items()}
    for name, rows in change.get("rows", {}).items():
        tables.pop(name, None)
        if rows is not None:
            tables[name] = [dict(row) for row in rows]
    for path, value in given.items():
        _row_of(path, fields, tables)[expecting.name_of(path)] = value
    for path in map(str, change.get("unset", [])):
        _row_of(path, fields, tables).pop(expecting.name_of(path), None)
    expected = {"fields": fields, "tables": tables}
    if len(orjson.dumps(expected)) > MAX_EXPECTED_BYTES:
        raise TooLarge("EXPECTED_TOO_LARGE", "The expected values are too many.")
    return expected


def _row_of(path: str, fields: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Where the path's last name stands; a row just after the last one is made."""
    cell = cell_of(path)
    if cell is None:
        return fields
    rows = tables.setdefault(cell.table, [])
    if cell.row == len(rows):
        rows.append({})
    if cell.row > len(rows):
        raise Invalid("EXPECTED_SHAPE", f"{cell.table} has {len(rows)} expected rows. Add a row first.")
    return rows[cell.row]


def _shape_check(change: Mapping[str, Any]) -> None:
    if not change or set(change) - KNOWN:
        message = "Send fields and tables, or set, printed, typed, rows and unset."
        raise Invalid("EXPECTED_SHAPE", message, unknown=sorted(map(str, set(change) - KNOWN)))
    if not _is_shaped(change):
        message = 'Expected values are {"fields": {name: value}, "tables": {name: [{column: value}]}}.'
        raise Invalid("EXPECTED_SHAPE", message)


def _is_shaped(change: Mapping[str, Any]) -> bool:
    if not all(isinstance(change.get(name, {}), dict) for name in MAPPINGS):
        return False
    texts = [*change.get("printed", {}).values(), *change.get("typed", {}).values()]
    values = [*change.get("fields", {}).values(), *change.get("set", {}).values()]
    rows = [rows for rows in change.get("rows", {}).values() if rows is not None]
    return (
        isinstance(change.get("unset", []), list)
        and all(isinstance(text, str) for text in texts)
        and (isinstance(change.get("text"), str) or not texts)
        and all(isinstance(value, str | int | float | bool | None) for value in values)
        and all(_is_table(table) for table in [*change.get("tables", {}).values(), *rows])
    )


def _is_table(rows: Any) -> bool:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return False
    return all(isinstance(value, str | int | float | bool | None) for row in rows for value in row.values())

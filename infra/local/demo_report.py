"""What the demo prints: a table a document, the addresses, the closing line."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.local.demo_reading import Reading

STATUS_STYLES = {"ok": "green", "check": "yellow", "retake": "red", "missing": "dim"}


def as_expected(reading: Reading) -> bool:
    """DONE, and where expectations are known every field and every table row as expected, nothing more."""
    expected = reading.given.expected
    if reading.state != "DONE" or expected is None:
        return reading.state == "DONE"
    same_fields = reading.result["fields"] == expected["fields"]
    return same_fields and _filled(reading.result["tables"]) == _filled(expected.get("tables", {}))


def _filled(tables: dict[str, Any]) -> dict[str, Any]:
    """A table without rows and no such table say the same."""
    return {name: rows for name, rows in tables.items() if rows}


def fields_right(reading: Reading) -> tuple[int, int]:
    """How many of the expected fields came out right, of how many."""
    expected = (reading.given.expected or {}).get("fields", {})
    fields = reading.result.get("fields", {})
    return sum(fields.get(name) == value for name, value in expected.items()), len(expected)


def closing_line(readings: list[Reading], *, skipped: int) -> str:
    right, wanted = map(sum, zip(*map(fields_right, readings), strict=True)) if readings else (0, 0)
    line = f"demo: {len(readings)} documents, {sum(map(as_expected, readings))} as expected, {right}/{wanted} fields"
    return f"{line}, {skipped} skipped: OCR not installed" if skipped else line


def print_progress(console: Console, reading: Reading) -> None:
    right, wanted = fields_right(reading)
    style = "green" if as_expected(reading) else "red"
    said = f"{right}/{wanted} fields" if wanted else f"{len(reading.result.get('fields', {}))} fields"
    line = f"  {reading.given.name:<48} {reading.state:<8} {reading.seconds:5.1f} s  {reading.trouble or said}"
    console.print(line, style=style, markup=False, highlight=False)


def print_readings(console: Console, readings: list[Reading]) -> None:
    for reading in readings:
        if reading.result:
            console.print()
            console.print(_fields_table(reading))
            for name, rows in reading.result["tables"].items():
                console.print(_rows_table(name, rows, _expected_rows(reading, name)))


def _fields_table(reading: Reading) -> Table:
    result = reading.result
    expected = reading.given.expected
    table = Table(title=reading.given.name, title_justify="left", title_style="bold", expand=False)
    for name, options in {"field": {}, "value": {"overflow": "fold"}, "confidence": {"justify": "right"}}.items():
        table.add_column(name, **options)  # type: ignore[arg-type]
    table.add_column("status")
    table.add_column("expected", overflow="fold")
    for name in _names(result, expected):
        status = result["fieldStatus"].get(name, "")
        confidence = result["confidenceScores"].get(name)
        table.add_row(
            name,
            Text(str(result["fields"].get(name, ""))),
            "" if confidence is None else f"{confidence:.1f}",
            Text(status, style=STATUS_STYLES.get(status, "")),
            _comparison(result["fields"].get(name), expected, name),
        )
    return table


def _names(result: dict[str, Any], expected: dict[str, Any] | None) -> list[str]:
    return list(dict.fromkeys([*result["fieldStatus"], *result["fields"], *(expected or {}).get("fields", {})]))


def _comparison(value: Any, expected: dict[str, Any] | None, name: str) -> Text:
    if expected is None:
        return Text("")
    wanted = expected["fields"].get(name)
    if value == wanted:
        return Text("as expected" if wanted is not None else "not there, as expected", style="dim")
    return Text("nothing" if wanted is None else str(wanted), style="bold red")


def _expected_rows(reading: Reading, name: str) -> list[dict[str, Any]] | None:
    expected = reading.given.expected
    return None if expected is None else expected.get("tables", {}).get(name, [])


def _rows_table(name: str, rows: list[dict[str, Any]], expected: list[dict[str, Any]] | None) -> Table:
    verdict = "" if expected is None else ": as expected" if rows == expected else ": NOT as expected"
    table = Table(title=f"{name}, {len(rows)} rows{verdict}", title_justify="left", title_style="")
    columns = list(dict.fromkeys(column for row in rows for column in row))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(row.get(column, ""))) for column in columns))
    return table


def print_skipped(console: Console, names: list[str]) -> None:
    if names:
        console.print(f"\nSkipped, because they are photographs and OCR is not installed: {', '.join(names)}.")
        console.print("`make ocr` installs it (about 400 MB).")


def print_addresses(console: Console, api_url: str, people: list[dict[str, Any]]) -> None:
    console.print(f"\nadmin     {api_url}/admin/", highlight=False)
    console.print(f"API       {api_url}/api/docs-ui/", highlight=False)
    table = Table("user", "password", "group", "agent id", title="Demo users", title_justify="left", title_style="")
    for person in people:
        table.add_row(person["username"], person["password"], person["group"], person["agent_id"] or "")
    console.print(table)

"""The form view: the same text as a table of fields, for those who never want YAML."""

from __future__ import annotations

from typing import Any

from backend.specs.reading import draft_read
from backend.specs.studio.preview import problem_json


def form(text: str) -> dict[str, Any]:
    """Rows of what is written in the text; none while it has problems."""
    reading = draft_read(text).reading
    problems = [problem_json(problem) for problem in reading.problems]
    if reading.spec is None:
        return {"fields": [], "tables": [], "problems": problems}
    resolved = reading.spec.resolved
    return {
        "fields": [_field(name, field, reading.lines.get(name)) for name, field in resolved["fields"].items()],
        "tables": [_table(name, table, reading.lines.get(name)) for name, table in resolved["tables"].items()],
        "problems": problems,
    }


def _field(name: str, field: Any, line: int | None) -> dict[str, Any]:
    sources = field["sources"]
    keys = [source for source in sources if source["kind"] == "key"]
    row = {
        "name": name,
        "title": field["title"],
        "type": field["type"],
        "labels": keys[0]["args"]["labels"] if keys else [],
        "required": field["required"],
        "pii": field["pii"],
        "reviewBelow": field["review_below"],
        "sourceKinds": [source["kind"] for source in sources],
        "editable": line is not None and len(sources) == 1 and len(keys) == 1,
        "line": line,
    }
    if not row["editable"]:
        row["why"] = _why(line, [source["kind"] for source in sources])
    return row


def _why(line: int | None, kinds: list[str]) -> str:
    if line is None:
        return "It comes from the library that the spec extends."
    return f"Where it comes from ({', '.join(kinds)}) is said in the YAML view; the rest can be edited here."


def _table(name: str, table: Any, line: int | None) -> dict[str, Any]:
    columns = [
        {
            "name": column,
            "type": shape["type"],
            "headers": shape.get("header", []),
            "pii": shape["pii"],
            "optional": shape["optional"],
        }
        for column, shape in table["columns"].items()
    ]
    return {"name": name, "required": table["required"], "columns": columns, "line": line}

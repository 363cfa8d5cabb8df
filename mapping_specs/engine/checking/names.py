"""Names that refer to each other: fields, tables and columns in expressions, circles, and names used twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from mapping_specs.engine.checking import parts
from mapping_specs.engine.checking.found import Found, hint, listed, nearest
from mapping_specs.engine.errors import ExpressionError
from mapping_specs.engine.expressions import FUNCTION_NAMES, Expression, UnknownFunction, compile_expression
from mapping_specs.engine.yaml_text import Path

LIMITS = {"fields": 1_000, "tables": 100, "variants": 50, "rules": 500}
MAX_COLUMNS, MAX_SOURCES = 200, 50


def expressions(spec: Any, data: Any) -> Iterator[Found]:
    known = _known(spec)
    for path, text, roots in _written(spec):
        bare = list(_bare_words(text, path))
        yield from bare
        try:
            expression = compile_expression(text)
        except UnknownFunction as error:
            near = nearest(error.name, sorted(FUNCTION_NAMES))
            yield Found("EXPRESSION", f"{error}{hint(near)}", path, listed(sorted(FUNCTION_NAMES)), near)
        except ExpressionError as error:
            if not bare:
                yield Found("EXPRESSION", f"{error}{_at(error)}", path)
        else:
            yield from _unknown(expression, known, path) if roots else ()


def columns_of_skip(spec: Any, data: Any) -> Iterator[Found]:
    for path, table in parts.tables(spec):
        for number, skip in enumerate(table["skip"]):
            with suppress(ExpressionError):
                read = compile_expression(skip["expression"]).columns_of_row if "expression" in skip else ()
                # `null` without backticks is null too: there is no such column.
                yield from _not_among(set(read) - {"null"}, set(table["columns"]), "column", (*path, "skip", number))


def _at(error: ExpressionError) -> str:
    return "" if error.position is None else f" at its character {error.position + 1}"


def _known(spec: Any) -> dict[str, Any]:
    """Names of fields and tables in any layout; of tables their columns."""
    fields: set[str] = set()
    tables: dict[str, set[str]] = {}
    for path, field in parts.fields(spec):
        fields |= set(_with_currency(str(path[-1]), field))
    for path, table in parts.tables(spec):
        columns = tables.setdefault(str(path[-1]), set())
        for name, column in table["columns"].items():
            columns |= set(_with_currency(name, column))
    return {"field": fields, "table": tables}


def _with_currency(name: str, typed: dict[str, Any]) -> list[str]:
    return [name, f"{name}_currency"] if typed["type"] == "money" else [name]


def _written(spec: Any) -> Iterator[tuple[Path, str, bool]]:
    """Every expression; whether it reads `fields` and `tables`."""
    for path, source in parts.sources(spec):
        if source["kind"] in ("jmespath", "computed"):
            yield path, source["args"]["expression"], source["kind"] == "computed"
        if source["kind"] == "cell" and "jmespath" in source["args"]["table"]:
            yield path, source["args"]["table"]["jmespath"], False
    for path, field in parts.fields(spec):
        if field["confidence"] not in ("min", "mean", "product"):
            yield (*path, "confidence"), field["confidence"], False
    for path, table in parts.tables(spec):
        yield from _of_table(path, table)
    for number, rule in enumerate(spec["rules"]):
        yield ("rules", number, "assert"), rule["assert"], True


def _of_table(path: Path, table: dict[str, Any]) -> Iterator[tuple[Path, str, bool]]:
    for number, skip in enumerate(table["skip"]):
        if "expression" in skip:
            yield (*path, "skip", number), skip["expression"], False
    if "jmespath" in table["where"]:
        yield (*path, "where", "jmespath"), table["where"]["jmespath"], False


def _unknown(expression: Expression, known: dict[str, Any], path: Path) -> Iterator[Found]:
    yield from _not_among(expression.fields, known["field"], "field", path)
    yield from _not_among(expression.tables, set(known["table"]), "table", path)
    for table, column in sorted(expression.columns):
        if table in known["table"]:
            yield from _not_among({column}, known["table"][table], f"column of {table}", path)


def _not_among(names: Any, known: set[str], kind: str, path: Path) -> Iterator[Found]:
    for name in sorted(set(names) - known):
        near = nearest(name, sorted(known))
        yield Found("NAME_UNKNOWN", f"There is no {kind} `{name}`{hint(near)}", path, listed(sorted(known)), near)


QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`(?:\\.|[^`\\])*`", re.S)
POSITIONS = re.compile(r"\[\s*-?\d*\s*(?::\s*-?\d*\s*){0,2}\]")
BARE_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
QUOTED_TEXT = re.compile(r"'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`", re.S)
QUOTED_NAME = re.compile(r'(?<!")\s*[=!]=\s*"(?P<name>(?:\\.|[^"\\])*)"')
QUOTED_BOOLEAN = re.compile(r"[!=]=\s*'(true|false)'|'(true|false)'\s*[!=]=")


def _bare_words(text: str, path: Path) -> Iterator[Found]:
    """What JMESPath takes for nonsense or a text, and an analyst means as a number or a boolean."""
    if match := BARE_NUMBER.search(POSITIONS.sub("[]", QUOTED.sub("''", text))):
        yield Found("BARE_NUMBER", "A number in an expression stands in backticks", path, f"`{match.group()}`")
    if match := QUOTED_NAME.search(QUOTED_TEXT.sub("''", text)):
        message = f'"{match["name"]}" in double quotes is a name: a text stands in single quotes'
        yield Found("QUOTED_NAME", message, path, f"'{match['name']}'")
    if match := QUOTED_BOOLEAN.search(re.sub(r"`(?:\\.|[^`\\])*`", "``", text)):
        word = match[1] or match[2]
        message = f"'{word}' is a text, and booleans are real ones here: write `{word}` in backticks"
        yield Found("QUOTED_BOOLEAN", message, path)


def cycles(spec: Any, data: Any) -> Iterator[Found]:
    own = _circular(spec["fields"])
    for name in own:
        yield Found("CYCLE", f"`{name}` is computed from itself", ("fields", name, "from"))
    for number, variant in enumerate(spec["variants"]):
        for name in _circular({**spec["fields"], **variant["fields"]}):
            if name in variant["fields"] and name not in own:
                path = ("variants", number, "fields", name, "from")
                yield Found("CYCLE", f"`{name}` is computed from itself", path)


def _circular(fields: dict[str, Any]) -> list[str]:
    reads = {name: read for name, field in fields.items() if (read := _read_by(field, set(fields) - {name}))}
    return [name for name in reads if name in _reached(name, reads)]


def _read_by(field: dict[str, Any], others: set[str]) -> set[str]:
    read: set[str] = set()
    for source in field["sources"]:
        if source["kind"] != "computed":
            continue
        try:
            expression = compile_expression(source["args"]["expression"])
        except ExpressionError:
            continue
        read |= others if expression.all_fields else expression.fields
    return read


def _reached(start: str, reads: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(reads.get(start, ()))
    while waiting:
        name = waiting.pop()
        name = name if name in reads else name.removesuffix("_currency")
        if name not in reached:
            reached.add(name)
            waiting += reads.get(name, ())
    return reached


def names(spec: Any, data: Any) -> Iterator[Found]:
    yield from _used_twice(spec)
    yield from _too_many(spec)
    for path, table in parts.tables(spec):
        for name in table["fill_down"]:
            yield from _not_among({name}, set(table["columns"]), "column", (*path, "fill_down"))
    tables = {str(path[-1]) for path, _ in parts.tables(spec)}
    for path, source in parts.sources(spec):
        name = (source["args"].get("table") or {}).get("name") if source["kind"] == "cell" else None
        if name is not None and name not in tables:
            near = nearest(name, tables)
            message = f"There is no table `{name}` in this spec{hint(near)}"
            yield Found("NAME_UNKNOWN", message, path, listed(sorted(tables)) or None, near)


def _too_many(spec: Any) -> Iterator[Found]:
    for base, layout in parts.layouts(spec):
        for name, most in LIMITS.items():
            if len(layout.get(name, ())) > most:
                yield Found("TOO_MANY", f"A spec has at most {most} {name}", (*base, name))
    for path, table in parts.tables(spec):
        if len(table["columns"]) > MAX_COLUMNS:
            yield Found("TOO_MANY", f"A table has at most {MAX_COLUMNS} columns", (*path, "columns"))
    for path, field in parts.fields(spec):
        if len(field["sources"]) > MAX_SOURCES:
            yield Found("TOO_MANY", f"A field has at most {MAX_SOURCES} sources", (*path, "from"))


def never(spec: Any, data: Any) -> Iterator[Found]:
    """What no document can be: a variant behind its like, more fields than there are."""
    seen: list[Any] = []
    for number, variant in enumerate(spec["variants"]):
        if variant["when"] in seen:
            yield Found(
                "UNREACHABLE", "A variant before this one holds for the same documents", ("variants", number, "when")
            )
        seen.append(variant["when"])
    most = max(len({**spec["fields"], **layout["fields"]}) for _, layout in parts.layouts(spec))
    if spec["recognize"] and spec["recognize"].get("min_fields", 0) > most:
        message = f"No document has so many: the spec has {most} fields"
        yield Found("CHECK_NEVER", message, ("recognize", "min_fields"))


def _used_twice(spec: Any) -> Iterator[Found]:
    for base, layout in parts.layouts(spec):
        for name in layout["tables"]:
            if name in layout["fields"] or name in spec["fields"]:
                yield Found("NAME_TWICE", f"`{name}` is a field and a table", (*base, "tables", name))
    seen: set[str] = set()
    for number, rule in enumerate(spec["rules"]):
        if rule["id"] in seen:
            yield Found("NAME_TWICE", f"There are two rules `{rule['id']}`", ("rules", number, "id"))
        seen.add(rule["id"])

"""Every problem of a spec at once: its shape by the JSON Schema, its meaning by one small function a question."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from mapping_specs.engine.errors import ExpressionError, Problem
from mapping_specs.engine.expressions import FUNCTION_NAMES, UnknownFunction, compile_expression
from mapping_specs.engine.features import needs
from mapping_specs.engine.matching import normalize
from mapping_specs.engine.patterns import PatternError, compiled
from mapping_specs.engine.resolving import KINDS
from mapping_specs.engine.yaml_text import KEY, Mark, Path, dotted

MAX_FIELDS = 1_000


class Found(NamedTuple):
    """A problem found, not yet worded with its place."""

    code: str
    message: str
    path: Path
    expected: str | None = None
    suggestion: str | None = None
    at_key: bool = False


def check_shape(data: Any, marks: dict[Path, Mark]) -> list[Problem]:
    """What the schema says, each error worded for the analyst, and one source name a source."""
    errors = [found for error in _validator().iter_errors(data) for found in _worded(error)]
    if not errors:
        errors = [found for path, source in _written_sources(data) for found in _one_kind(path, source)]
    return [_placed(found, marks) for found in dict.fromkeys(errors)]


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    from mapping_specs.schema import spec_schema

    return Draft202012Validator(spec_schema())


def _worded(error: Any) -> Iterator[Found]:
    path: Path = tuple(error.absolute_path)
    kind = error.validator
    if kind == "anyOf":
        yield from _of_alternatives(error)
    elif kind == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        for name in [name for name in error.instance if name not in known]:
            near = _nearest(str(name), known)
            message = f"`{name}`{_hint(near) or ' is not known here'}"
            yield Found("UNKNOWN_KEY", message, (*path, name), _listed(known), near, True)
    elif kind == "required":
        for name in [name for name in error.validator_value if name not in error.instance]:
            yield Found("MISSING_KEY", f"`{name}` is missing", path, name)
    elif kind in ("enum", "const"):
        allowed = error.validator_value if kind == "enum" else [error.validator_value]
        near = _nearest(str(error.instance), list(map(str, allowed)))
        message = f"`{_short(error.instance)}` is not possible here{_hint(near)}"
        yield Found("UNKNOWN_VALUE", message, path, _listed(allowed), near)
    elif kind == "type":
        yield Found("WRONG_KIND", f"{_kind(error.instance)} stands here", path, _types(error.validator_value))
    elif kind == "pattern":
        yield Found(
            "BAD_NAME", f"`{_short(error.instance)}` is not a valid name", path, error.validator_value, at_key=True
        )
    else:
        yield Found("WRONG_VALUE", _plain(error.message), path)


def _of_alternatives(error: Any) -> Iterator[Found]:
    """Of several possible shapes the one that is of the written kind; else all kinds are named."""
    branches: dict[int, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [errors for errors in branches.values() if not any(_is_kind_error(inner, error) for inner in errors)]
    if fitting:
        for inner in min(fitting, key=len):
            yield from _worded(inner)
        return
    kinds = {kind for errors in branches.values() for inner in errors for kind in _kinds_wanted(inner)}
    message = f"{_kind(error.instance)} stands here"
    yield Found("WRONG_KIND", message, tuple(error.absolute_path), " or ".join(sorted(kinds)) or None)


def _is_kind_error(inner: Any, outer: Any) -> bool:
    same = list(inner.absolute_path) == list(outer.absolute_path)
    if inner.validator == "anyOf" and same:
        return all(_is_kind_error(deeper, outer) for deeper in inner.context)
    return (
        same
        and inner.validator in ("type", "const", "enum")
        and isinstance(outer.instance, dict | list) is not (inner.validator == "enum")
    )


def _kinds_wanted(inner: Any) -> list[str]:
    if inner.validator == "type":
        return [_types(inner.validator_value)]
    if inner.validator in ("enum", "const"):
        values = inner.validator_value if inner.validator == "enum" else [inner.validator_value]
        return [_listed(values)]
    return [kind for deeper in inner.context or [] for kind in _kinds_wanted(deeper)]


NAMES = {"string": "a text", "array": "a list", "object": "a mapping", "boolean": "true or false", "null": "nothing"}


def _types(wanted: Any) -> str:
    kinds = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(NAMES.get(kind, f"a {kind}" if kind != "integer" else "a whole number") for kind in kinds)


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return "a list"
    return "a mapping" if isinstance(value, dict) else f"`{_short(value)}`"


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _plain(message: str) -> str:
    return message if len(message) < 160 else message[:157] + "…"


def _nearest(name: str, known: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, known, 1, 0.7)), None)


def _hint(near: str | None) -> str:
    return f": did you mean `{near}`?" if near else ""


def _placed(found: Found, marks: dict[Path, Mark]) -> Problem:
    path = found.path
    mark = marks.get((*path, KEY)) if found.at_key else None
    while mark is None and path:
        mark = marks.get(path)
        path = path[:-1]
    mark = mark or marks.get(()) or Mark(1, 1)
    return Problem(found.code, found.message, dotted(found.path), *mark, found.expected, found.suggestion)


def _written_sources(data: Any) -> Iterator[tuple[Path, Any]]:
    parts: list[tuple[Path, Any]] = [((), data)]
    parts += [(("variants", number), variant) for number, variant in enumerate(data.get("variants") or [])]
    for base, part in parts:
        for name, field in (part.get("fields") or {}).items():
            if isinstance(field, dict) and "from" in field:
                yield from _sources_under((*base, "fields", name, "from"), field["from"])
        for table_name, table in (part.get("tables") or {}).items():
            for name, column in table.get("columns", {}).items():
                if isinstance(column, dict) and "from" in column:
                    path: Path = (*base, "tables", table_name, "columns", name, "from")
                    yield from _sources_under(path, column["from"])


def _sources_under(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield (*path, number), one
    else:
        yield path, value


def _one_kind(path: Path, source: Any) -> Iterator[Found]:
    if not isinstance(source, dict):
        return
    kinds = [name for name in source if name in KINDS]
    if not kinds:
        yield Found("SOURCE_MISSING", "This source has no name of a source", path, _listed(KINDS))
    elif len(kinds) > 1:
        yield Found("SOURCES_SEVERAL", f"A source has one name, here are {len(kinds)}: {_listed(kinds)}", path)


# --- meaning ---------------------------------------------------------------------------------------------------------


def check_meaning(spec: Any, data: Any, marks: dict[Path, Mark]) -> list[Problem]:
    """Of a spec whose shape is right: does it mean something that can be run?"""
    found = [problem for check in MEANINGS for problem in check(spec, data)]
    return [_placed(one, marks) for one in dict.fromkeys(found)]


def _fields(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for name, field in spec["fields"].items():
        yield ("fields", name), field
    for number, variant in enumerate(spec["variants"]):
        for name, field in variant["fields"].items():
            yield ("variants", number, "fields", name), field


def _tables(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for name, table in spec["tables"].items():
        yield ("tables", name), table
    for number, variant in enumerate(spec["variants"]):
        for name, table in variant["tables"].items():
            yield ("variants", number, "tables", name), table


def _sources(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, field in _fields(spec):
        for number, source in enumerate(field["sources"]):
            yield (*path, "from", number) if len(field["sources"]) > 1 else (*path, "from"), source
    for path, table in _tables(spec):
        for name, column in table["columns"].items():
            if "source" in column:
                yield (*path, "columns", name, "from"), column["source"]


def _typed(spec: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Fields and columns."""
    yield from _fields(spec)
    for path, table in _tables(spec):
        for name, column in table["columns"].items():
            yield (*path, "columns", name), column


def apis(spec: Any, data: Any) -> Iterator[Found]:
    wanted, features = needs(spec)
    if len(wanted) > 1:
        yield Found("APIS_MIXED", f"The sources need {_listed(sorted(wanted))}: a spec uses one API", ("fields",))
    elif wanted and features:
        listed = _listed(sorted(features))
        yield Found("APIS_MIXED", f"The sources need {wanted.pop()}, and {listed} of AnalyzeDocument", ("fields",))
    given = (data.get("textract") or {}).get("api")
    if given and wanted and given not in wanted:
        yield Found("API_WRONG", f"The sources need {_listed(wanted)}", ("textract", "api"))
    if given == "DetectDocumentText" and features:
        yield Found("API_WRONG", f"The sources need {_listed(sorted(features))}: AnalyzeDocument", ("textract", "api"))
    listed_features = (data.get("textract") or {}).get("features")
    if listed_features is not None and (lacking := features - set(listed_features)):
        message = f"The sources need {_listed(sorted(lacking))} too"
        yield Found("FEATURE_MISSING", message, ("textract", "features"), _listed(sorted(lacking)))


def queries(spec: Any, data: Any) -> Iterator[Found]:
    known = spec["textract"]["queries"]
    questions = {normalize(text) for text in known.values()}
    used = set()
    for path, source in _sources(spec):
        if source["kind"] != "query":
            continue
        name = source["args"]["name"]
        used.add(name)
        if name not in known and normalize(name) not in questions:
            near = _nearest(name, list(known))
            message = f"There is no query `{name}`{_hint(near) or ' under textract.queries'}"
            yield Found("QUERY_UNKNOWN", message, path, _listed(known) or None, near)


def labels(spec: Any, data: Any) -> Iterator[Found]:
    """A label without a letter or digit matches nothing."""
    for path, source in _sources(spec):
        for text in _labels_of(source):
            if not normalize(text.replace("*", "")):
                yield Found("LABEL_EMPTY", f"`{text}` has no letter or digit: it can match nothing", path)
    for path, table in _tables(spec):
        for name, column in table["columns"].items():
            if not any(word in column for word in ("header", "column", "row", "source")):
                yield Found(
                    "COLUMN_WHERE",
                    f"`{name}` says neither header nor column nor row nor from",
                    (*path, "columns", name),
                )
        if not table["where"] and not table.get("repeat") and not any("header" in c for c in table["columns"].values()):
            yield Found("TABLE_WHERE", "Nothing says which table this is", path, "where, or columns with headers")


LABEL_WORDS = ("labels", "question", "after", "before", "right_of", "left_of", "below", "above", "by")


def _labels_of(source: dict[str, Any]) -> list[str]:
    args = source["args"]
    found = [text for name in LABEL_WORDS for text in args.get(name) or []]
    if source["kind"] == "checkbox":
        found += args.get("label") or list(args.get("options") or {})
    found += [text for heading in source["where"].get("section", []) for text in heading["heading"]]
    return list(map(str, found))


def patterns(spec: Any, data: Any) -> Iterator[Found]:
    for path, source in _sources(spec):
        if source["kind"] == "line":
            yield from _pattern(source["args"]["pattern"], path, wants_value=True)
        yield from _patterns_of(source, path)
    for path, typed in _typed(spec):
        yield from _patterns_of(typed, path)


def _patterns_of(part: dict[str, Any], path: Path) -> Iterator[Found]:
    for step in part["clean"]:
        argument = step.get("argument")
        if step["step"] == "extract":
            yield from _pattern(str(argument), (*path, "clean"), wants_value=True)
        elif step["step"] == "remove":
            for pattern in argument if isinstance(argument, list) else [argument]:
                yield from _pattern(str(pattern), (*path, "clean"))
        elif step["step"] == "replace" and isinstance(argument, dict):
            for pattern in argument:
                yield from _pattern(pattern, (*path, "clean"))
    if "pattern" in part["check"]:
        yield from _pattern(part["check"]["pattern"], (*path, "check", "pattern"))


def _pattern(pattern: str, path: Path, *, wants_value: bool = False) -> Iterator[Found]:
    try:
        groups = compiled(pattern).groupindex
        has_groups = compiled(pattern).groups > 0
    except PatternError as error:
        yield Found("PATTERN", f"This is not a regular expression of RE2: {error}", path)
        return
    if wants_value and has_groups and "value" not in groups:
        message = (
            "The expression has groups, but none of them is named `value`: write (?P<value>…), or (?:…) for the others"
        )
        yield Found("PATTERN_VALUE", message, path)


def types(spec: Any, data: Any) -> Iterator[Found]:
    """Checks and options that the type cannot have."""
    from mapping_specs.engine.types.dates import format_pattern

    for path, typed in _typed(spec):
        kind = typed["type"]
        if kind == "enum" and not typed.get("options"):
            yield Found("OPTIONS_MISSING", "An enum says its options", path, "options")
        if "unit" in typed and kind not in ("integer", "number", "money"):
            yield Found("UNIT", f"A {kind} has no unit", (*path, "unit"))
        if "format" in typed:
            if kind not in ("date", "datetime"):
                yield Found("FORMAT", f"A {kind} has no format", (*path, "format"))
            else:
                try:
                    format_pattern(typed["format"])
                except ValueError as error:
                    yield Found("FORMAT", str(error), (*path, "format"), "DD/MM/YYYY")
        yield from _bounds(typed, path)


def _bounds(typed: dict[str, Any], path: Path) -> Iterator[Found]:
    check, kind = typed["check"], typed["type"]
    numeric = kind in ("integer", "number", "money", "percent")
    for name in ("min", "max"):
        if name in check and numeric and (isinstance(check[name], str | bool)):
            yield Found("CHECK_TYPE", f"`{name}` of a {kind} is a number", (*path, "check", name))
        if name in check and kind in ("boolean", "enum"):
            yield Found("CHECK_TYPE", f"A {kind} has no `{name}`", (*path, "check", name))
    if "min" in check and "max" in check and type(check["min"]) is type(check["max"]) and check["min"] > check["max"]:
        yield Found("CHECK_NEVER", "`min` is above `max`: nothing can pass", (*path, "check"))


def reachable(spec: Any, data: Any) -> Iterator[Found]:
    """A source after one that always yields is never asked."""
    for path, field in _fields(spec):
        for number, source in enumerate(field["sources"][:-1]):
            if source["kind"] == "value" and field["pick"] == "first":
                yield Found(
                    "UNREACHABLE", "A constant always yields: no later source is asked", (*path, "from", number + 1)
                )
                break
        seen: list[Any] = []
        for number, source in enumerate(field["sources"]):
            if source in seen:
                yield Found("UNREACHABLE", "The same source stands before this one", (*path, "from", number))
            seen.append(source)


def expressions(spec: Any, data: Any) -> Iterator[Found]:
    known = {name for part in (spec, *spec["variants"]) for name in part["fields"]}
    tables = {name for part in (spec, *spec["variants"]) for name in part["tables"]}
    known |= {f"{name}_currency" for name, field in spec["fields"].items() if field["type"] == "money"}
    for path, text, reads_fields in _expressions(spec):
        try:
            expression = compile_expression(text)
        except UnknownFunction as error:
            near = _nearest(error.name, sorted(FUNCTION_NAMES))
            yield Found("EXPRESSION", f"{error}{_hint(near)}", path, _listed(sorted(FUNCTION_NAMES)), near)
            continue
        except ExpressionError as error:
            yield from list(_bare_words(text, path)) or [Found("EXPRESSION", f"{error}", path)]
            continue
        yield from _bare_words(text, path)
        if reads_fields:
            yield from _unknown(expression.fields, known, "field", path)
            yield from _unknown(expression.tables, tables, "table", path)


def _expressions(spec: Any) -> Iterator[tuple[Path, str, bool]]:
    for path, source in _sources(spec):
        if source["kind"] in ("jmespath", "computed"):
            yield path, source["args"]["expression"], source["kind"] == "computed"
    for path, field in _fields(spec):
        if field["confidence"] not in ("min", "mean", "product"):
            yield (*path, "confidence"), field["confidence"], False
    for path, table in _tables(spec):
        for skip in table["skip"]:
            if "expression" in skip:
                yield (*path, "skip"), skip["expression"], False
        if "jmespath" in table["where"]:
            yield (*path, "where", "jmespath"), table["where"]["jmespath"], False
    for number, rule in enumerate(spec["rules"]):
        yield ("rules", number, "assert"), rule["assert"], True


def _unknown(names: frozenset[str], known: set[str], kind: str, path: Path) -> Iterator[Found]:
    for name in sorted(names - known):
        near = _nearest(name, sorted(known))
        yield Found("NAME_UNKNOWN", f"There is no {kind} `{name}`{_hint(near)}", path, _listed(sorted(known)), near)


def _bare_words(text: str, path: Path) -> Iterator[Found]:
    """What JMESPath takes for a field's name or a text, and an analyst means as a number or a boolean."""
    quoteless = re.sub(r"`[^`]*`", "``", text)
    if re.search(r"[<>=]=?\s*-?\d", re.sub(r"'[^']*'", "''", quoteless)):
        yield Found("BARE_NUMBER", "A number in an expression stands in backticks", path, "x > `5`")
    if match := re.search(r"[!=]=\s*'(true|false)'", quoteless):
        message = f"'{match[1]}' is a text, and booleans are real ones here: write `{match[1]}` in backticks"
        yield Found("QUOTED_BOOLEAN", message, path)


def cycles(spec: Any, data: Any) -> Iterator[Found]:
    reads: dict[str, set[str]] = {}
    for name, field in spec["fields"].items():
        for source in field["sources"]:
            if source["kind"] == "computed":
                try:
                    reads.setdefault(name, set()).update(compile_expression(source["args"]["expression"]).fields)
                except ExpressionError:
                    continue
    for name in reads:
        if name in _reached(name, reads):
            yield Found("CYCLE", f"`{name}` is computed from itself", ("fields", name, "from"))


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
    both = set(spec["fields"]) & set(spec["tables"])
    for name in sorted(both):
        yield Found("NAME_TWICE", f"`{name}` is a field and a table", ("tables", name))
    if len(spec["fields"]) > MAX_FIELDS:
        yield Found("TOO_MANY", f"A spec has at most {MAX_FIELDS} fields", ("fields",))
    for path, table in _tables(spec):
        for name in table["fill_down"]:
            if name not in table["columns"]:
                near = _nearest(name, list(table["columns"]))
                message = f"There is no column `{name}`{_hint(near)}"
                yield Found("NAME_UNKNOWN", message, (*path, "fill_down"), _listed(table["columns"]), near)
    for path, source in _sources(spec):
        wanted = source["args"].get("table") or {}
        if "name" in wanted and wanted["name"] not in spec["tables"]:
            near = _nearest(wanted["name"], list(spec["tables"]))
            message = f"There is no table `{wanted['name']}` in this spec{_hint(near)}"
            yield Found("NAME_UNKNOWN", message, path, _listed(spec["tables"]) or None, near)
    seen: set[str] = set()
    for number, rule in enumerate(spec["rules"]):
        if rule["id"] in seen:
            yield Found("NAME_TWICE", f"There are two rules `{rule['id']}`", ("rules", number, "id"))
        seen.add(rule["id"])


def checkboxes(spec: Any, data: Any) -> Iterator[Found]:
    for path, source in _sources(spec):
        if source["kind"] == "checkbox" and "label" not in source["args"] and not source["args"]["options"]:
            yield Found("OPTIONS_MISSING", "This check box says neither a label nor options", path, "options")


MEANINGS = (apis, queries, labels, patterns, types, reachable, expressions, cycles, names, checkboxes)

"""Short forms written out, libraries and defaults filled in: from what the analyst wrote to what the engine runs."""

from __future__ import annotations

from typing import Any

from mapping_specs.engine.arguments import ARGUMENTS, KINDS, given, texts
from mapping_specs.engine.features import textract_request
from mapping_specs.engine.overlaying import field_over, long_column, table_over
from mapping_specs.engine.resolved import (
    Checks,
    Column,
    Field,
    Heading,
    ResolvedSpec,
    Source,
    Step,
    Table,
    TableWhere,
    Where,
)

LOCALE = {"country": None, "day_first": True, "currency": None, "year_from": 1950}
# CLDR: countries whose short date begins with the month.
MONTH_FIRST_COUNTRIES = frozenset("AS FM GU MH MP PH PR PW US VI".split())
REVIEW_BELOW_PERCENT = 80.0
YES_NO: dict[str, Any] = {"Yes": True, "No": False}
YES_NO_BY_COUNTRY: dict[str, dict[str, Any]] = {
    "KE": {"Ndiyo": True, "Hapana": False},
    "TZ": {"Ndiyo": True, "Hapana": False},
}
WHOLE_PAGE = {"left": 0, "top": 0, "right": 100, "bottom": 100}
SKIP_KINDS = ("section", "summary")


def resolve(data: dict[str, Any]) -> ResolvedSpec:
    """Of data that the schema accepts."""
    sections = {name: _heading(value, {}) for name, value in (data.get("sections") or {}).items()}
    locale = _locale(data.get("locale") or {})
    maker = _Maker(sections, locale)
    fields = {name: maker.field(name, value) for name, value in (data.get("fields") or {}).items()}
    tables = {name: maker.table(value) for name, value in (data.get("tables") or {}).items()}
    variants = [maker.variant(variant, data) for variant in data.get("variants") or []]
    spec: dict[str, Any] = {
        "spec": 1,
        "doc_type": data["doc_type"],
        "title": data.get("title") or data["doc_type"].replace("_", " ").capitalize(),
        "locale": locale,
        "blank": [str(word) for word in data.get("blank") or []],
        "recognize": _when(data.get("recognize")),
        "sections": sections,
        "fields": fields,
        "tables": tables,
        "variants": variants,
        "rules": [_rule(rule) for rule in data.get("rules") or []],
    }
    spec["textract"] = textract_request(spec, data.get("textract") or {})
    return _with_plain_numbers(spec)


def _locale(given: dict[str, Any]) -> dict[str, Any]:
    return {**LOCALE, "day_first": given.get("country") not in MONTH_FIRST_COUNTRIES, **given}


def _with_plain_numbers(value: Any) -> Any:
    """A number that stays a number needs no memory of how it was typed."""
    if isinstance(value, dict):
        return {name: _with_plain_numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(one) for one in value]
    return float(value) if isinstance(value, float) else value


def _rule(rule: dict[str, Any]) -> Any:
    texts = {name: str(rule[name]) for name in ("id", "assert", "message")}
    return {"severity": "warning", **rule, **texts}


def _when(when: dict[str, Any] | None) -> dict[str, Any] | None:
    if not when:
        return None
    return {name: texts(value) if name.endswith("_text") else value for name, value in when.items()}


def _heading(value: Any, sections: dict[str, Heading]) -> Heading:
    """A name of `sections`, a printed text, or the long form."""
    if isinstance(value, dict):
        heading: Heading = {"heading": texts(value["heading"])}
        if "nth" in value:
            heading["nth"] = value["nth"]
        if "until" in value:
            heading["until"] = texts(value["until"])
        return heading
    if isinstance(value, str) and value in sections:
        return sections[value]
    return {"heading": texts(value)}


class _Maker:
    """What all parts of one spec share: its sections and its locale."""

    def __init__(self, sections: dict[str, Heading], locale: dict[str, Any]) -> None:
        self.sections = sections
        self.locale = locale

    def field(self, name: str, value: Any) -> Field:
        if not isinstance(value, dict):
            value = {"from": {"key": value}}
        sources = value["from"] if isinstance(value["from"], list) else [value["from"]]
        kind = value.get("type", "string")
        field: dict[str, Any] = {
            "type": kind,
            "required": value.get("required", False),
            "pii": value.get("pii", False),
            "review_below": float(value.get("review_below", REVIEW_BELOW_PERCENT)),
            "sources": [self.source(source, kind) for source in sources],
            "clean": _steps(value.get("clean")),
            "check": _checks(value.get("check")),
            "pick": value.get("pick", "first"),
            "confidence": str(value.get("confidence", "min")),
            "title": value.get("title") or name.replace("_", " ").capitalize(),
            **_format(value),
            **given(value, "unit", "description"),
        }
        options = value.get("options") or _options_of_sources(field["sources"], kind)
        if options:
            field["options"] = _options(options)
        return field  # type: ignore[return-value]

    def source(self, value: Any, kind_of_field: str) -> Source:
        if not isinstance(value, dict):
            value = {"key": value}
        kind = next(name for name in KINDS if name in value)
        args = ARGUMENTS[kind](value[kind], value)
        if kind == "checkbox":
            args = self._checkbox(args, kind_of_field)
        source: dict[str, Any] = {
            "kind": kind,
            "args": args,
            "where": self.where(value),
            "nth": value.get("nth"),
            "all": value.get("all", False),
            "join": value.get("join", ", "),
            "clean": _steps(value.get("clean")),
            "check": _checks(value.get("check")),
        }
        if kind == "cell":
            self._cell(source)
        return source  # type: ignore[return-value]

    def _checkbox(self, args: dict[str, Any], kind_of_field: str) -> dict[str, Any]:
        if "label" in args:
            return args
        if args["options"] is None:
            country = YES_NO_BY_COUNTRY.get(str(self.locale["country"]), {})
            args["options"] = {**YES_NO, **country} if kind_of_field == "boolean" else {}
        return args

    def _cell(self, source: dict[str, Any]) -> None:
        """`nth` beside a cell names a row, `section` first a section-title row of the table."""
        source["args"]["row_nth"], source["nth"] = source["nth"], None
        if "section" in source["where"]:
            source["args"]["section"] = source["where"].pop("section")
        table = source["args"]["table"]
        source["args"]["table"] = self.table_where(table) if isinstance(table, dict) else {"name": table}

    def where(self, value: dict[str, Any]) -> Where:
        where: dict[str, Any] = given(value, "page", "document")
        if "section" in value:
            where["section"] = self.section(value["section"])
        if "area" in value:
            where["area"] = {side: float(percent) for side, percent in {**WHOLE_PAGE, **value["area"]}.items()}
        return where  # type: ignore[return-value]

    def section(self, value: Any) -> list[Heading]:
        return [_heading(one, self.sections) for one in (value if isinstance(value, list) else [value])]

    def table_where(self, value: dict[str, Any] | None) -> TableWhere:
        where: dict[str, Any] = given(value or {}, "expense", "jmespath", "page", "nth")
        if "jmespath" in where:
            where["jmespath"] = str(where["jmespath"])
        for name in ("headers", "rows"):
            if value and name in value:
                where[name] = [texts(one) for one in value[name]]
        if value and "title" in value:
            where["title"] = texts(value["title"])
        if value and "section" in value:
            where["section"] = self.section(value["section"])
        return where  # type: ignore[return-value]

    def table(self, value: dict[str, Any]) -> Table:
        skip = value.get("skip") or []
        table: dict[str, Any] = {
            "where": self.table_where(value.get("where")),
            "columns": {
                name: self.column(column, repeated="repeat" in value) for name, column in value["columns"].items()
            },
            "skip": [_skip(one) for one in (skip if isinstance(skip, list) else [skip])],
            "fill_down": list(map(str, value.get("fill_down") or [])),
            "header_rows": value.get("header_rows"),
            "required": value.get("required", False),
        }
        if "repeat" in value:
            table["repeat"] = texts(value["repeat"])
        return table  # type: ignore[return-value]

    def column(self, value: Any, *, repeated: bool) -> Column:
        """In a table of sections what names a header elsewhere is a label."""
        value = long_column(value)
        if repeated and "header" in value and "from" not in value:
            value["from"] = {"key": value.pop("header")}
        column: dict[str, Any] = {
            "type": value.get("type", "string"),
            "pii": value.get("pii", False),
            "optional": value.get("optional", False),
            "clean": _steps(value.get("clean")),
            "check": _checks(value.get("check")),
            **_format(value),
            **given(value, "column", "row", "unit"),
        }
        if "header" in value:
            column["header"] = texts(value["header"])
        if "options" in value:
            column["options"] = _options(value["options"])
        if "from" in value:
            column["source"] = self.source(value["from"], column["type"])
        return column  # type: ignore[return-value]

    def variant(self, value: dict[str, Any], data: dict[str, Any]) -> Any:
        """A variant's field is the spec's own with what the variant says of it."""
        fields = {
            name: self.field(name, field_over((data.get("fields") or {}).get(name), field))
            for name, field in (value.get("fields") or {}).items()
        }
        tables = {
            name: self.table(table_over((data.get("tables") or {}).get(name, {}), table))
            for name, table in (value.get("tables") or {}).items()
        }
        return {"when": _when(value["when"]), "fields": fields, "tables": tables}


def _skip(value: Any) -> dict[str, str]:
    return {"kind": value} if value in SKIP_KINDS else {"expression": str(value)}


def _format(value: dict[str, Any]) -> dict[str, str]:
    return {"format": str(value["format"])} if "format" in value else {}


def _steps(value: Any) -> list[Step]:
    steps = value if isinstance(value, list) else ([] if value is None else [value])
    return [_step(step) for step in steps]


def _step(step: Any) -> Step:
    if isinstance(step, str):
        return {"step": step}
    name, argument = next(iter(step.items()))
    if isinstance(argument, dict):
        argument = {printed: _scalar_text(text) for printed, text in argument.items()}
    elif name != "line":
        argument = texts(argument) if isinstance(argument, list) else str(argument)
    return {"step": name, "argument": argument}


def _checks(value: dict[str, Any] | None) -> Checks:
    checks: dict[str, Any] = dict(value or {})
    if "pattern" in checks:
        checks["pattern"] = str(checks["pattern"])
    if "one_of" in checks:
        checks["one_of"] = texts(checks["one_of"])
    return checks  # type: ignore[return-value]


def _options(value: Any) -> dict[str, str]:
    if isinstance(value, list):
        return {str(option): str(option) for option in value}
    return {str(printed): _scalar_text(option) for printed, option in value.items()}


def _scalar_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _options_of_sources(sources: list[Source], kind: str) -> Any:
    """An enum read from boxes has their options."""
    if kind != "enum":
        return None
    found: dict[str, Any] = {}
    for source in sources:
        if source["kind"] == "checkbox":
            found.update(source["args"].get("options") or {})
            found.update({str(source["args"]["else"]): str(source["args"]["else"])} if "else" in source["args"] else {})
    return found

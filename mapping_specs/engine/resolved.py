"""The resolved spec: what `load_spec` makes of an analyst's YAML and what `extract` runs.

Short forms are written out, libraries and defaults are filled in, names are settled, so the engine never asks
"which form did they use". It is plain JSON: the bundle carries exactly this.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

TypeName = Literal[
    "string",
    "integer",
    "number",
    "money",
    "percent",
    "date",
    "time",
    "datetime",
    "boolean",
    "enum",
    "phone",
    "email",
]
MatchMode = Literal["fuzzy", "exact"]


class Heading(TypedDict):
    """One step of a section path; `until` comes from the spec's `sections`."""

    heading: list[str]
    nth: NotRequired[int]
    until: NotRequired[list[str]]


class Area(TypedDict):
    """Percent of the turned page, 0–100."""

    left: float
    top: float
    right: float
    bottom: float


class Where(TypedDict, total=False):
    section: list[Heading]
    """From the outer to the inner."""
    page: int
    area: Area
    document: int


class Step(TypedDict):
    """One cleaning step: `{"step": "collapse"}`, `{"step": "line", "argument": 2}`."""

    step: str
    argument: NotRequired[Any]


class Checks(TypedDict, total=False):
    pattern: str
    min: Any
    max: Any
    length: Any
    one_of: list[str]
    checksum: str


class Source(TypedDict):
    """One source. `kind` names the function; `args` is what only this kind knows, always in its long form.

    args by kind:
        key       {"labels": [text], "match": MatchMode, "paired": bool, "whole_line": bool}
        checkbox  {"label": text} or {"question": text | None, "options": {label: value}, "choose": text, "else": value}
                  options maps each printed label (or synonym) to the value it stands for
        query     {"name": alias or question text}
        cell      {"table": TableWhere | {"name": text}, "row": text | int | {header: text} | None,
                   "section": text | None,
                   "column": text | [text] | int, "column_nth": int | None}
        line      {"pattern": RE2, "after": [text] | None, "before": [text] | None}
        near      {"right_of": [text], "left_of": …, "below": …, "above": …, "skip": int, "within": percent | None}
        expense   {"type": text, "label": [text] | "none" | None, "group": text | None}
        identity  {"type": text}
        signature {"by": [text] | None}                    None: any signature
        jmespath  {"expression": text}
        computed  {"expression": text}
        value     {"value": text | number | bool}
    """

    kind: str
    args: dict[str, Any]
    where: Where
    nth: int | None
    all: bool
    join: str
    clean: list[Step]
    check: Checks


class Field(TypedDict):
    type: TypeName
    required: bool
    pii: bool
    review_below: float
    sources: list[Source]
    clean: list[Step]
    check: Checks
    pick: Literal["first", "best"]
    confidence: str
    """`min`, `mean`, `product`, or a JMESPath expression over `node`."""
    format: NotRequired[str]
    unit: NotRequired[str]
    options: NotRequired[dict[str, str]]
    """enum: printed word → value."""
    title: NotRequired[str]
    description: NotRequired[str]


class TableWhere(TypedDict, total=False):
    """All given must hold; `nth` chooses when several tables fit."""

    headers: list[list[str]]
    """Each header with its synonyms."""
    rows: list[str]
    title: list[str]
    expense: str
    jmespath: str
    page: int
    section: list[Heading]
    nth: int
    document: int
    """Of several in an answer of AnalyzeExpense: its line items."""


class Column(TypedDict):
    """`header` (with synonyms), `column` (position from 1) or `row: section`."""

    type: TypeName
    pii: bool
    optional: bool
    clean: list[Step]
    check: Checks
    header: NotRequired[list[str]]
    column: NotRequired[int]
    row: NotRequired[Literal["section"]]
    options: NotRequired[dict[str, str]]
    format: NotRequired[str]
    unit: NotRequired[str]
    source: NotRequired[Source]
    """In a table of repeated sections the column is an ordinary source, evaluated in each section."""


class Table(TypedDict):
    where: TableWhere
    columns: dict[str, Column]
    skip: list[dict[str, str]]
    """`{"kind": "section" | "summary"}` or `{"expression": JMESPath}`."""
    fill_down: list[str]
    header_rows: int | None
    repeat: NotRequired[list[str]]
    required: bool


class Variant(TypedDict):
    """`fields` and `tables` are complete: each already merged with the spec's own of that name."""

    when: dict[str, Any]
    fields: dict[str, Field]
    tables: dict[str, Table]


Rule = TypedDict(
    "Rule",
    {"id": str, "assert": str, "message": str, "severity": Literal["warning", "error"]},
)


class Locale(TypedDict):
    country: str | None
    day_first: bool
    currency: str | None
    year_from: int


class TextractRequest(TypedDict):
    """What a page must be asked for; derived from the sources, plus what the spec adds."""

    api: Literal["DetectDocumentText", "AnalyzeDocument", "AnalyzeExpense", "AnalyzeID"]
    features: list[str]
    queries: dict[str, str]
    """alias → question text."""


class ResolvedSpec(TypedDict):
    spec: int
    doc_type: str
    title: str
    locale: Locale
    blank: list[str]
    textract: TextractRequest
    recognize: dict[str, Any] | None
    sections: dict[str, Heading]
    fields: dict[str, Field]
    tables: dict[str, Table]
    variants: list[Variant]
    rules: list[Rule]

"""Specs grown from the language's own schema, and answers grown from Textract's blocks: nothing raises, nothing drifts.

What `check_spec` accepts, `extract` and `explain` survive on every document, with JSON as the result, the same every
time. The same examples every run; more of them: `--hypothesis-profile` or a larger MAX_EXAMPLES.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_specs import ResponseError, Spec, View, build_view, check_spec, explain, extract, load_spec
from mapping_specs.schema import spec_schema
from tests.engine.pages import Drawing
from tests.engine.scanning import turned

MAX_EXAMPLES = 250
SETTINGS = settings(
    max_examples=MAX_EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
PAGE = """\
OWNER                    VEHICLE
Name: Grace Wanjiku      Make: Toyota
Town: Nairobi            Weight: 1,180 kg
Signed:                  Bought: 02/03/2015

Sex   [x] Male   [ ] Female
Total 12.50
Total: KES 7"""
LABELS = [
    "Name",
    "Name:",
    "Town",
    "OWNER",
    "Vehicle",
    "Weight",
    "Total",
    "Sex",
    "Male",
    "Female",
    "Item",
    "Qty",
    "Rice",
]
LABELS += [
    "Bought",
    "Signed",
    "Grace Wanjiku",
    "T*",
    "*",
    "#",
    "---",
    "Nowhere",
    "TOTAL",
    "FIRST_NAME",
    "x",
    "12",
    "none",
]
PATTERNS = [
    r"\d+",
    r"(?P<value>\w+)",
    r"^(?P<value>.*)$",
    "",
    "(",
    "a*",
    r"(\d)(\w)",
    ".",
    r"(?P<value>x)?\w",
    r"\b",
    "$",
]
REPLACEMENTS = ["", "x", r"\1", r"\2", "\\", r"\g<value>", "$1", r"\0"]
EXPRESSIONS = [
    *(
        "lines[0]",
        "lines[*].text",
        "key_values[?label=='Name'].value",
        "tables[0]",
        "tables[0].rows",
        "pages",
        "@",
        "lines",
    ),
    *(
        "fields.first",
        "fields.second",
        "add(fields.first, fields.second)",
        "tables.rows[0].first",
        "fields.[first, second]",
    ),
    *("fields.first > `1`", "length(lines) > `5`", "sum(lines[].page)", "max(lines[].confidence)", "avg(`[]`)", "`{}`"),
    *(
        "first",
        "starts_with(first, 'R')",
        "section",
        "summary",
        "min",
        "mean",
        "product",
        "node.ocr_confidence",
        "`[1, [2]]`",
    ),
    *(
        "near(lines, 'right_of', 'Total')",
        "near(key_values, 'below', 'Name')",
        "selections",
        "map(&page, lines)",
        "``",
        "'",
    ),
    *(
        "sort_by(lines, &page)",
        "to_array(lines)",
        "to_number('nan')",
        "multiply(`1e300`, `1e300`)",
        "keys(@)",
        "merge(@, @)",
    ),
    *(
        "join(', ', lines[].text)",
        "reverse(lines)",
        "split(lines[0].text, ' ')",
        "divide(`1`, `0`)",
        "lines[0].box",
        "null",
    ),
]
NAMES = ["first", "second", "third", "first_currency", "rows"]
SPECIAL = {
    **dict.fromkeys(("line", "pattern", "extract", "remove"), PATTERNS),
    **dict.fromkeys(("jmespath", "computed", "expression", "assert", "skip", "confidence"), EXPRESSIONS),
    **dict.fromkeys(("fill_down", "name", "id"), NAMES),
    "format": ["YYYY/DD/MM", "DD.MM.YY", "D MMM YYYY", "MM", "(", "YYYY"],
    "extends": ["kenya/base", "kenya", "x"],
    "doc_type": ["form"],
    "country": ["KE", "DE", "US", "XX"],
    "currency": ["KES", "USD", "XXX"],
}
NUMBERS = st.sampled_from([0, 1, 2, 3, -1, 7, 0.5, 12.5, 50, 80, 100, 1940, 10**12, -(10**12)])


# --- specs -----------------------------------------------------------------------------------------------------------


@st.composite
def grown(draw: st.DrawFn, schema: dict[str, Any], word: str = "") -> Any:
    """A value that the schema accepts, nearly always; `word` is the keyword it stands under."""
    if "$ref" in schema:
        return draw(grown(spec_schema()["$defs"][schema["$ref"].rpartition("/")[2]], word))
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if "anyOf" in schema:
        return draw(grown(draw(st.sampled_from(schema["anyOf"])), word))
    kind = schema["type"]
    if isinstance(kind, list):
        kind = draw(st.sampled_from(["string", *kind])) if "string" in kind else draw(st.sampled_from(kind))
    return draw(GROWN[kind](schema, word))


@st.composite
def grown_object(draw: st.DrawFn, schema: dict[str, Any], word: str) -> dict[str, Any]:
    if "properties" not in schema:
        names = NAMES if "propertyNames" in schema else PATTERNS if word == "replace" else LABELS
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        inner = "replacement" if word == "replace" else word
        return {name: draw(grown(schema["additionalProperties"], inner)) for name in chosen}
    known, needed = schema["properties"], list(schema.get("required", []))
    if word == "from" or "key" in known:
        needed = [draw(st.sampled_from([name for name in known if name in SOURCE_NAMES]))]
        known = {name: part for name, part in known.items() if name not in SOURCE_NAMES or name in needed}
    most = min(schema.get("maxProperties", 99), len(needed) + 3)
    extra = draw(st.lists(st.sampled_from(list(known)), max_size=max(0, most - len(needed)), unique=True))
    return {name: draw(grown(known[name], name)) for name in dict.fromkeys([*needed, *extra])}


def grown_text(schema: dict[str, Any], word: str) -> st.SearchStrategy[str]:
    return st.sampled_from(REPLACEMENTS if word == "replacement" else SPECIAL.get(word, LABELS))


def grown_list(schema: dict[str, Any], word: str) -> st.SearchStrategy[list[Any]]:
    return st.lists(grown(schema["items"], word), min_size=1, max_size=3)


SOURCE_NAMES = tuple("key checkbox query cell line near expense identity signature jmespath computed value".split())
GROWN: dict[str, Any] = {
    "object": grown_object,
    "array": grown_list,
    "string": grown_text,
    "number": lambda schema, word: NUMBERS,
    "integer": lambda schema, word: NUMBERS.map(int),
    "boolean": lambda schema, word: st.booleans(),
}
SPECS = grown(spec_schema()).map(
    lambda spec: {**spec, "textract": {"queries": {"Name": "What is the name?", "x": "Total?"}}}
)
FIELDS = grown(spec_schema()["$defs"]["field"], "")
TABLES = grown(spec_schema()["$defs"]["table"], "")


def written(spec: Any) -> str:
    return yaml.safe_dump(spec, sort_keys=False, allow_unicode=True)


@cache
def documents() -> list[View]:
    drawing = Drawing()
    drawing.page(1, PAGE)
    for key, value in (("Name:", "Grace Wanjiku"), ("Weight:", "1,180 kg"), ("Signed:", None), ("Male", "[x]")):
        drawing.pair(key, value)
    drawing.table({"rows": [["Item", "Qty"], ["Rice", "2"], ["Total", "2"]], "header": 1})
    drawing.query("Name", "What is the name?", "Grace")
    drawing.query("x", "Total?", None)
    drawing.add("SIGNATURE", 1, (0.1, 0.1, 0.2, 0.02), Confidence=90.0)
    detected = {"Text": "12.50", "Confidence": 90.0}
    field = {"Type": {"Text": "TOTAL"}, "LabelDetection": {"Text": "Total"}, "ValueDetection": detected}
    items = [{"LineItems": [{"LineItemExpenseFields": [field, {**field, "Type": {"Text": "OTHER"}}]}]}]
    return [
        build_view({"Blocks": drawing.blocks}),
        build_view({"Blocks": turned(drawing.blocks, 98)}),
        build_view({"Blocks": []}),
        build_view({"ExpenseDocuments": [{"SummaryFields": [field], "LineItemGroups": items}]}),
        build_view({"IdentityDocuments": [{"IdentityDocumentFields": [{**field, "Type": {"Text": "FIRST_NAME"}}]}]}),
    ]


def survives(spec: Any) -> None:
    """Refused with problems, or it maps every document to the same JSON again and again."""
    text = written(spec)
    problems = check_spec(text)
    for problem in problems:
        assert problem.code
        assert problem.message
    if problems:
        return
    for view in documents():
        result = extract(view, load_spec(text))
        assert json.dumps(result, allow_nan=False) == json.dumps(extract(view, Spec(load_spec(text).resolved)))
        told = explain(view, load_spec(text))
        assert {name: told[name] for name in result} == result
        json.dumps(told, allow_nan=False)
        assert_is_the_contract_s(result)


def assert_is_the_contract_s(result: dict[str, Any]) -> None:
    """`fields: Record<string, string | number>`; a percentage lies between 0 and 100; every field has its status."""
    for value in result["fields"].values():
        assert type(value) in (str, int, float)
    for percent in result["confidenceScores"].values():
        assert 0 <= percent <= 100
    assert set(result["fieldStatus"].values()) <= {"ok", "check", "missing", "retake"}
    assert {
        name for name in result["confidenceScores"] if result["fieldStatus"][name] in ("missing", "retake")
    } == set()
    assert all(name in result["fields"] for name, status in result["fieldStatus"].items() if status in ("ok", "check"))


@SETTINGS
@given(FIELDS, FIELDS)
def test_fields_of_the_schema_survive(first: Any, second: Any) -> None:
    queries = {"Name": "What is the name?", "x": "Total?"}
    head = {"spec": 1, "doc_type": "form", "textract": {"queries": queries}}
    survives({**head, "fields": {"first": first, "second": second}})
    survives({"spec": 1, "doc_type": "form", "fields": {"first": second}})


@SETTINGS
@given(FIELDS, TABLES)
def test_tables_of_the_schema_survive(field: Any, table: Any) -> None:
    survives({"spec": 1, "doc_type": "form", "fields": {"first": "Name"}, "tables": {"rows": table}})
    survives({"spec": 1, "doc_type": "form", "fields": {"second": field}, "tables": {"rows": table}})


@SETTINGS
@given(SPECS)
def test_whole_specs_of_the_schema_survive(spec: Any) -> None:
    survives(spec)


# --- anything at all -------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [*spec_schema()["properties"], *spec_schema()["$defs"]["field"]["anyOf"][2]["properties"], *SOURCE_NAMES, *NAMES]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    st.floats(),
    st.sampled_from([*LABELS, *PATTERNS, *EXPRESSIONS]),
    st.text(max_size=20),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | SCALARS, inner, max_size=5),
    max_leaves=30,
)


@SETTINGS
@given(st.dictionaries(WORDS, TREES, max_size=6), st.booleans())
def test_check_never_raises_on_a_tree_of_keywords(tree: dict[Any, Any], whole: bool) -> None:
    head = {"spec": 1, "doc_type": "form", "fields": {"first": "Name"}} if whole else {}
    survives({**head, **tree})


@SETTINGS
@given(
    st.text(st.sampled_from("ab:-#?&*!|>'\"%@`{}[], \n\t\r\0é\ud800\ufeff0129."), max_size=60) | st.binary(max_size=40)
)
def test_check_never_raises_on_any_text(text: str | bytes) -> None:
    assert all(problem.code for problem in check_spec(text))


# --- answers ---------------------------------------------------------------------------------------------------------

ANYTHING: Any = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(["", "x", "Name:", "é" * 3_000, "\0", "12", "SELECTED"]),
    st.just([]),
    st.just({}),
    st.lists(st.none() | st.just({}) | st.just("x"), max_size=2),
)
IDS = st.sampled_from(["a", "b", "c", "d", "e", "f", "gone"])
FRACTIONS = st.floats(-0.2, 1.2) | st.floats() | st.just(0.5)
POINTS = st.fixed_dictionaries({"X": FRACTIONS, "Y": FRACTIONS})
BOXES = st.fixed_dictionaries(dict.fromkeys(("Left", "Top", "Width", "Height"), FRACTIONS))
KINDS = ["PAGE", "LINE", "WORD", "KEY_VALUE_SET", "TABLE", "CELL", "MERGED_CELL", "SELECTION_ELEMENT", "SIGNATURE"]
KINDS += ["QUERY", "QUERY_RESULT", "TABLE_TITLE", "TABLE_FOOTER", "LAYOUT_TITLE", "LAYOUT_"]
LINKS = st.fixed_dictionaries(
    {
        "Type": st.sampled_from(["CHILD", "VALUE", "MERGED_CELL", "ANSWER", "TABLE_TITLE", "TABLE_FOOTER"]) | ANYTHING,
        "Ids": st.lists(IDS | ANYTHING, max_size=4) | ANYTHING,
    }
)
INDEXES = st.integers(-1, 4) | ANYTHING
BLOCKS = st.fixed_dictionaries(
    {"BlockType": st.sampled_from(KINDS) | ANYTHING, "Id": IDS | ANYTHING},
    optional={
        "Page": st.integers(-1, 3) | ANYTHING,
        "Text": st.sampled_from(["Name:", "Grace", "Total 12", "Item"]) | ANYTHING,
        "Confidence": st.floats(0, 100) | ANYTHING,
        "Geometry": st.fixed_dictionaries(
            {},
            optional={"BoundingBox": BOXES | ANYTHING, "Polygon": st.lists(POINTS | ANYTHING, max_size=5) | ANYTHING},
        )
        | ANYTHING,
        "Relationships": st.lists(LINKS | ANYTHING, max_size=3) | ANYTHING,
        "EntityTypes": st.lists(
            st.sampled_from(["KEY", "VALUE", "COLUMN_HEADER", "TABLE_SUMMARY"]) | ANYTHING, max_size=2
        )
        | ANYTHING,
        "SelectionStatus": st.just("SELECTED") | ANYTHING,
        "RowIndex": INDEXES,
        "ColumnIndex": INDEXES,
        "Query": st.just({"Text": "Total?", "Alias": "x"}) | st.just({"Alias": 7}) | ANYTHING,
    },
)
DETECTIONS = st.fixed_dictionaries(
    {}, optional={"Text": st.just("TOTAL") | ANYTHING, "Confidence": ANYTHING, "Geometry": ANYTHING}
)
EXPENSE_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "Type": DETECTIONS | ANYTHING,
        "LabelDetection": DETECTIONS | ANYTHING,
        "ValueDetection": DETECTIONS | ANYTHING,
        "PageNumber": ANYTHING,
        "Currency": ANYTHING,
        "GroupProperties": st.lists(st.just({"Types": ["VENDOR", 7]}) | ANYTHING, max_size=2) | ANYTHING,
    },
)
ITEMS = st.fixed_dictionaries({"LineItemExpenseFields": st.lists(EXPENSE_FIELDS | ANYTHING, max_size=3) | ANYTHING})
GROUPS = st.fixed_dictionaries({"LineItems": st.lists(ITEMS | ANYTHING, max_size=2) | ANYTHING})
EXPENSES = st.fixed_dictionaries(
    {},
    optional={
        "SummaryFields": st.lists(EXPENSE_FIELDS | ANYTHING, max_size=3) | ANYTHING,
        "LineItemGroups": st.lists(GROUPS | ANYTHING, max_size=2) | ANYTHING,
        "IdentityDocumentFields": st.lists(EXPENSE_FIELDS | ANYTHING, max_size=3) | ANYTHING,
        "Blocks": st.lists(BLOCKS | ANYTHING, max_size=5) | ANYTHING,
    },
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "Blocks": st.lists(BLOCKS | ANYTHING, max_size=12) | ANYTHING,
        "DocumentMetadata": st.just({"Pages": 3}) | st.just({"Pages": 2**60}) | ANYTHING,
        "Warnings": st.lists(st.just({"Pages": [1, "x", 2**60]}) | ANYTHING, max_size=2) | ANYTHING,
        "JobStatus": st.sampled_from(["SUCCEEDED", "PARTIAL_SUCCESS"]) | ANYTHING,
        "NextToken": st.none() | ANYTHING,
    },
)
ANSWERS = st.one_of(
    st.fixed_dictionaries({"Blocks": st.lists(BLOCKS, max_size=25)}),
    PARTS,
    st.lists(PARTS | ANYTHING, max_size=3),
    st.fixed_dictionaries({"ExpenseDocuments": st.lists(EXPENSES | ANYTHING, max_size=2)}),
    st.fixed_dictionaries({"IdentityDocuments": st.lists(EXPENSES | ANYTHING, max_size=2)}),
    st.fixed_dictionaries({"responses": st.lists(PARTS, max_size=2), "request": ANYTHING}),
    ANYTHING,
)
READER = """
spec: 1
doc_type: form
recognize: {any_text: [Total], min_fields: 1}
sections: {all: {heading: Total, until: Name}}
fields:
  key: {from: [{key: Name, section: all}, {key: Name}]}
  box: {type: boolean, from: {checkbox: Name}}
  choice: {from: {checkbox: {question: Total, options: [Name, Grace]}}}
  query: {type: money, from: {query: x}}
  cell: {type: integer, from: {cell: {row: Grace, column: Item}}}
  line: {type: number, from: {line: 'Total (?P<value>.*)', after: Name}}
  near: {from: {near: {right_of: Name, below: Item}}}
  signed: {type: boolean, from: {signature: Name}}
  every: {from: {jmespath: "lines[].text", all: true}}
  sum: {type: number, from: {jmespath: "sum(lines[].confidence)"}}
tables:
  rows: {columns: {item: Item, second: {column: 2}, part: {row: section}}, fill_down: [item]}
  parts: {repeat: Total, columns: {name: {from: {key: Name}}}}
textract: {queries: {x: 'Total?'}}
"""
EXPENSE_READER = """
spec: 1
doc_type: form
fields:
  total: {type: money, from: [{expense: TOTAL, label: TOTAL}, {expense: TOTAL, group: VENDOR}, {expense: TOTAL}]}
tables:
  items: {where: {expense: line_items}, columns: {total: {header: TOTAL, type: money}, second: {column: 2}}}
"""
READERS = [load_spec(text) for text in (READER, EXPENSE_READER)]
READERS.append(load_spec("spec: 1\ndoc_type: form\nfields: {name: {type: date, from: {identity: TOTAL}}}\n"))


@SETTINGS
@given(ANSWERS)
def test_any_answer_is_refused_or_mapped(answer: Any) -> None:
    try:
        view = build_view(answer)
    except ResponseError:
        return
    json.dumps(view.to_dict(), allow_nan=False)
    for spec in READERS:
        result = explain(view, spec)
        json.dumps(result, allow_nan=False)
        assert_is_the_contract_s(result)

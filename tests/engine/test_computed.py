"""What `computed` fields and rules read: by it they are ordered, decided or not, and trusted."""

from __future__ import annotations

from typing import Any

import pytest

from mapping_specs import SpecError, build_view, extract, load_spec
from mapping_specs.engine.expressions import compile_expression
from tests.engine.pages import Drawing

PAGE = "First: Grace\nLast: Wanjiku\nNet: 100\nVat: 16.10\nPaid: no\nRemarks:"
PAIRS = [
    ["First:", "Grace"],
    ["Last:", "Wanjiku"],
    ["Net:", "100"],
    ["Vat:", "16.10"],
    ["Paid:", "no"],
    ["Remarks:", None],
]
FIELDS = """
  first: First
  last: Last
  net: {type: money, from: {key: Net}}
  vat: {type: number, from: {key: Vat}}
  paid: {type: boolean, from: {key: Paid}}
  remarks: Remarks
"""
TABLE = {"rows": [["Item", "Qty"], ["Rice", "2"], ["Beans", "3"]], "header": 1}
TABLES = "tables:\n  lines: {columns: {item: Item, qty: {header: Qty, type: integer}}}\n"


def result(fields: str = "", rest: str = "", confidence: float = 99.0) -> dict[str, Any]:
    drawing = Drawing(confidence=confidence)
    drawing.page(1, PAGE)
    for key, value in PAIRS:
        drawing.pair(str(key), value)
    drawing.table(TABLE)
    if confidence < 97:
        for block in drawing.blocks:
            block["Confidence"] = confidence
    text = f"spec: 1\ndoc_type: form\nlocale: {{currency: KES}}\nfields:\n{fields}{FIELDS}{rest}"
    return extract(build_view({"Blocks": drawing.blocks}), load_spec(text))


def computed(expression: str, kind: str = "string", **more: Any) -> Any:
    return result(f"  c: {{type: {kind}, from: {{computed: {quoted(expression)}}}}}\n", **more)["fields"].get("c")


def quoted(expression: str) -> str:
    return "'" + expression.replace("'", "''") + "'"


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("add(fields.net, fields.vat)", "number", 116.1),
        ("join(' ', [fields.first, fields.last])", "string", "Grace Wanjiku"),
        ("fields.net_currency", "string", "KES"),
        ("not_null(fields.remarks, fields.first)", "string", "Grace"),
        ("fields.remarks == null", "boolean", "true"),
        ("!(fields.paid)", "boolean", "true"),
        ("fields.paid == `false`", "boolean", "true"),
        ("sum(tables.lines[].qty)", "integer", 5),
        ("length(tables.lines[?qty > `2`])", "integer", 1),
        ("tables.lines[-1].item", "string", "Beans"),
        ("add(fields.net, fields.remarks)", "number", None),
        ("divide(fields.net, `0`)", "number", None),
        ("tables.lines[].item", "string", None),
        ("fields", "string", None),
    ],
)
def test_a_computed_field_is_of_what_it_reads(expression: str, kind: str, value: Any) -> None:
    assert computed(expression, kind, rest=TABLES) == value


def test_computed_fields_wait_for_those_they_read() -> None:
    fields = (
        "  third: {from: {computed: upper(fields.second)}}\n"
        "  second: {from: {computed: \"join(' ', [fields.one, fields.last])\"}}\n"
        "  one: {from: {computed: fields.first}}\n"
    )

    assert result(fields)["fields"]["third"] == "GRACE WANJIKU"


@pytest.mark.parametrize(
    "expression",
    [
        "join(' ', fields.[shout, last])",
        "join(' ', fields.{a: shout, b: last}.[a, b])",
        "join(' ', @.fields.[shout, last])",
        "join(' ', [fields.shout, fields.last])",
        "join(' ', [split(fields.shout, 'x')[0], fields.last])",
    ],
)
def test_they_wait_however_it_is_read(expression: str) -> None:
    fields = (
        f"  c: {{from: {{computed: {quoted(expression)}}}}}\n  shout: {{from: {{computed: upper(fields.first)}}}}\n"
    )

    assert result(fields)["fields"].get("c") == "GRACE Wanjiku"


@pytest.mark.parametrize(
    ("expression", "fields", "tables"),
    [
        ("fields.a", {"a"}, set()),
        ("fields.a.b", {"a"}, set()),
        ("fields.a[0]", {"a"}, set()),
        ("fields.[a, b]", {"a", "b"}, set()),
        ("fields.{x: a, y: b}", {"a", "b"}, set()),
        ("(fields).a", {"a"}, set()),
        ("@.fields.a", {"a"}, set()),
        ('fields."a"', {"a"}, set()),
        ("not_null(fields.a, fields.b)", {"a", "b"}, set()),
        ("tables.t[].x", set(), {"t"}),
        ("tables.t[0].x", set(), {"t"}),
        ("tables.t[*].x", set(), {"t"}),
        ("tables.t[?x > `1`].x | [0]", set(), {"t"}),
        ("length(tables.[t, u][])", set(), {"t", "u"}),
        ("'fields.a'", set(), set()),
        ("other.fields.a", set(), set()),
    ],
)
def test_what_an_expression_reads_is_known(expression: str, fields: set[str], tables: set[str]) -> None:
    compiled = compile_expression(expression)

    assert (set(compiled.fields), set(compiled.tables)) == (fields, tables)


# --- trust -----------------------------------------------------------------------------------------------------------


def test_it_is_trusted_as_the_least_of_what_it_read() -> None:
    found = result("  c: {type: number, from: {computed: 'add(fields.net, fields.vat)'}}\n", confidence=61.0)

    assert found["confidenceScores"]["c"] == 61.0
    assert found["fieldStatus"]["c"] == "check"


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        ("integer", "sum(tables.lines[].qty)"),
        ("integer", "tables.lines[0].qty"),
        ("string", "join(' ', fields.[first, last])"),
        ("string", "fields.net_currency"),
    ],
)
def test_it_is_no_constant_whatever_it_read(kind: str, expression: str) -> None:
    fields = f"  c: {{type: {kind}, from: {{computed: {quoted(expression)}}}}}\n"

    assert result(fields, TABLES, confidence=40.0)["fieldStatus"]["c"] == "check"


def test_a_currency_is_trusted_as_its_money_is() -> None:
    found = result("  c: {from: {computed: fields.net_currency}}\n")

    assert found["confidenceScores"]["c"] == found["confidenceScores"]["net"]


# --- rules -----------------------------------------------------------------------------------------------------------


def warnings(rule: str) -> list[str]:
    rules = f"rules:\n  - {{id: r, assert: {quoted(rule)}, message: No, severity: error}}\n"
    return [warning["code"] for warning in result(rest=TABLES + rules)["warnings"]]


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ("fields.net > `99`", []),
        ("fields.net > `100`", ["RULE_BROKEN"]),
        ("fields.paid == `false`", []),
        ("fields.paid", ["RULE_BROKEN"]),
        ("sum(tables.lines[].qty) == `5`", []),
        ("fields.remarks > `5`", []),
        ("!(fields.remarks > `5`)", []),
        ("length(fields.remarks) > `5`", []),
        ("sum(fields.[net, remarks]) > `500`", []),
        ("fields.remarks[0] == 'x'", []),
        ("fields.remarks == null", []),
        ("fields.remarks != null", ["RULE_BROKEN"]),
        ("not_null(fields.remarks, fields.first) == 'Grace'", []),
        ("abs(fields.first) > `5`", ["RULE_FAILED", "RULE_BROKEN"]),
    ],
)
def test_a_rule_that_reads_a_blank_is_not_decided_unless_it_tests_for_null(rule: str, codes: list[str]) -> None:
    assert warnings(rule) == codes


# --- the same every time ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expression", ["&fields", "to_string(&fields)", "to_string([&fields])", "[&fields][0]"])
def test_an_expression_s_own_address_is_no_value(expression: str) -> None:
    with pytest.raises(SpecError, match=r"`&` stands only in .*sort_by\(\)"):
        computed(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "to_number('1e400')",
        "to_number('NaN')",
        "to_number('-Infinity')",
        "multiply(`1e300`, `1e300`)",
        "avg([`1e308`, `1e308`])",
        "sum([`1e308`, `1e308`])",
        "round(`1e300`, `12`)",
        "ceil(to_number('1e999'))",
    ],
)
def test_a_number_without_end_is_nothing(expression: str) -> None:
    assert computed(expression, "number") is None

"""A problem leads the analyst to its place and out of it: code, line, column, path, the nearest valid name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mapping_specs import Problem, check_spec, load_spec

HEAD = "spec: 1\ndoc_type: form\n"
TRAPS = yaml.safe_load(Path(__file__).with_name("traps.yaml").read_text())
SCHEMA_WORDS = (
    "const",
    "anyOf",
    "non-empty",
    "should not be valid",
    "additionalProperties",
    "does not match",
    "['",
    "{'",
)
"""What the JSON Schema library says, and an analyst cannot read."""


def told(problem: Problem, wanted: dict[str, Any]) -> dict[str, Any]:
    """Of the problem what the trap speaks of."""
    parts = {name: getattr(problem, name) for name in wanted if name != "says"}
    if "says" in wanted:
        parts["says"] = wanted["says"] if wanted["says"] in problem.message else problem.message
    return parts


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap["name"])
def test_the_problem_is_told_at_its_place(trap: dict[str, Any]) -> None:
    problems = check_spec(HEAD + trap["text"])

    assert len(problems) == len(trap["problems"]), problems
    assert [told(*pair) for pair in zip(problems, trap["problems"], strict=True)] == trap["problems"]


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if trap["problems"]], ids=lambda trap: trap["name"])
def test_it_is_told_in_the_analyst_s_words(trap: dict[str, Any]) -> None:
    for problem in check_spec(HEAD + trap["text"]):
        assert problem.message
        assert [word for word in SCHEMA_WORDS if word in problem.message] == []


def test_all_problems_come_at_once_in_the_order_of_the_text() -> None:
    problems = check_spec(
        "spec: 1\ndoc_type: Motor Logbook\nfields:\n  owner: {from: {key: Owner, secton: A}}\n"
        "  born: {type: dat, from: {key: Born}}\nrulez: []\n"
    )

    assert [(one.code, one.line, one.suggestion) for one in problems] == [
        ("BAD_NAME", 2, None),
        ("UNKNOWN_KEY", 4, "section"),
        ("UNKNOWN_VALUE", 5, "date"),
        ("UNKNOWN_KEY", 6, "rules"),
    ]


def test_a_problem_of_meaning_does_not_hide_another() -> None:
    problems = check_spec(
        HEAD
        + "fields:\n  a: '---'\n  b: {from: {line: '('}}\n  c: {from: {query: x}}\n  d: {type: enum, from: {key: D}}\n"
        "rules:\n  - {id: r, assert: fields.e, message: m}\n"
    )

    assert [one.code for one in problems] == [
        "LABEL_EMPTY",
        "PATTERN",
        "QUERY_UNKNOWN",
        "OPTIONS_MISSING",
        "NAME_UNKNOWN",
    ]


@pytest.mark.parametrize("written", ["YES", "NO", "Off", "2020-01-01", "12:22", "0123", "1e3", ".inf", "0o17", "TRUE"])
def test_a_label_stays_the_text_that_was_typed(written: str) -> None:
    spec = load_spec(f"{HEAD}fields:\n  a: {written}\n  b: {{type: enum, options: [{written}], from: {{key: B}}}}\n")

    fields = spec.resolved["fields"]
    assert fields["a"]["sources"][0]["args"]["labels"] == [written]
    assert fields["b"]["options"] == {written: written}


@pytest.mark.parametrize(("written", "text"), [("12", "12"), ("-3", "-3"), ("1.50", "1.50"), ("2020", "2020")])
def test_a_number_that_stands_for_a_label_is_its_text(written: str, text: str) -> None:
    spec = load_spec(f"{HEAD}fields:\n  a: {written}\n")

    assert spec.resolved["fields"]["a"]["sources"][0]["args"]["labels"] == [text]


@pytest.mark.parametrize("written", ["null", "~", "true", "false"])
def test_what_is_no_text_is_no_label(written: str) -> None:
    assert [one.code for one in check_spec(f"{HEAD}fields:\n  a: {written}\n")] == ["WRONG_KIND"]

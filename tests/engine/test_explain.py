"""`explain`: every candidate looked at, and why it was taken or turned down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mapping_specs import build_view, explain, load_spec
from tests.engine.pages import response_of
from tests.engine.test_cases import spec_text

PAGE = """\
Ref: A1
Ref: 22
Ref: 333
Ref: 22
Year: 1890
Note:
Code 7
Free text"""
PAIRS = [
    ["Ref:", "A1"],
    ["Ref: #2", "22"],
    ["Ref: #3", "333"],
    ["Ref: #4", "22 #2"],
    ["Year:", "1890"],
    ["Note:", None],
]
FIELDS = {
    "taken": "{type: integer, from: {key: Ref}, check: {length: {max: 2}}}",
    "ambiguous": "{type: integer, from: {key: Ref}}",
    "failing": "{type: integer, from: {key: Year}, check: {min: 1940}}",
    "blank": "{from: {key: Note}}",
    "nowhere": "{from: {key: Colour}}",
    "no_heading": "{from: {key: Ref, section: Owner}}",
    "second": "{type: integer, from: [{key: Colour}, {key: Year}, {key: Ref}]}",
    "extracted": "{from: {key: Year}, clean: {extract: '[a-z]+'}}",
    "joined": "{from: {key: Ref, all: true}}",
    "best": "{pick: best, from: [{line: 'Code (?P<value>.)'}, {key: Year}]}",
}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    text = "spec: 1\ndoc_type: form\nfields:\n" + "".join(f"  {name}: {field}\n" for name, field in FIELDS.items())
    return explain(build_view(response_of({"page": PAGE, "pairs": PAIRS})), load_spec(text))


def outcomes(told: dict[str, Any], name: str) -> list[tuple[str, list[tuple[str | None, str]]]]:
    """Of every source its outcome, and of its candidates what is printed and theirs."""
    return [
        (source["outcome"], [(one.get("raw"), one["outcome"]) for one in source["candidates"]])
        for source in told["explain"][name]["sources"]
    ]


def test_what_was_turned_down_says_why(told: dict[str, Any]) -> None:
    assert outcomes(told, "taken") == [
        (
            "taken",
            [("A1", "not a number"), ("22", "taken"), ("333", "check failed: length"), ("22", "the same value again")],
        )
    ]


def test_the_first_of_several_that_fit(told: dict[str, Any]) -> None:
    assert outcomes(told, "ambiguous") == [
        (
            "taken, the first of several that fit",
            [("A1", "not a number"), ("22", "taken"), ("333", "not the first"), ("22", "the same value again")],
        )
    ]


def test_a_value_whose_checks_fail(told: dict[str, Any]) -> None:
    assert outcomes(told, "failing") == [("taken, though its checks fail", [("1890", "check failed: min")])]


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("blank", ("nothing good", [(None, "nothing is written there")])),
        ("nowhere", ("no such label is printed", [])),
        ("no_heading", ("the heading 'Owner' is not printed", [])),
        ("extracted", ("nothing good", [("1890", "extract: no match")])),
    ],
)
def test_what_is_missing_says_why(told: dict[str, Any], name: str, outcome: Any) -> None:
    assert outcomes(told, name) == [outcome]
    assert told["explain"][name]["status"] == "missing"


def test_sources_in_their_order_to_the_one_that_is_good(told: dict[str, Any]) -> None:
    assert [outcome for outcome, _ in outcomes(told, "second")] == [
        "no such label is printed",
        "taken",
        "not asked: an earlier source was good",
    ]


def test_several_joined_and_the_best_of_all(told: dict[str, Any]) -> None:
    assert [one for _, candidates in outcomes(told, "joined") for _, one in candidates] == [
        "joined with the others"
    ] * 4
    assert {outcome for outcome, _ in outcomes(told, "best")} == {"taken", "another source was better"}


def test_a_candidate_has_its_evidence(told: dict[str, Any]) -> None:
    candidate = told["explain"]["failing"]["sources"][0]["candidates"][0]

    assert {
        name: candidate[name] for name in ("raw", "page", "source", "rank", "match", "cleaned", "value", "label")
    } == {
        "raw": "1890",
        "page": 1,
        "source": "key",
        "rank": 0,
        "match": "equal with #",
        "cleaned": "1890",
        "value": 1890,
        "label": "Year:",
    }
    assert candidate["confidence"] == candidate["ocr_confidence"] == 99.0
    assert candidate["box"]["left"] == 0.06


def test_what_no_field_took(told: dict[str, Any]) -> None:
    assert [pair["key"] for pair in told["unmapped"]["key_values"]] == []
    assert told["unmapped"]["tables"] == []


def test_what_takes_from_the_confidence_is_told() -> None:
    page = "Name of the insured\nPlate: KCA\nPlate: KDB"
    pairs = [["Plate:", "KCA"], ["Plate: #2", "KDB"]]
    view = build_view(response_of({"page": page, "pairs": pairs}))
    spec = load_spec(
        "spec: 1\ndoc_type: card\nfields:\n  name: Name\n  plate: Plate\n  paired: {from: {key: Plate, nth: 1}}\n"
    )

    told = explain(view, spec)["explain"]

    doubts = {name: told[name]["sources"][0]["candidates"][0]["doubts"] for name in told}
    assert doubts == {
        "name": ["Textract has not paired it with its label", "nothing printed ties the text to its label"],
        "plate": ["several values fit"],
        "paired": [],
    }


MISSES = yaml.safe_load(Path(__file__).with_name("misses.yaml").read_text())


@pytest.mark.parametrize("case", MISSES, ids=[case["name"] for case in MISSES])
def test_what_found_nothing_names_what_is_not_there_and_what_is_like_it(case: dict[str, Any]) -> None:
    told = explain(build_view(response_of(case)), load_spec(spec_text(case)))

    sources = {name: field["sources"][0] for name, field in told["explain"].items()}
    found = {
        name: [one["outcome"], one["nearest"]]
        for name, one in {**sources, **told["explainTables"]}.items()
        if "nearest" in one
    }
    assert found == case["expect"]

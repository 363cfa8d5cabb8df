"""What an analyst reads of a spec that is not right, and what is refused before it can do harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mapping_specs import SpecError, check_spec, load_spec
from mapping_specs.engine import yaml_text

REFUSED = yaml.safe_load(Path(__file__).with_name("problems.yaml").read_text())
HEAD = "spec: 1\ndoc_type: parcel\n"


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_every_problem_is_told_at_its_place(case: dict[str, Any]) -> None:
    assert [str(problem) for problem in check_spec(case["text"])] == case["problems"]
    with pytest.raises(SpecError):
        load_spec(case["text"])


def test_a_problem_names_what_is_expected_and_the_nearest_name() -> None:
    (problem,) = check_spec(HEAD + "fields:\n  a: {from: {key: A}, requierd: true}\n")

    assert problem.suggestion == "required"
    assert "required" in str(problem.expected).split(", ")
    assert (problem.line, problem.column, problem.path) == (4, 23, "fields.a.requierd")


@pytest.mark.parametrize("written", ["YES", "NO", "on", "2020-01-01", "12:22", "0123", "1_000", "0x1F", "1e3", ".5"])
def test_what_looks_like_something_else_stays_text(written: str) -> None:
    spec = load_spec(HEAD + f"fields:\n  a: {{from: {{value: {written}}}}}\n")

    assert spec.resolved["fields"]["a"]["sources"][0]["args"] == {"value": written}


def test_a_number_is_its_text_where_text_is_wanted() -> None:
    spec = load_spec(HEAD + "fields:\n  a: 12\n  b: {from: {key: [1.5, 7]}}\n")

    fields = spec.resolved["fields"]
    assert fields["a"]["sources"][0]["args"]["labels"] == ["12"]
    assert fields["b"]["sources"][0]["args"]["labels"] == ["1.5", "7"]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "YAML_ALIASES"),
        ("a: " + "[" * 500 + "]" * 500, "YAML_DEPTH"),
        ("a: " + "[" * 50_000, "YAML_DEPTH"),
        ("a: &a [*a]", "YAML_DEPTH"),
        ("# " + "x" * 5_000_000, "YAML_SIZE"),
        (b"\xff\xfe\x00", "YAML_ENCODING"),
        ('spec: 1\ndoc_type: half\nfields: {a: {from: {line: "No \\ud800"}}}', "YAML_ENCODING"),
        ("a: 'x", "YAML"),
        ("\0", "YAML"),
    ],
    ids=["alias bomb", "deep", "very deep", "itself", "5 MB", "not UTF-8", "half a character", "open quote", "NUL"],
)
def test_yaml_that_would_do_harm_is_refused(text: str | bytes, code: str) -> None:
    assert [problem.code for problem in check_spec(text)] == [code]


def test_a_regular_expression_of_a_megabyte_is_refused() -> None:
    (problem,) = check_spec(HEAD + f"fields:\n  a: {{from: {{line: '{'a?' * 200_000}'}}}}\n")

    assert problem.code == "PATTERN"


def test_an_expression_nested_too_deeply_is_refused() -> None:
    (problem,) = check_spec(HEAD + f"fields:\n  a: {{from: {{jmespath: '{'(' * 800}a{')' * 800}'}}}}\n")

    assert problem.code == "EXPRESSION"


def test_a_thousand_fields_are_the_most() -> None:
    fields = "".join(f"  f{number}: F{number}\n" for number in range(1_001))

    assert [problem.code for problem in check_spec(f"{HEAD}fields:\n{fields}")] == ["TOO_MANY"]


def test_the_places_of_everything_are_known() -> None:
    loaded = yaml_text.load("a:\n  - b: 1\n    c: [x, y]\n")

    assert loaded.data == {"a": [{"b": 1, "c": ["x", "y"]}]}
    assert loaded.marks[("a", 0, "c", 1)] == (3, 12)
    assert loaded.marks[("a", 0, "c", yaml_text.KEY)] == (3, 5)

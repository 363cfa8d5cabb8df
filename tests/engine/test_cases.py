"""The language's conformance suite: every case of tests/cases, and that nothing of the language is without one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mapping_specs import build_view, extract, load_spec
from mapping_specs.engine.checks import CHECKS, CHECKSUMS
from mapping_specs.engine.cleaning import STEPS
from mapping_specs.engine.expressions import FUNCTION_NAMES
from mapping_specs.engine.features import price_usd
from mapping_specs.engine.sources import SOURCES
from mapping_specs.engine.types import TYPES
from mapping_specs.engine.yaml_text import load
from tests.engine import coverage
from tests.engine.pages import cases, response_of

FILES = sorted((Path(__file__).parents[1] / "cases").glob("*.yaml"))
ALL = [(path.stem, case) for path in FILES for case in cases(path)]
ENGINE = Path(__file__).parents[2] / "mapping_specs" / "engine"


def spec_text(case: dict[str, Any]) -> str:
    """The case's spec; what every spec needs is filled in."""
    spec = case["spec"]
    if isinstance(spec, dict):
        return json.dumps({"spec": 1, "doc_type": "case", **spec})
    return spec if "doc_type" in spec else f"spec: 1\ndoc_type: test_case\n{spec}"


@pytest.mark.parametrize(("file", "case"), ALL, ids=[f"{file}: {case['name']}" for file, case in ALL])
def test_case(file: str, case: dict[str, Any]) -> None:
    spec = load_spec(spec_text(case))
    result = extract(build_view(response_of(case)), spec)

    expect = case["expect"]
    result["textract"], result["usd_a_page"] = spec.textract, price_usd(spec.textract)
    for name in ("fields", "tables", "fieldStatus", "needsReview", "confidenceScores", "textract", "usd_a_page"):
        if name in expect:
            assert result[name] == expect[name]
    if "warnings" in expect:
        assert sorted(warning["code"] for warning in result["warnings"]) == sorted(expect["warnings"])
    for name, wanted in expect.get("evidence", {}).items():
        assert {part: result["evidence"][name][part] for part in wanted} == wanted
    for name, value in expect.get("status", {}).items():
        assert result["fieldStatus"][name] == value


def test_names_are_told_apart() -> None:
    names = [case["name"] for _, case in ALL]
    assert len(names) == len(set(names))


SPECS = [load(spec_text(case)).data for _, case in ALL]
EXPRESSIONS = "\n".join(spec_text(case) for _, case in ALL)


def test_every_keyword_and_listed_value_of_the_schema_has_a_case() -> None:
    known = coverage.everything()

    assert len(known) > 200
    assert known - set().union(*map(coverage.used, SPECS)) == set()


@pytest.mark.parametrize(
    ("table", "listed"),
    [
        (SOURCES, "$defs/source"),
        (TYPES, "$defs/field/type"),
        (TYPES, "$defs/column/type"),
        (STEPS, "$defs/step"),
        (CHECKS, "$defs/check"),
        (CHECKSUMS, "$defs/check/checksum"),
    ],
    ids=["sources", "types", "types of columns", "steps", "checks", "checksums"],
)
def test_what_the_engine_knows_the_schema_lists(table: dict[str, Any], listed: str) -> None:
    """So that it has a case too."""
    assert {name.removeprefix("=") for place, name in coverage.everything() if place == listed} >= set(table)


@pytest.mark.parametrize("name", sorted(FUNCTION_NAMES))
def test_every_function_has_a_case(name: str) -> None:
    assert re.search(rf"\b{name}\(", EXPRESSIONS)


def test_every_policy_of_confidence_has_a_case() -> None:
    policies = {
        field.get("confidence")
        for spec in SPECS
        for field in spec.get("fields", {}).values()
        if isinstance(field, dict)
    }

    assert policies > {"mean", "product", "min"}


def test_every_warning_and_status_has_a_case() -> None:
    code = "\n".join(path.read_text() for path in ENGINE.rglob("*.py"))
    codes = set(re.findall(r'(?:warn\(\s*|"code": )"([A-Z_]+)"', code))
    expected = [case["expect"] for _, case in ALL]
    statuses = {
        status for one in expected for name in ("fieldStatus", "status") for status in one.get(name, {}).values()
    }

    assert len(codes) > 10
    assert codes - {code for one in expected for code in one.get("warnings", [])} == set()
    assert statuses == {"ok", "check", "missing", "retake"}

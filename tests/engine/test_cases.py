"""The language's conformance suite: every case of tests/cases, and that nothing of the language is without one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from mapping_specs import build_view, extract, load_spec
from mapping_specs.engine.checks import CHECKS, CHECKSUMS
from mapping_specs.engine.cleaning import STEPS
from mapping_specs.engine.sources import SOURCES
from mapping_specs.engine.types import TYPES
from tests.engine.pages import response_of

FILES = sorted((Path(__file__).parents[1] / "cases").glob("*.yaml"))
ALL = [(path.stem, case) for path in FILES for case in yaml.safe_load(path.read_text())]
ENGINE = Path(__file__).parents[2] / "mapping_specs" / "engine"


def spec_text(case: dict[str, Any]) -> str:
    """The case's spec; what every spec needs is filled in."""
    spec = case["spec"]
    if isinstance(spec, dict):
        return yaml.safe_dump({"spec": 1, "doc_type": "case", **spec}, sort_keys=False)
    return spec if "doc_type" in spec else f"spec: 1\ndoc_type: test_case\n{spec}"


@pytest.mark.parametrize(("file", "case"), ALL, ids=[f"{file}: {case['name']}" for file, case in ALL])
def test_case(file: str, case: dict[str, Any]) -> None:
    result = extract(build_view(response_of(case)), load_spec(spec_text(case)))

    expect = case["expect"]
    for name in ("fields", "tables", "fieldStatus", "needsReview", "confidenceScores"):
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


WRITTEN = "\n".join(path.read_text() for path in FILES)


@pytest.mark.parametrize("name", [*SOURCES, *TYPES, *STEPS, *CHECKS, *CHECKSUMS])
def test_everything_of_the_language_has_a_case(name: str) -> None:
    assert re.search(rf"\b{name}\b", WRITTEN), f"no case of tests/cases uses {name}"


def test_every_warning_has_a_case() -> None:
    code = "\n".join(path.read_text() for path in ENGINE.rglob("*.py"))
    codes = set(re.findall(r'warn\(\s*"([A-Z_]+)"', code)) | {"PAGES_MISSING"}

    assert len(codes) > 8
    assert codes - {code for code in codes if code in WRITTEN} == set()

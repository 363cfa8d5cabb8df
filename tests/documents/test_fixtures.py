"""Every fixture document, read by the local Textract and mapped with its spec, gives what is expected of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.textract import analyze
from mapping_specs import Spec, build_view, check_spec, extract, load_spec

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "fixtures" / "documents"
SPECS = ROOT / "mapping_specs" / "specs"
PHOTOGRAPHS = {".jpg", ".png"}


def documents() -> list[Any]:
    found = sorted(path for path in DOCUMENTS.glob("*/*") if path.suffix in {".pdf", *PHOTOGRAPHS})
    return [
        pytest.param(
            path,
            id=f"{path.parent.name}/{path.name}",
            marks=[pytest.mark.ocr] if path.suffix in PHOTOGRAPHS else [],
        )
        for path in found
    ]


def expected_of(document: Path) -> dict[str, Any]:
    return json.loads(document.with_suffix(".expected.json").read_text())


def spec_of(doc_type: str) -> Spec:
    return load_spec((SPECS / f"{doc_type}.yaml").read_text())


def read(document: Path, spec: Spec) -> dict[str, Any]:
    request = spec.textract
    queries = [{"Text": text, "Alias": alias} for alias, text in request["queries"].items()]
    response = analyze(document.read_bytes(), features=request["features"], queries=queries or None)
    return extract(build_view(response), spec)


def rows(tables: dict[str, Any]) -> dict[str, Any]:
    """A table without rows and no such table say the same."""
    return {name: rows for name, rows in tables.items() if rows}


@pytest.mark.parametrize("document", documents())
def test_a_document_gives_what_is_expected(document: Path) -> None:
    expected = expected_of(document)

    result = read(document, spec_of(expected["docType"]))

    assert result["fields"] == expected["fields"]
    assert rows(result["tables"]) == rows(expected["tables"])


@pytest.mark.parametrize("document", [p for p in documents() if not p.marks])
def test_a_born_digital_document_is_recognized_without_a_broken_rule(document: Path) -> None:
    spec = spec_of(document.parent.name)

    warnings = read(document, spec)["warnings"]

    assert [w for w in warnings if w["code"] in {"WRONG_DOCUMENT", "REQUIRED_MISSING"} or "rule" in w] == []


def test_a_document_of_another_kind_is_said_to_be_wrong() -> None:
    result = read(DOCUMENTS / "national_id" / "scan.pdf", spec_of("valuation_report"))

    assert "WRONG_DOCUMENT" in {warning["code"] for warning in result["warnings"]}
    assert result["needsReview"] is True


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_seed_spec_has_no_problems(path: Path) -> None:
    assert check_spec(path.read_text()) == []
    assert load_spec(path.read_text()).doc_type == path.stem


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_field_and_table_of_a_seed_spec_is_on_some_document(path: Path) -> None:
    expected = [json.loads(p.read_text()) for p in (DOCUMENTS / path.stem).glob("*.expected.json")]
    resolved = load_spec(path.read_text()).resolved

    assert set(resolved["fields"]) - {name for e in expected for name in e["fields"]} == set()
    assert set(resolved["tables"]) - {name for e in expected for name in e["tables"]} == set()

"""The fixtures' answers as Textract might also have given them: turned, unmarked, with less found."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.local.textract import analyze
from mapping_specs import build_view, extract
from tests.documents.test_fixtures import documents, spec_of
from tests.engine.perturbing import SAME, WORSE

BORN_DIGITAL = [param for param in documents() if not param.marks]


@cache
def answer_of(document: Path) -> dict[str, Any]:
    request = spec_of(document.parent.name).textract
    queries = [{"Text": text, "Alias": alias} for alias, text in request["queries"].items()]
    return analyze(document.read_bytes(), features=request["features"], queries=queries or None)


def result_of(document: Path, perturb: Any) -> dict[str, Any]:
    answer = answer_of(document)
    return extract(build_view({**answer, "Blocks": perturb(answer["Blocks"])}), spec_of(document.parent.name))


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("document", BORN_DIGITAL)
def test_what_is_printed_is_what_counts(document: Path, name: str) -> None:
    plain = result_of(document, list)

    result = result_of(document, SAME[name])

    assert result["fields"] == plain["fields"]
    assert result["tables"] == plain["tables"]


@pytest.mark.parametrize("name", WORSE)
@pytest.mark.parametrize("document", BORN_DIGITAL)
def test_what_textract_does_not_find_is_never_made_up(document: Path, name: str) -> None:
    right = result_of(document, list)["fields"]

    result = result_of(document, WORSE[name])

    sure = {field: result["fields"].get(field) for field, status in result["fieldStatus"].items() if status == "ok"}
    assert sure == {field: right.get(field) for field in sure}

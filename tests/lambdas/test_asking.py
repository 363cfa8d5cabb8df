"""Each API of Textract, asked because the spec's sources want it, synchronously or not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.textract.recordings import Recordings
from lambdas.textract_completion.handler import handler as completed
from lambdas.textract_processor.handler import handler
from tests.lambdas.conftest import CLAIM, LOGBOOK, Cloud
from tests.lambdas.test_completion import completion

Handled = Callable[..., list[str]]
LINES = (
    "spec: 1\ndoc_type: heading\nfields:\n  heading: {from: {line: '(?P<value>REPUBLIC OF KENYA|ALL THIRD PARTIES)'}}\n"
)
CARD = "spec: 1\ndoc_type: card\nfields:\n  first_name: {from: {identity: FIRST_NAME}}\n"
RECEIPT = "spec: 1\ndoc_type: receipt\nfields:\n  total: {type: money, from: {expense: TOTAL}}\n"
ANSWERS: dict[str, dict[str, Any]] = {
    CARD: {
        "IdentityDocuments": [
            {
                "DocumentIndex": 1,
                "IdentityDocumentFields": [
                    {"Type": {"Text": "FIRST_NAME"}, "ValueDetection": {"Text": "AKINYI", "Confidence": 98.5}}
                ],
            }
        ]
    },
    RECEIPT: {
        "ExpenseDocuments": [
            {
                "ExpenseIndex": 1,
                "LineItemGroups": [],
                "SummaryFields": [
                    {
                        "Type": {"Text": "TOTAL", "Confidence": 99.0},
                        "ValueDetection": {"Text": "KES 2,600.00", "Confidence": 97.0},
                        "PageNumber": 1,
                    }
                ],
            }
        ]
    },
}


def queries(count: int) -> str:
    asked = ", ".join(f"q{number}: 'What is the chassis number, part {number}?'" for number in range(count))
    return (
        f"spec: 1\ndoc_type: asked\ntextract: {{queries: {{{asked}}}}}\nfields:\n  chassis: {{from: {{query: q0}}}}\n"
    )


@pytest.fixture
def recorded(cloud: Cloud, tmp_path: Path) -> None:
    """What AnalyzeID and AnalyzeExpense answer of both documents."""
    for spec, answer in ANSWERS.items():
        for path in (LOGBOOK, CLAIM):
            name = f"{spec.split()[3]}_{path.stem}"
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            (tmp_path / f"{name}.recording.json").write_text(json.dumps({"sha256": sha256}))
            (tmp_path / f"{name}.response.json").write_text(json.dumps({"DocumentMetadata": {"Pages": 1}, **answer}))
    cloud.textract.textract.recordings = Recordings([tmp_path])


def sent(cloud: Cloud, handled: Handled, spec: str, path: Path) -> str:
    """A job mapped with this spec, handed to the processor; its id."""
    job = cloud.job(path, spec.split()[3], bundleId=cloud.publish_texts(spec))
    assert handled(handler, job.to_json()) == []
    return job.jobId


@pytest.mark.parametrize(
    ("spec", "operation", "fields"),
    [
        (LINES, "DetectDocumentText", {"heading": "REPUBLIC OF KENYA"}),
        (CARD, "AnalyzeID", {"first_name": "AKINYI"}),
        (RECEIPT, "AnalyzeExpense", {"total": 2600, "total_currency": "KES"}),
        (queries(15), "AnalyzeDocument", {"chassis": "NZE121-3284157"}),
    ],
    ids=["lines", "identity", "expense", "queries"],
)
def test_one_page_is_asked_of_the_api_that_the_sources_want(
    cloud: Cloud, handled: Handled, recorded: None, spec: str, operation: str, fields: dict[str, Any]
) -> None:
    job_id = sent(cloud, handled, spec, LOGBOOK)

    assert cloud.calls() == [operation]
    assert cloud.api.last()["result"]["fields"] == fields
    assert cloud.json(f"results/{job_id}.json")["request"]["api"] == operation


@pytest.mark.parametrize(
    ("spec", "path", "operations", "fields"),
    [
        (LINES, CLAIM, ["StartDocumentTextDetection", "GetDocumentTextDetection"], {"heading": "ALL THIRD PARTIES"}),
        (RECEIPT, CLAIM, ["StartExpenseAnalysis", "GetExpenseAnalysis"], {"total": 2600, "total_currency": "KES"}),
        (queries(16), LOGBOOK, ["StartDocumentAnalysis", "GetDocumentAnalysis"], {"chassis": "NZE121-3284157"}),
    ],
    ids=["lines", "expense", "more queries than a synchronous call takes"],
)
def test_what_is_too_much_for_one_call_is_asked_asynchronously(
    cloud: Cloud,
    handled: Handled,
    recorded: None,
    spec: str,
    path: Path,
    operations: list[str],
    fields: dict[str, Any],
) -> None:
    job_id = sent(cloud, handled, spec, path)

    assert handled(completed, completion(cloud, job_id)) == []

    assert cloud.calls() == operations
    assert cloud.api.states == ["PROCESSING", "DONE"]
    assert cloud.api.last()["result"]["fields"] == fields


def test_an_identity_card_of_several_pages_is_told_to_be_sent_in_parts(
    cloud: Cloud, handled: Handled, recorded: None
) -> None:
    sent(cloud, handled, CARD, CLAIM)

    error = cloud.api.last()["error"]
    assert (error["code"], error["reason"]) == ("LIMIT", "TOO_MANY_PAGES")
    assert cloud.calls() == []

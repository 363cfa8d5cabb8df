"""One message, each way it can end."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdas import asking, tail
from lambdas.contracts import JobMessage
from lambdas.logs import logger
from lambdas.records import backoff_seconds
from lambdas.textract_processor.handler import handler
from tests.lambdas.conftest import CLAIM, DOCUMENTS, LOGBOOK, MAX_RECEIVE_COUNT, ROOT, Cloud, again

BAD = ROOT / "fixtures" / "documents_bad"
Handled = Callable[..., list[str]]


def expected(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".expected.json").read_text())
    return found


def test_a_page_is_done(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook")

    assert handled(handler, job.to_json()) == []

    assert cloud.api.states == ["PROCESSING", "DONE"]
    result = cloud.api.last()["result"]
    assert result["fields"] == expected(LOGBOOK)["fields"]
    assert (result["bundleId"], result["specRevision"], result["pageCount"]) == (job.bundleId, 7, 1)
    stored = cloud.json(result["rawJsonKey"])
    assert stored["attempt"] == 1
    assert stored["request"] == {"api": "AnalyzeDocument", "features": ["FORMS", "TABLES"], "queries": {}}
    assert cloud.calls() == ["AnalyzeDocument"]


def test_the_stored_answer_of_this_attempt_is_not_paid_again(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook")
    handled(handler, job.to_json())

    assert handled(handler, job.to_json()) == []

    assert cloud.calls() == ["AnalyzeDocument"]
    assert cloud.api.states == ["PROCESSING", "DONE"] * 2


def test_a_new_attempt_asks_again(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook")
    handled(handler, job.to_json())

    handled(handler, again(job, attempt=2).to_json())

    assert cloud.calls() == ["AnalyzeDocument"] * 2
    assert cloud.json(f"results/{job.jobId}.json")["attempt"] == 2


def test_several_pages_start_an_analysis_and_wait(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(CLAIM, "motor_claim_form")

    assert handled(handler, job.to_json()) == []
    handled(handler, job.to_json())

    assert cloud.calls() == ["StartDocumentAnalysis"] * 2
    [started] = cloud.textract.textract.jobs.values()
    assert started.request["ClientRequestToken"] == f"{job.jobId}-1"
    assert started.request["JobTag"] == job.jobId
    assert started.request["DocumentLocation"]["S3Object"]["Version"] == job.objectVersionId
    waiting = cloud.json(f"jobs/{job.jobId}.json")
    assert JobMessage.from_json(json.dumps(waiting["job"])) == job
    assert "DONE" not in cloud.api.states


def test_a_sample_is_kept_and_not_mapped(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook", bundleId=None)

    assert handled(handler, job.to_json()) == []

    assert cloud.api.last()["result"] == {"pageCount": 1, "rawJsonKey": f"results/{job.jobId}.json"}
    assert cloud.json(f"results/{job.jobId}.json")["request"]["features"] == asking.SAMPLE_FEATURES


@pytest.mark.parametrize(
    ("name", "mime_type", "code", "reason"),
    [
        ("corrupt.pdf", "application/pdf", "VALIDATION", "CORRUPT_DOCUMENT"),
        ("encrypted.pdf", "application/pdf", "VALIDATION", "ENCRYPTED_DOCUMENT"),
        ("text.pdf", "application/pdf", "VALIDATION", "TYPE_MISMATCH"),
        ("png_named.pdf", "application/pdf", "VALIDATION", "TYPE_MISMATCH"),
        ("iphone.heic", "image/jpeg", "VALIDATION", "HEIC_NOT_SUPPORTED"),
        ("pages_51.pdf", "application/pdf", "LIMIT", "TOO_MANY_PAGES"),
    ],
)
def test_a_bad_document_is_told_to_the_agent(
    cloud: Cloud, handled: Handled, name: str, mime_type: str, code: str, reason: str
) -> None:
    job = cloud.job(BAD / name, "motor_logbook", mimeType=mime_type)

    assert handled(handler, job.to_json()) == []

    error = cloud.api.last()["error"]
    assert (cloud.api.states[-1], error["code"], error["reason"]) == ("FAILED", code, reason)
    assert len(error["message"].split()) > 4
    assert cloud.calls() == []


def test_an_upload_that_is_gone(cloud: Cloud, handled: Handled) -> None:
    job = again(cloud.job(LOGBOOK, "motor_logbook"), objectKey="local/AG-001/2026/02/x/nothing.pdf")

    assert handled(handler, job.to_json()) == []

    assert cloud.api.last()["error"]["reason"] == "UPLOAD_MISSING"


# --- what comes again ------------------------------------------------------------------------------------------------


def test_throttling_is_tried_again_later(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook")
    cloud.textract.faults.put(["ThrottlingException"] * asking_attempts())

    assert len(handled(handler, job.to_json())) == 1

    assert cloud.api.states == ["PROCESSING"]
    assert "Messages" not in cloud.sqs.receive_message(QueueUrl=cloud.queue)  # hidden for its pause
    assert handled(handler, job.to_json(), receives=2) == []
    assert cloud.api.states[-1] == "DONE"


def asking_attempts() -> int:
    from lambdas.environment import SDK_ATTEMPTS

    return SDK_ATTEMPTS


def test_the_last_receive_tells_the_agent_before_it_dead_letters(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook")
    cloud.textract.faults.put(["InternalServerError"] * asking_attempts())

    assert len(handled(handler, job.to_json(), receives=MAX_RECEIVE_COUNT)) == 1

    error = cloud.api.last()["error"]
    assert (cloud.api.states[-1], error["code"], error["reason"]) == ("FAILED", "TEMPORARY", "TEXTRACT_UNAVAILABLE")


def test_pauses_grow_and_differ() -> None:
    pauses = [backoff_seconds("m-1", receive) for receive in range(1, 12)]

    assert pauses == sorted(pauses) or pauses[:8] == sorted(pauses[:8])
    assert max(pauses) <= 900
    assert len({backoff_seconds(f"m-{number}", 6) for number in range(20)}) > 5
    assert pauses == [backoff_seconds("m-1", receive) for receive in range(1, 12)]


@pytest.mark.parametrize("answer", [500, 503, 0])
def test_an_api_that_is_away(cloud: Cloud, handled: Handled, answer: int) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook")
    cloud.api.answers = [200, answer]

    assert len(handled(handler, job.to_json())) == 1
    assert handled(handler, job.to_json(), receives=2) == []

    assert cloud.api.states[-1] == "DONE"
    assert cloud.calls() == ["AnalyzeDocument"]


@pytest.mark.parametrize("answer", [400, 404, 409, 413])
def test_a_result_that_is_refused_ends_the_job(cloud: Cloud, handled: Handled, answer: int) -> None:
    """No retry would change it, and nobody is left waiting."""
    job = cloud.job(LOGBOOK, "motor_logbook")
    cloud.api.answers = [200, answer]

    assert handled(handler, job.to_json()) == []

    assert cloud.api.states == ["PROCESSING", "FAILED"]
    error = cloud.api.last()["error"]
    assert (error["code"], error["reason"]) == ("TEMPORARY", "RESULT_REFUSED")


@pytest.mark.parametrize("answer", [404, 409])
def test_a_report_that_is_refused_is_not_tried_again(cloud: Cloud, handled: Handled, answer: int) -> None:
    job = cloud.job(BAD / "corrupt.pdf", "motor_logbook")
    cloud.api.answers = [answer, answer]

    assert handled(handler, job.to_json()) == []

    assert (cloud.api.states, cloud.api.answers) == ([], [])


def test_a_rotated_secret_is_read_again(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook")
    handled(handler, job.to_json())
    old, new = cloud.api.secret, "whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0LW5ldy1zZWNyZXQ="
    keys = {"keys": [{"id": "k2", "secret": new}, {"id": "k1", "secret": old}]}
    cloud.secrets.put_secret_value(SecretId=cloud.secret_id, SecretString=json.dumps(keys))
    cloud.api.secret = new

    assert handled(handler, again(job, attempt=2).to_json()) == []

    assert cloud.api.states == ["PROCESSING", "DONE"] * 2
    assert len(cloud.api.signatures[-1].split()) == 2


# --- bundles ---------------------------------------------------------------------------------------------------------


def test_a_missing_bundle_fails_loudly(cloud: Cloud, handled: Handled) -> None:
    cloud.publish("motor_logbook")
    job = cloud.job(LOGBOOK, "motor_logbook", bundleId="f" * 64)

    assert handled(handler, job.to_json()) == []

    error = cloud.api.last()["error"]
    assert (error["code"], error["reason"]) == ("TEMPORARY", "BUNDLE_UNUSABLE")
    assert cloud.calls() == []


def test_a_damaged_bundle_is_not_used(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook", bundleId=cloud.publish("motor_logbook", revision=8))
    other = cloud.publish("national_id")
    cloud.put(f"bundles/{job.bundleId}.json.gz", cloud.get(f"bundles/{other}.json.gz") or b"")

    handled(handler, job.to_json())

    assert cloud.api.last()["error"]["reason"] == "BUNDLE_UNUSABLE"


# --- the callback ----------------------------------------------------------------------------------------------------


def test_a_callback_goes_nowhere_else(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook", callbackUrl="http://127.0.0.1:9/api/docs/callback")

    assert len(handled(handler, job.to_json())) == 1

    assert cloud.api.callbacks == []
    assert cloud.calls() == []


def test_a_large_result_goes_by_reference(cloud: Cloud, handled: Handled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "INLINE_RESULT_MAX_BYTES", 500)
    job = cloud.job(LOGBOOK, "motor_logbook")

    assert handled(handler, job.to_json()) == []

    reference = cloud.api.last()["resultRef"]
    body = cloud.get(reference["objectKey"]) or b""
    assert reference["objectKey"] == f"results/{job.jobId}.1.normalized.json"
    assert (reference["sha256"], reference["sizeBytes"]) == (hashlib.sha256(body).hexdigest(), len(body))
    assert json.loads(body)["fields"] == expected(LOGBOOK)["fields"]
    assert "result" not in cloud.api.last()


@pytest.mark.parametrize("body", ["", "{}", "[1]", "not json", '{"version": 2}'])
def test_a_message_that_is_none_stays(cloud: Cloud, handled: Handled, body: str) -> None:
    assert len(handled(handler, body or " ")) == 1
    assert cloud.api.callbacks == []


def test_logs_are_json_without_a_documents_values(
    cloud: Cloud, handled: Handled, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", said)
    card = DOCUMENTS / "national_id" / "scan.pdf"

    handled(handler, cloud.job(card, "national_id").to_json())
    handled(handler, cloud.job(BAD / "corrupt.pdf", "motor_logbook").to_json())

    lines = [line for line in (said.getvalue() + capsys.readouterr().out).splitlines() if line.strip()]
    logged = [json.loads(line) for line in lines]
    assert any(line.get("message") == "synchronous analysis done" and line["job_id"] for line in logged)
    assert any("JobDone" in line for line in logged)
    values = [str(value) for value in expected(card)["fields"].values() if len(str(value)) > 3]
    assert [value for value in values if any(value in line for line in lines)] == []

"""Textract's completion by SNS and SQS, and replays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdas.post_processor.handler import handler as replayed
from lambdas.textract_completion.handler import handler
from lambdas.textract_processor.handler import handler as processor
from tests.lambdas.conftest import CLAIM, LOGBOOK, ROOT, Cloud, again
from tests.waiting import eventually

Handled = Callable[..., list[str]]


def expected(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".expected.json").read_text())
    return found


def completion(cloud: Cloud, job_id: str) -> str:
    """As SNS hands it to SQS, of the analysis that the processor started last, once that has ended."""
    *_, started = (job for job in cloud.textract.textract.jobs.values() if job.request["JobTag"] == job_id)
    eventually(lambda: started.status != "IN_PROGRESS")
    envelope = json.loads((ROOT / "fixtures" / "events" / "sns_completion.json").read_text())
    message = json.loads(envelope["Message"]) | {"JobId": started.id, "Status": started.status, "JobTag": job_id}
    message["API"] = started.api
    return json.dumps(envelope | {"Message": json.dumps(message)})


def test_all_parts_are_joined(cloud: Cloud, handled: Handled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.textract.operations.BLOCKS_A_PAGE", 100)
    job = cloud.job(CLAIM, "motor_claim_form")
    handled(processor, job.to_json())

    assert handled(handler, completion(cloud, job.jobId)) == []

    assert cloud.api.states == ["PROCESSING", "DONE"]
    result = cloud.api.last()["result"]
    assert result["fields"] == expected(CLAIM)["fields"]
    assert result["tables"] == expected(CLAIM)["tables"]
    assert result["pageCount"] == 3
    assert len(cloud.json(f"results/{job.jobId}.json")["responses"]) > 3


def test_a_completion_that_comes_twice_is_paid_once(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(CLAIM, "motor_claim_form")
    handled(processor, job.to_json())
    body = completion(cloud, job.jobId)

    assert handled(handler, body) == handled(handler, body) == []

    assert cloud.calls().count("GetDocumentAnalysis") == 1
    assert cloud.api.states == ["PROCESSING", "DONE", "DONE"]


def test_a_completion_of_an_earlier_attempt_is_passed_over(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(CLAIM, "motor_claim_form")
    handled(processor, job.to_json())
    late = completion(cloud, job.jobId)
    handled(processor, again(job, attempt=2).to_json())

    assert handled(handler, late) == []
    assert cloud.api.states == ["PROCESSING", "PROCESSING"]

    assert handled(handler, completion(cloud, job.jobId)) == []
    assert (cloud.api.states[-1], cloud.api.last()["attempt"]) == ("DONE", 2)
    assert cloud.json(f"results/{job.jobId}.json")["attempt"] == 2


def test_a_message_of_an_earlier_attempt_delivered_again_takes_nothing_from_the_newer(
    cloud: Cloud, handled: Handled
) -> None:
    job = cloud.job(CLAIM, "motor_claim_form")
    handled(processor, again(job, attempt=2).to_json())
    newer = completion(cloud, job.jobId)

    assert handled(processor, job.to_json()) == []

    assert handled(handler, newer) == []
    assert (cloud.api.states[-1], cloud.api.last()["attempt"]) == ("DONE", 2)
    assert cloud.calls().count("StartDocumentAnalysis") == 1


def test_an_analysis_that_failed(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(CLAIM, "motor_claim_form")
    handled(processor, job.to_json())
    body = completion(cloud, job.jobId)
    [started] = cloud.textract.textract.jobs.values()
    started.status, started.message = "FAILED", "INVALID_IMAGE_TYPE"

    assert handled(handler, body) == []

    error = cloud.api.last()["error"]
    assert (cloud.api.states[-1], error["code"], error["reason"]) == ("FAILED", "VALIDATION", "DOCUMENT_UNREADABLE")


def test_a_completion_of_nobodys_job_stays(cloud: Cloud, handled: Handled) -> None:
    body = (ROOT / "fixtures" / "events" / "sns_completion.json").read_text()

    assert len(handled(handler, body)) == 1
    assert len(handled(handler, "{}")) == 1
    assert cloud.api.callbacks == []


def test_a_replay_maps_again_and_asks_nobody(cloud: Cloud, handled: Handled) -> None:
    job = cloud.job(LOGBOOK, "motor_logbook")
    handled(processor, job.to_json())
    told, asked = len(cloud.api.callbacks), len(cloud.calls())
    message = {"replayId": "r-1", "jobId": job.jobId, "docType": "motor_logbook", "bundleId": job.bundleId}

    assert handled(replayed, json.dumps(message)) == []

    assert cloud.json(f"replays/r-1/{job.jobId}.json")["result"]["fields"] == expected(LOGBOOK)["fields"]
    assert (len(cloud.api.callbacks), len(cloud.calls())) == (told, asked)


def test_a_replay_of_what_is_not_kept_says_so(cloud: Cloud, handled: Handled) -> None:
    message = {"replayId": "r-2", "jobId": "none", "docType": "motor_logbook", "bundleId": "f" * 64}

    assert handled(replayed, json.dumps(message)) == []

    assert cloud.json("replays/r-2/none.json")["error"]["reason"] == "ANSWER_MISSING"
    assert len(handled(replayed, "{}")) == 1

"""A document goes in, its fields come out: over HTTP, through every real part."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from infra.local.agent_app import AgentApp, ApiRefused
from infra.local.application import PROCESSOR, ROOT, Application

pytestmark = pytest.mark.stack


def log_lines(application: Application, name: str, job_id: str) -> list[dict[str, Any]]:
    lines = application.stack.log_path(name).read_text().splitlines()
    found = [json.loads(line) for line in lines if job_id in line and line.startswith("{")]
    assert found, f"{name} logged nothing of job {job_id}"
    return found


def send(alice: AgentApp, path: Path, doc_type: str) -> tuple[str, dict[str, Any]]:
    job_id = alice.send(path, doc_type=doc_type, agent_id="AG-001")
    return job_id, alice.wait(job_id)


def test_a_logbook_becomes_fields(application: Application, alice: AgentApp, documents: Path) -> None:
    path = documents / "motor_logbook" / "registration_certificate.pdf"

    job_id, status = send(alice, path, "motor_logbook")

    assert status["state"] == "DONE", status
    result = alice.result(job_id)
    assert result["fields"] == json.loads(path.with_suffix(".expected.json").read_text())["fields"]
    assert result["pageCount"] == 1
    assert re.fullmatch("[0-9a-f]{64}", result["bundleId"])
    assert result["engineVersion"] == "1.0.0"
    assert result["specRevision"] == 1
    assert set(result["evidence"]) >= set(result["fieldStatus"].keys() & result["fields"].keys())


def test_the_raw_answer_is_kept_and_linked(alice: AgentApp, documents: Path) -> None:
    job_id, _ = send(alice, documents / "national_id" / "scan.pdf", "national_id")

    raw = alice.s3.get(alice.result(job_id)["rawJsonUrl"])

    assert raw.status_code == 200
    stored = raw.json()
    assert stored["request"]["api"] == "AnalyzeDocument"
    assert stored["responses"][0]["Blocks"]


def test_three_pages_take_the_asynchronous_path(application: Application, alice: AgentApp, documents: Path) -> None:
    job_id, status = send(alice, documents / "motor_claim_form" / "three_pages.pdf", "motor_claim_form")

    assert status["state"] == "DONE", status
    assert alice.result(job_id)["pageCount"] == 3
    said = [line["message"] for line in log_lines(application, f"{PROCESSOR}-1", job_id)]
    assert any("asynchronous" in message for message in said), said


def test_another_agent_sees_nothing_of_it(
    application: Application, alice: AgentApp, people: dict[str, Any], documents: Path
) -> None:
    job_id, _ = send(alice, documents / "national_id" / "scan.pdf", "national_id")
    charlie = AgentApp(application.api_url, username="charlie", password=people["charlie"]["password"])

    with pytest.raises(ApiRefused) as status:
        charlie.status(job_id)
    with pytest.raises(ApiRefused) as result:
        charlie.result(job_id)

    assert (status.value.status, result.value.status) == (404, 404)


def test_a_phone_whose_token_has_run_out_signs_in_again(alice: AgentApp) -> None:
    alice.http.headers["Authorization"] = "Bearer run-out"

    with pytest.raises(ApiRefused) as refused:
        alice.status(str(uuid.uuid4()))

    assert refused.value.status == 404


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("corrupt.pdf", "VALIDATION", "CORRUPT_DOCUMENT"),
        ("encrypted.pdf", "VALIDATION", "ENCRYPTED_DOCUMENT"),
        ("text.pdf", "VALIDATION", "TYPE_MISMATCH"),
        ("png_named.pdf", "VALIDATION", "TYPE_MISMATCH"),
        ("pages_51.pdf", "LIMIT", "TOO_MANY_PAGES"),
    ],
)
def test_a_bad_document_fails_with_a_reason(
    alice: AgentApp, bad_documents: Path, name: str, code: str, reason: str
) -> None:
    _, status = send(alice, bad_documents / name, "motor_logbook")

    assert status["state"] == "FAILED"
    assert (status["error"]["code"], status["error"]["reason"]) == (code, reason)
    assert len(status["error"]["message"].split()) > 4


def test_the_demo_reads_every_fixture_as_expected() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "infra.local.demo", "--once"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-3000:]
    last = ended.stdout.strip().splitlines()[-1]
    documents, right, fields, wanted = map(
        int, re.fullmatch(r"demo: (\d+) documents, (\d+) as expected, (\d+)/(\d+) fields", last).groups()
    )
    assert documents == right >= 13
    assert fields == wanted >= 200

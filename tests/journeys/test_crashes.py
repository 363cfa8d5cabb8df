"""Nothing is lost: the processor dies, Textract throttles, the API is away, the queue takes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.agent_app import AgentApp
from infra.local.application import PROCESSOR, Application, prepared
from infra.local.processes import listening
from lambdas.environment import SDK_ATTEMPTS
from tests.folders import ServerFolder
from tests.journeys.gate import Gate, gate
from tests.waiting import eventually

pytestmark = pytest.mark.stack
SWEEPING = {"UNSENT_AFTER_SECONDS": "1"}


@pytest.fixture(scope="module")
def gated(server_folder: ServerFolder) -> Iterator[tuple[Application, Gate]]:
    """The product in a shared bucket, with a gate before its callbacks and a queue that gives a message back after
    three seconds."""
    with gate() as one:
        parameters = {"DjangoApiUrl": one.url, "JobsVisibilityTimeoutSeconds": "3", "S3Prefix": "team-a/"}
        with server_folder("gated") as folder, prepared(folder, parameters=parameters) as application:
            one.api_url = application.api_url
            application.start_web()
            yield application, one


@pytest.fixture
def agent(gated: tuple[Application, Gate]) -> Iterator[AgentApp]:
    application, _ = gated
    alice = next(person for person in application.people() if person["username"] == "alice")
    app = AgentApp(application.api_url, username="alice", password=alice["password"])
    yield app
    app.close()


def test_a_processor_killed_between_store_and_callback(
    gated: tuple[Application, Gate], agent: AgentApp, documents: Path
) -> None:
    """The raw answer is in S3 and nobody has heard of it; the job ends DONE, once, and Textract is not paid again."""
    application, callbacks = gated
    callbacks.holds = lambda callback: callback["state"] == "DONE"
    path = documents / "national_id" / "scan.pdf"

    poller = application.start_poller(PROCESSOR)
    job_id = agent.send(path, doc_type="national_id", agent_id="AG-001")
    assert callbacks.held.wait(60), "the DONE callback was never tried"
    application.stack.kill(poller)
    assert agent.status(job_id)["state"] == "PROCESSING"
    callbacks.holds = lambda callback: False
    application.start_poller(PROCESSOR, number=2)
    status = agent.wait(job_id)

    assert status["state"] == "DONE"
    assert [state for state, _, _ in callbacks.passed].count("DONE") == 1
    result = agent.result(job_id)
    assert result["fields"] == json.loads(path.with_suffix(".expected.json").read_text())["fields"]
    assert f"/team-a/results/{job_id}.json" in result["rawJsonUrl"]
    asked = application.stack.log_path("textract").read_text().count("AnalyzeDocument")
    assert asked == 1
    application.stack.stop(f"{PROCESSOR}-2")


@pytest.fixture
def processor(gated: tuple[Application, Gate]) -> Iterator[None]:
    """A poller for one test; what it was made to hold is let go."""
    application, callbacks = gated
    callbacks.holds, callbacks.passed = lambda callback: False, []
    callbacks.held.clear()
    name = application.start_poller(PROCESSOR, number=3)
    yield
    callbacks.holds = lambda callback: False
    application.stack.stop(name)


def test_textract_that_throttles_is_asked_again(
    gated: tuple[Application, Gate], processor: None, agent: AgentApp, documents: Path
) -> None:
    application, _ = gated
    textract = application.stack.aws_env["AWS_ENDPOINT_URL_TEXTRACT"]
    httpx.post(f"{textract}/_faults", json={"errors": ["ThrottlingException"] * SDK_ATTEMPTS}).raise_for_status()

    job_id = agent.send(documents / "national_id" / "scan.pdf", doc_type="national_id", agent_id="AG-001")

    assert agent.wait(job_id)["state"] == "DONE"
    said = application.stack.log_path(f"{PROCESSOR}-3").read_text()
    assert "TEXTRACT_THROTTLED" in said
    assert "Traceback" not in said


def test_an_api_that_is_away_hears_of_it_later(
    gated: tuple[Application, Gate], processor: None, agent: AgentApp, documents: Path
) -> None:
    _, callbacks = gated
    callbacks.holds = lambda callback: not callbacks.held.is_set()

    job_id = agent.send(documents / "national_id" / "scan.pdf", doc_type="national_id", agent_id="AG-001")

    assert agent.wait(job_id)["state"] == "DONE"
    assert callbacks.held.is_set()
    assert [state for state, _, _ in callbacks.passed] == ["PROCESSING", "DONE"]


def test_a_job_the_queue_did_not_take_is_sent_by_the_worker(
    gated: tuple[Application, Gate], processor: None, documents: Path
) -> None:
    """The web process cannot reach the queue; the worker can, a while later."""
    application, _ = gated
    alice = next(person for person in application.people() if person["username"] == "alice")
    cut_off = Application(
        application.stack,
        listening(),
        {**application.env, "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1"},
    )
    cut_off.start_web(workers=1, name="web-cut-off")
    agent = AgentApp(cut_off.api_url, username="alice", password=alice["password"])

    job_id = agent.send(documents / "national_id" / "scan.pdf", doc_type="national_id", agent_id="AG-001")
    application.stack.start(
        "worker", [sys.executable, "manage.py", "procrastinate", "worker"], SWEEPING | application.env
    )
    status = agent.wait(job_id)

    assert status["state"] == "DONE"
    eventually(lambda: job_id in application.stack.log_path("worker").read_text())
    agent.close()
    for name in ("worker", "web-cut-off"):
        application.stack.stop(name)
    cut_off.listener.close()

"""Nothing is lost: the processor dies, Textract throttles, the API is away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.agent_app import AgentApp
from infra.local.application import PROCESSOR, Application, prepared
from tests.folders import ServerFolder
from tests.journeys.gate import Gate, gate

pytestmark = pytest.mark.stack
DONE_WITHIN_SECONDS = 90


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


def eventually(holds: Callable[[], Any], *, within_seconds: float = 30) -> Any:
    deadline = time.monotonic() + within_seconds
    while not (value := holds()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return value


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
    status = agent.wait(job_id, timeout_seconds=DONE_WITHIN_SECONDS)

    assert status["state"] == "DONE"
    assert [state for state, _, _ in callbacks.passed].count("DONE") == 1
    result = agent.result(job_id)
    assert result["fields"] == json.loads(path.with_suffix(".expected.json").read_text())["fields"]
    assert f"/team-a/results/{job_id}.json" in result["rawJsonUrl"]
    asked = application.stack.log_path("textract").read_text().count("AnalyzeDocument")
    assert asked == 1
    application.stack.stop(f"{PROCESSOR}-2")

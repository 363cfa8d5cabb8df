"""Reading documents as the agents' app would, and what became of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from infra.local.agent_app import AgentApp, ApiRefused
from infra.local.application import Application

AT_ONCE = 3


@dataclass(frozen=True)
class Given:
    """A document to read, and what its reader finds in it; None: nobody said."""

    path: Path
    doc_type: str
    expected: dict[str, Any] | None

    @property
    def name(self) -> str:
        return f"{self.doc_type}/{self.path.name}"


@dataclass
class Reading:
    """What became of one document."""

    given: Given
    seconds: float = 0.0
    state: str = ""
    trouble: str = ""
    result: dict[str, Any] = field(default_factory=dict)


def signed_in(app: Application, people: list[dict[str, Any]]) -> tuple[AgentApp, dict[str, Any]]:
    """The first agent's phone, and the agent."""
    agent = next(person for person in people if person["agent_id"])
    return AgentApp(app.api_url, username=agent["username"], password=agent["password"]), agent


def read_all(
    phone: AgentApp, agent_id: str, given: Sequence[Given], *, told: Callable[[Reading], None]
) -> list[Reading]:
    """Every document, a few at once, each `told` as it ends; in the order given."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running_now = [pool.submit(read, phone, agent_id, one) for one in given]
        for ended in as_completed(running_now):
            told(ended.result())
    return [future.result() for future in running_now]


def read(phone: AgentApp, agent_id: str, given: Given) -> Reading:
    reading, started = Reading(given), time.monotonic()
    try:
        job_id = phone.send(given.path, doc_type=given.doc_type, agent_id=agent_id)
        status = phone.wait(job_id)
        reading.state = status["state"]
        if reading.state == "DONE":
            reading.result = phone.result(job_id)
        else:
            reading.trouble = "{code} {reason}: {message}".format(**status["error"])
    except (ApiRefused, httpx.HTTPError, TimeoutError, OSError) as trouble:
        reading.state, reading.trouble = reading.state or "REFUSED", str(trouble)
    reading.seconds = time.monotonic() - started
    return reading

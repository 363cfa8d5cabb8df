"""The whole product on one machine: the local cloud, and on it the API, the admin, the worker and the pollers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from infra.local.processes import NotStarted
from infra.local.stack import LocalStack, free_port

__all__ = ["Application", "NotStarted", "prepared", "running"]

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_SECONDS = 60
PROCESSOR = "TextractProcessorFunction"
COMPLETION = "TextractCompletionFunction"
POST_PROCESSOR = "PostProcessorFunction"


@dataclass
class Application:
    """What runs; every part can be stopped and started by its name."""

    stack: LocalStack
    api_url: str
    env: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command; its output. NotStarted with the end of its output if it fails."""
        ended = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise NotStarted(f"manage.py {' '.join(arguments)} failed:\n{ended.stderr[-2000:] or ended.stdout[-2000:]}")
        return ended.stdout

    def people(self) -> list[dict[str, Any]]:
        people: list[dict[str, Any]] = json.loads(self.manage("demo_users", "--json"))
        return people

    def start_web(self, *, workers: int = 2, name: str = "web") -> None:
        bind = self.api_url.removeprefix("http://")
        command = ["-m", "gunicorn", "backend.config.wsgi", "--bind", bind, "--workers", str(workers)]
        self.start(name, [*command, "--threads", "4", "--graceful-timeout", "5"])
        self.wait_for(f"{self.api_url}/healthz", name=name)

    def start_worker(self) -> None:
        self.start("worker", ["manage.py", "procrastinate", "worker"])

    def start_poller(self, function: str, *, number: int = 1) -> str:
        name = f"{function}-{number}"
        self.stack.start(name, _python("-m", "infra.local.poller", function), self.function_env(function))
        return name

    def function_env(self, function: str) -> dict[str, str]:
        return {**os.environ, **self.stack.function_env(function)}

    def start(self, name: str, arguments: list[str]) -> None:
        self.stack.start(name, _python(*arguments), self.env)

    def wait_for(self, url: str, *, name: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline and self.stack.is_running(name):
            try:
                if httpx.get(url, timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise NotStarted(f"{name} did not start; see {self.stack.log_path(name)}")


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


@contextmanager
def running(
    state_dir: Path, *, parameters: dict[str, str] | None = None, processors: int = 1, api_port: int | None = None
) -> Iterator[Application]:
    """Everything up, migrated, its specs published; stopped when the block is left."""
    with prepared(state_dir, parameters=parameters, api_port=api_port) as application:
        application.start_web()
        application.start_worker()
        for number in range(1, processors + 1):
            application.start_poller(PROCESSOR, number=number)
        application.start_poller(COMPLETION)
        application.start_poller(POST_PROCESSOR)
        yield application


@contextmanager
def prepared(
    state_dir: Path, *, parameters: dict[str, str] | None = None, api_port: int | None = None
) -> Iterator[Application]:
    """The local cloud with a migrated database and published specs, nothing of ours running yet."""
    api_url = f"http://127.0.0.1:{api_port or free_port()}"
    with LocalStack(state_dir, parameters={"DjangoApiUrl": api_url, **(parameters or {})}) as stack:
        application = Application(stack, api_url, {**os.environ, **stack.env, "PYTHONUNBUFFERED": "1"})
        application.manage("migrate", "--verbosity", "0")
        application.manage("load_specs", "--publish")
        yield application

"""The whole product on one machine: the local cloud, and on it the API, the admin, the worker and the pollers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.processes import START_SECONDS, NotStarted, listening
from infra.local.stack import LocalStack

__all__ = ["Application", "NotStarted", "prepared", "running"]

ROOT = Path(__file__).resolve().parents[2]
PROCESSOR = "TextractProcessorFunction"
COMPLETION = "TextractCompletionFunction"
POST_PROCESSOR = "PostProcessorFunction"


@dataclass
class Application:
    """What runs; every part can be stopped and started by its name."""

    stack: LocalStack
    listener: socket.socket
    env: dict[str, str]

    @property
    def api_url(self) -> str:
        return url_of(self.listener)

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
        bind = f"fd://{self.listener.fileno()}"
        command = _python("-m", "gunicorn", "backend.config.wsgi", "--bind", bind, "--workers", str(workers))
        # Its control socket is one file for all servers of a user, and outside this folder.
        more = ["--threads", "4", "--timeout", str(START_SECONDS), "--graceful-timeout", "5", "--no-control-socket"]
        self.stack.start(name, [*command, *more], self.env, inherits=[self.listener])
        self.stack.wait_until_it_answers(name, f"{self.api_url}/healthz")

    def start_worker(self) -> None:
        self.stack.start("worker", _python("manage.py", "procrastinate", "worker"), self.env)

    def start_poller(self, function: str, *, number: int = 1) -> str:
        name = f"{function}-{number}"
        self.stack.start(name, _python("-m", "infra.local.poller", function), self.function_env(function))
        return name

    def function_env(self, function: str) -> dict[str, str]:
        return {**os.environ, **self.stack.function_env(function)}


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


@contextmanager
def running(
    state_dir: Path, *, parameters: dict[str, str] | None = None, processors: int = 1, api_port: int = 0
) -> Iterator[Application]:
    """Everything up, migrated, its specs published; stopped when the block is left. `api_port` where it is free."""
    with prepared(state_dir, parameters=parameters, api_port=api_port) as application:
        application.start_web()
        application.start_worker()
        for number in range(1, processors + 1):
            application.start_poller(PROCESSOR, number=number)
        application.start_poller(COMPLETION)
        application.start_poller(POST_PROCESSOR)
        yield application


@contextmanager
def prepared(state_dir: Path, *, parameters: dict[str, str] | None = None, api_port: int = 0) -> Iterator[Application]:
    """The local cloud with a migrated database and published specs, nothing of ours running yet."""
    with ExitStack() as open_ones:
        listener = open_ones.enter_context(listening(api_port))
        given = {"DjangoApiUrl": url_of(listener), **(parameters or {})}
        stack = open_ones.enter_context(LocalStack(state_dir, parameters=given))
        application = Application(stack, listener, {**os.environ, **stack.env, "PYTHONUNBUFFERED": "1"})
        application.manage("migrate", "--verbosity", "0")
        application.manage("load_specs", "--publish")
        yield application

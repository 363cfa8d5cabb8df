"""Processes that are started here, logged to files, and stopped by the ids that started them."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 10


def free_ports(count: int) -> list[int]:
    """Of 127.0.0.1; all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def free_port(preferred: int | None = None) -> int:
    """`preferred` where nobody listens there."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            if preferred is not None:
                one.bind(("127.0.0.1", preferred))
                return preferred
    return free_ports(1)[0]


class NotStarted(RuntimeError):
    """A part did not come up; the message says which, and where its log is or how it ends."""


class Processes:
    """By name. A name can be started again after it was stopped; its log goes on."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        logs.mkdir(parents=True, exist_ok=True)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str], *, cwd: Path | None = None) -> None:
        if self.is_running(name):
            raise RuntimeError(f"{name} runs already")
        with self.log_path(name).open("ab") as log:
            # A session of its own: Ctrl-C reaches the one who started it, who then stops it in order.
            self._running[name] = subprocess.Popen(
                list(argv), env=dict(env), cwd=cwd, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def log_path(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def is_running(self, name: str) -> bool:
        return name in self._running and self._running[name].poll() is None

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def stop(self, name: str) -> None:
        """In order, or after ten seconds at once."""
        process = self._running.pop(name)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _kill(process)

    def kill(self, name: str) -> None:
        """At once, as a crash would."""
        _kill(self._running.pop(name))

    def stop_all(self, *, at_once: frozenset[str] = frozenset()) -> None:
        """All of them told first, then waited for; the last started first."""
        names = list(reversed(self._running))
        for name in names:
            if name in at_once:
                self.kill(name)
            else:
                self._running[name].terminate()
        for name in names:
            if name in self._running:
                self.stop(name)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With whatever it started itself, which is in its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()

"""Processes that are started here, logged to files, and stopped by the ids that started them."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

START_SECONDS = 120
"""A server's, from its start to its first answer: a busy machine takes its time."""
PROBE_SECONDS = 5
STOP_SECONDS = 10
LOG_TAIL = 1500


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


def free_port() -> int:
    return free_ports(1)[0]


def listening(preferred: int = 0) -> socket.socket:
    """A socket that listens on 127.0.0.1, on `preferred` where nobody else does; for a server to inherit.

    Taken once and kept: of two runs that start at the same time none finds the other's server at its address.
    """
    for port in (preferred, 0):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
            one.listen(128)
            return one
        except OSError:
            one.close()
    raise NotStarted("no port of 127.0.0.1 is free")


class NotStarted(RuntimeError):
    """A part did not come up; the message says which, and where its log is or how it ends."""


class Processes:
    """By name. A name can be started again after it was stopped; its log goes on."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        logs.mkdir(parents=True, exist_ok=True)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        cwd: Path | None = None,
        inherits: Sequence[socket.socket] = (),
    ) -> None:
        if self.is_running(name):
            raise RuntimeError(f"{name} runs already")
        with self.log_path(name).open("ab") as log:
            # A session of its own: Ctrl-C reaches the one who started it, who then stops it in order.
            self._running[name] = subprocess.Popen(
                list(argv),
                env=dict(env),
                cwd=cwd,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[one.fileno() for one in inherits],
            )

    def wait_until_it_answers(self, name: str, url: str, *, seconds: float | None = None) -> None:
        """Whatever it answers, as long as it is no error of its own (5xx). NotStarted names its log, and how that ends."""
        seconds = START_SECONDS if seconds is None else seconds
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.is_running(name):
            if answers(url):
                return
            time.sleep(0.05)
        why = f"no answer at {url} in {seconds:.0f} s" if self.is_running(name) else "it ended"
        log = self.log_path(name)
        raise NotStarted(f"{name} did not start: {why}. Its log, {log}, ends:\n{end_of(log)}")

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


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=PROBE_SECONDS).close()  # noqa: S310 - an address of ours
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_TAIL:] if log.exists() else "(nothing)"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With whatever it started itself, which is in its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()

"""Asks the peers' process, file by file, in turns with everything else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.application import ROOT

PYTHON = ROOT / ".local" / "peers" / "bin" / "python"
NAMES = ("trp", "trp2", "textractor")


class Peers:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def seconds(self, path: Path) -> dict[str, float | None]:
        """By peer, from the file's bytes to its document."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        answer: dict[str, float | None] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def peers_running() -> Iterator[Peers | None]:
    """None where they are not installed: `make bench` installs them."""
    if not PYTHON.is_file():
        yield None
        return
    script = Path(__file__).with_name("peers_process.py")
    with subprocess.Popen(
        [str(PYTHON), "-W", "ignore", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield Peers(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()

"""A SeaweedFS S3 server for a test run: it checks signatures, signed headers and conditions, which moto does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.processes import Processes, free_ports
from infra.local.seaweedfs import ACCESS_KEY, PORTS, SECRET_KEY, command

__all__ = ["ACCESS_KEY", "SECRET_KEY", "running"]


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The endpoint's URL."""
    processes, ports = Processes(folder), free_ports(len(PORTS))
    url = f"http://127.0.0.1:{ports[0]}"
    processes.start("s3", command(folder / "data", ports), os.environ, cwd=folder)
    try:
        processes.wait_until_it_answers("s3", url)
        yield url
    finally:
        # Nothing of it is kept, and an orderly stop takes half a minute.
        processes.kill("s3")

"""moto's server, for what is not S3."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.processes import Processes, free_port


@contextmanager
def running(logs: Path) -> Iterator[str]:
    """Its URL."""
    processes, port = Processes(logs), free_port()
    url = f"http://127.0.0.1:{port}"
    processes.start("moto", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], os.environ)
    try:
        processes.wait_until_it_answers("moto", url)
        yield url
    finally:
        processes.stop_all()

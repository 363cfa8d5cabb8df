from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE_SECONDS = 120


def eventually(holds: Callable[[], Any], *, within_seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true value; how soon it comes proves nothing on a busy machine."""
    deadline = time.monotonic() + within_seconds
    while not (value := holds()):
        assert time.monotonic() < deadline, f"it did not happen in {within_seconds:.0f} s"
        time.sleep(0.05)
    return value

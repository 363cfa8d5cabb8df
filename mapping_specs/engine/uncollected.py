"""Python's garbage collector looks the other way while a document is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Until the result is made nothing of a document is garbage, and afterwards all of it is freed without the collector:
    going through it meanwhile, the more often the longer it is, would find nothing.

    The switch is the process's. Of threads that do this at the same time the one that found it on puts it on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

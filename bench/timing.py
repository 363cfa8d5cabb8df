"""Processor time, and what is compared is run in turns: so times mean something where other things run too."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any


def seconds(action: Callable[[], Any]) -> float:
    started = time.process_time()
    kept = action()
    taken = time.process_time() - started
    del kept  # what it takes to throw a result away is not measured
    return taken


def wall_seconds(action: Callable[[], Any]) -> float:
    """Of what another process has a part in."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_turns(actions: Mapping[str, Callable[[], float | None]], rounds: int) -> dict[str, float | None]:
    """Median seconds by name; an action that says None cannot be measured. The first round warms up and counts for none."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(rounds + 1):
        for name, action in actions.items():
            measured = action()
            if number and measured is not None:
                taken[name].append(measured)
    return {name: statistics.median(times) if times else None for name, times in taken.items()}


def median_seconds(action: Callable[[], Any], rounds: int) -> float:
    return statistics.median([seconds(action) for _ in range(rounds + 1)][1:])

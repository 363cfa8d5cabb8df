"""A short run of the fuzzer; `make fuzz` is the long one."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.engine.fuzz import run_case

SEED = 20261124


@pytest.mark.parametrize("chunk", range(8))
def test_nothing_raises(chunk: int) -> None:
    told: Counter[str] = Counter()

    for number in range(chunk * 300, (chunk + 1) * 300):
        run_case(SEED, number, told)

    assert told["documents mapped"] > 60
    assert told["specs refused"] > 100

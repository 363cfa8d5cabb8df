"""Which differences between two specs break a client that reads the results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mapping_specs import load_spec
from mapping_specs.engine.differences import differences

CASES = yaml.safe_load(Path(__file__).with_name("differences.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_breaks_a_client_is_told(case: dict[str, Any]) -> None:
    before, after = (load_spec(f"spec: 1\ndoc_type: parcel\n{case[name]}") for name in ("before", "after"))

    changes = differences(before, after)

    assert [f"{one.path}: {one.message} -> {one.breaks}" for one in changes if one.breaks] == case["breaks"]
    assert differences(after, after) == []

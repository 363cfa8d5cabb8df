"""A stored result with another calibration is what `extract` makes with it: of each status and each confidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mapping_specs import Calibration, Spec, build_view, extract, load_spec
from mapping_specs.engine.extraction import Extraction
from mapping_specs.engine.recalibrating import grounds_of, recalibrated

RESPONSE = Path(__file__).parents[2] / "fixtures" / "tutorial" / "inspection_certificate.response.json"
SPEC = Path(__file__).with_name("recalibrating.yaml").read_text()
CALIBRATIONS = {
    "lower": Calibration(20, 200, ((50.0, 10.0), (80.0, 40.0), (99.0, 70.0))),
    "higher": Calibration(20, 200, ((10.0, 85.0), (60.0, 99.0))),
    "bent": Calibration(20, 200, ((60.0, 30.0), (80.0, 81.0), (95.0, 99.5))),
}


def stored(view: Any, spec: Spec) -> dict[str, dict[str, Any]]:
    """As it comes back from where JSON is kept."""
    extraction = Extraction(view, spec)
    result, grounds = extraction.result(None), grounds_of(extraction)
    fields = {
        name: {"status": status, "confidence": result["confidenceScores"].get(name), **grounds.get(name, {})}
        for name, status in result["fieldStatus"].items()
    }
    return dict(json.loads(json.dumps(fields)))


def dimmed(response: dict[str, Any]) -> dict[str, Any]:
    """Words of every confidence between 55 and 99, as bad light gives them."""
    for number, block in enumerate(response["Blocks"]):
        if "Confidence" in block:
            block["Confidence"] = 55.0 + number * 7 % 45
    return response


def as_extracted(view: Any, spec: Spec) -> dict[str, tuple[str, float | None, float | None]]:
    found = extract(view, spec)
    scores, evidence = found["confidenceScores"], found["evidence"]
    return {
        name: (status, scores.get(name), evidence.get(name, {}).get("uncalibrated"))
        for name, status in found["fieldStatus"].items()
    }


@pytest.mark.parametrize("calibration", CALIBRATIONS.values(), ids=CALIBRATIONS)
def test_it_is_what_extract_makes_with_that_calibration(calibration: Calibration) -> None:
    view = build_view(dimmed(json.loads(RESPONSE.read_bytes())))
    spec = load_spec(SPEC)

    found = recalibrated(stored(view, spec), calibration)

    shown = {name: (one["status"], one["confidence"], one.get("uncalibrated")) for name, one in found.items()}
    assert shown == as_extracted(view, Spec(spec.resolved, calibration))
    assert sum(one.get("computed") is not None for one in found.values()) == 7
    assert {"ok", "check"} == {status for status, confidence, _ in shown.values() if confidence is not None}


def test_what_was_stored_without_its_grounds_stays_as_it_was() -> None:
    before = {"owner": {"status": "ok", "confidence": 64.0}, "engine": {"status": "missing", "confidence": None}}
    assert recalibrated(before, CALIBRATIONS["lower"]) == before

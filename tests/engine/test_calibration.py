"""A calibration says what a confidence is worth on a docType: learned from labelled samples, shipped in the bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

import mapping_specs
from mapping_specs import BundleError, Calibration, build_view, calibrate, extract, load_spec, pack, unpack

ROOT = Path(__file__).parents[2]
RESPONSE = ROOT / "fixtures" / "tutorial" / "inspection_certificate.response.json"
SPEC = """
spec: 1
doc_type: inspection_certificate
title: Inspection certificate
fields:
  registration_number: Registration No
  odometer_km: {type: integer, from: {key: Odometer (km)}}
  twice_km: {type: integer, from: {computed: 'add(fields.odometer_km, fields.odometer_km)'}}
"""


def documents(count: int, *values: tuple[float, int]) -> list[list[tuple[float, bool]]]:
    """`count` documents with the same confidences; `right` of a hundred documents have each value right."""
    return [[(percent, number % 100 < right) for percent, right in values] for number in range(count)]


def read(calibration: Calibration | None) -> dict[str, Any]:
    spec = load_spec(SPEC)
    spec.calibration = calibration
    return extract(build_view(orjson.loads(RESPONSE.read_bytes())), spec)


def test_of_the_values_reported_at_a_percentage_so_many_are_right() -> None:
    learned = calibrate(documents(1000, (95.0, 99), (70.0, 50)))

    assert learned is not None
    assert (learned.samples, learned.values) == (1000, 2000)
    assert learned.of(95.0) == pytest.approx(99.0, abs=0.2)
    assert learned.of(70.0) == pytest.approx(50.0, abs=1.0)


def test_a_few_right_samples_prove_little() -> None:
    few = calibrate(documents(70, (60.0, 100), (90.0, 100), (99.0, 100)))
    many = calibrate(documents(900, (60.0, 100), (90.0, 100), (99.0, 100)))

    assert few is not None
    assert many is not None
    assert 60.0 < few.of(60.0) < many.of(60.0) < 100.0


@pytest.mark.parametrize("given", [documents(19, *[(90.0, 100)] * 20), documents(30, (90.0, 100)), [], [[]] * 500])
def test_too_few_samples_or_values_teach_nothing(given: list[list[tuple[float, bool]]]) -> None:
    assert calibrate(given) is None


def test_a_higher_confidence_never_becomes_the_lower_one() -> None:
    learned = calibrate(documents(100, (40.0, 60), (50.0, 20), (60.0, 70), (70.0, 65), (80.0, 90), (97.0, 88)))

    assert learned is not None
    curve = [learned.of(percent / 2) for percent in range(201)]
    assert curve == sorted(curve)
    assert 0.0 <= curve[0] <= curve[-1] <= 100.0


def test_scores_and_statuses_are_the_calibrated_ones_and_the_evidence_keeps_its_own() -> None:
    plain, calibrated = read(None), read(Calibration(50, 400, ((50.0, 20.0), (99.0, 60.0))))

    assert plain["fieldStatus"]["registration_number"] == "ok"
    assert calibrated["fieldStatus"]["registration_number"] == "check"
    assert calibrated["confidenceScores"]["registration_number"] < 60.0
    own = plain["confidenceScores"]["registration_number"]
    assert calibrated["evidence"]["registration_number"]["uncalibrated"] == own
    assert "uncalibrated" not in plain["evidence"]["registration_number"]


def test_what_is_computed_has_the_calibrated_confidence_of_what_it_read_once() -> None:
    scores = read(Calibration(50, 400, ((50.0, 20.0), (99.0, 60.0))))["confidenceScores"]

    assert scores["twice_km"] == scores["odometer_km"]


def test_it_travels_in_the_bundle_with_its_sample_size_and_names_it() -> None:
    spec, learned = load_spec(SPEC), calibrate(documents(100, (90.0, 80), (80.0, 60), (99.0, 97)))
    plain = pack([spec])
    spec.calibration = learned

    packed = pack([spec])

    unpacked, _ = unpack(packed.data, packed.id).spec("inspection_certificate")
    assert unpacked.calibration == learned
    assert packed.id != plain.id
    assert unpack(plain.data).spec("inspection_certificate")[0].calibration is None


@pytest.mark.parametrize(
    "broken",
    [{}, {"samples": 1, "values": 1, "points": []}, {"samples": 1, "values": 1, "points": [[90, 80], [80, 90]]}],
)
def test_a_bundle_with_a_calibration_that_is_none_is_refused(broken: dict[str, Any]) -> None:
    import gzip

    content = orjson.loads(gzip.decompress(pack([load_spec(SPEC)]).data))
    content["specs"]["inspection_certificate"]["calibration"] = broken

    with pytest.raises(BundleError, match="calibration"):
        unpack(gzip.compress(orjson.dumps(content))).spec("inspection_certificate")


def test_it_is_part_of_the_public_face() -> None:
    assert {"Calibration", "calibrate"} <= set(mapping_specs.__all__)

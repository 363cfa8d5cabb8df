"""Inspection certificates as a camera gives them: two of their ten values badly lit, and in most of those O read for 0."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from backend.accounts.models import User
from backend.specs.models import MappingSpec, Sample
from backend.specs.services.expectations import sample_expect
from backend.specs.services.samples import sample_create
from tests.backend.studio import RESPONSE

AS_READ = """\
spec: 1
doc_type: inspection_certificate
title: Motor vehicle inspection certificate
fields:
  certificate_number: Certificate No
  registration_number: Registration No
  chassis_number: Chassis No
  odometer_km: {type: integer, from: Odometer}
  owner_name: Name
  telephone: Telephone
  inspected_on: {type: date, from: Inspected on}
  valid_until: {type: date, from: Valid until}
  fee: {type: money, from: Fee paid}
  result: Result
"""
NO_O = "clean: [{replace: {O: '0'}}]"
MENDED = AS_READ.replace("chassis_number: Chassis No", f"chassis_number: {{from: Chassis No, {NO_O}}}").replace(
    "telephone: Telephone", f"telephone: {{from: Telephone, {NO_O}}}"
)
EXPECTED = {
    "certificate_number": "MVI 0048213",
    "registration_number": "KDB 482M",
    "chassis_number": "JTMHV05J804012345",
    "odometer_km": 128450,
    "owner_name": "AMINA HASSAN ODUYA",
    "telephone": "0733 118 204",
    "inspected_on": "2026-09-14",
    "valid_until": "2027-09-13",
    "fee": 2600,
    "result": "PASSED",
}
BADLY_LIT = ("JTMHV05J804012345", "0733", "118", "204")
BADLY_LIT_PERCENT = 64.0
MISREAD_OF_FIVE = 4


def response(number: int) -> dict[str, Any]:
    """The number tells copies apart: of every five, four are misread."""
    found: dict[str, Any] = json.loads(RESPONSE.read_text())
    for block in found["Blocks"]:
        if block.get("Text") in BADLY_LIT:
            block["Confidence"] = BADLY_LIT_PERCENT
            if number % 5 < MISREAD_OF_FIVE:
                block["Text"] = block["Text"].replace("0", "O")
    return found


def samples_create(spec: MappingSpec, user: User, count: int) -> list[Sample]:
    """Uploaded, and what they hold said, through the workbench's services."""
    return list(_samples(spec, user, count))


def _samples(spec: MappingSpec, user: User, count: int) -> Iterator[Sample]:
    for number in range(count):
        data = json.dumps(response(number)).encode()
        sample = sample_create(spec=spec, user=user, filename=f"certificate_{number}.json", data=data)
        yield sample_expect(sample=sample, user=user, change={"fields": EXPECTED})

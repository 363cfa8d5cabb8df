"""What is pointed at or typed as expected is kept as the field's type puts it out, or not at all."""

from __future__ import annotations

import pytest

from tests.backend.studio import CERTIFICATE, error_of, post

TEXT = (
    CERTIFICATE
    + """\
  inspected_on: {type: date, from: Inspected on}
  fee: {type: money, from: Fee paid}
  fee_in_thousands: {type: number, unit: thousand, from: Fee}
  result: {type: enum, options: {Passed: pass, Failed: fail}, from: Result}
  mark: {from: {key: Registration No, clean: [no_spaces, {remove: '^Reg[.]'}]}, clean: upper}
  valid_until: {type: date, format: D MMMM YYYY, from: Valid until}
tables:
  measurements:
    where: {headers: [Item, Measured]}
    columns: {item: Item, measured: {type: integer, header: Measured}}
locale: {country: KE}
"""
)


def expect(client, spec, sample, change):
    return post(client, spec, f"samples/{sample.pk}/expected", {"text": TEXT, **change}, "put")


def expected(client, spec, sample, change):
    answer = expect(client, spec, sample, change)
    assert answer.status_code == 200, answer.content
    return answer.json()["expected"]


@pytest.mark.parametrize(
    ("how", "path", "given", "kept"),
    [
        ("printed", "inspected_on", "14 September 2026", "2026-09-14"),
        ("printed", "odometer_km", "128,450", 128450),
        ("printed", "fee", "KShs 2,600.50/-", 2600.5),
        ("printed", "fee_in_thousands", "2.6", 2600),
        ("printed", "result", "PASSED", "pass"),
        ("printed", "mark", "Reg. kdb 482m", "KDB482M"),
        ("printed", "owner_name", "  AMINA HASSAN ODUYA ", "AMINA HASSAN ODUYA"),
        ("printed", "valid_until", "13 September 2027", "2027-09-13"),
        ("printed", "fee_currency", "KES", "KES"),
        ("typed", "inspected_on", "14/9/2026", "2026-09-14"),
        ("typed", "valid_until", "2027-09-13", "2027-09-13"),
        ("typed", "fee_in_thousands", "2600", 2600),
        ("typed", "result", "pass", "pass"),
        ("typed", "mark", "kdb 482m", "kdb 482m"),
    ],
)
def test_a_value_is_kept_as_the_type_puts_it_out(answered, certificate, as_ana, how, path, given, kept):
    assert expected(as_ana, certificate, answered, {how: {path: given}})["fields"] == {path: kept}


def test_what_is_no_value_of_the_type_is_said_and_nothing_kept(answered, certificate, as_ana):
    expected(as_ana, certificate, answered, {"typed": {"odometer_km": "1"}})
    for how, path, given in (
        ("printed", "inspected_on", "MVI 0048213"),
        ("typed", "odometer_km", "AMINA"),
        ("printed", "result", "perhaps"),
        ("typed", "measurements[0].measured", "Good"),
    ):
        change = {how: {path: given, "owner_name": "AMINA HASSAN ODUYA"}}
        answer = expect(as_ana, certificate, answered, change)
        assert error_of(answer, 400, "EXPECTED_TYPE")["field"] == path
        assert given not in answer.json()["error"]["message"]
    answered.refresh_from_db()
    assert answered.expected == {"fields": {"odometer_km": 1}, "tables": {}}


def test_a_field_that_is_not_in_the_text_has_no_value(answered, certificate, as_ana):
    for path in ("colour", "parts[0].name", "measurements[0].colour"):
        error_of(expect(as_ana, certificate, answered, {"typed": {path: "red"}}), 400, "FIELD_UNKNOWN")


def test_without_a_sound_text_there_are_no_types(answered, certificate, as_ana):
    change = {"typed": {"odometer_km": "1"}, "text": TEXT.replace("required", "requierd")}
    error_of(expect(as_ana, certificate, answered, change), 409, "SPEC_HAS_PROBLEMS")


def test_cells_and_rows_are_set_one_by_one(answered, certificate, as_ana):
    def rows(change):
        return expected(as_ana, certificate, answered, change)["tables"].get("measurements")

    assert rows({"typed": {"measurements[0].item": "Service brake"}}) == [{"item": "Service brake"}]
    assert rows({"typed": {"measurements[0].measured": "24,000"}}) == [{"item": "Service brake", "measured": 24000}]
    error_of(expect(as_ana, certificate, answered, {"typed": {"measurements[2].item": "x"}}), 400, "EXPECTED_SHAPE")
    assert rows({"unset": ["measurements[0].item"]}) == [{"measured": 24000}]
    assert rows({"rows": {"measurements": [{}, {"measured": 21}]}}) == [{}, {"measured": 21}]
    assert rows({"rows": {"measurements": None}}) is None


def test_a_preview_shows_what_is_expected_of_tables(answered, certificate, as_ana):
    expected(as_ana, certificate, answered, {"rows": {"measurements": [{"measured": 57}]}})
    body = {"text": TEXT, "sampleId": str(answered.pk)}
    shown = post(as_ana, certificate, "preview", body).json()
    assert shown["expectedTables"] == {"measurements": [{"measured": 57}]}
    assert shown["columns"] == {"measurements": ["item", "measured"]}
    assert shown["comparison"]["measurements[0].measured"] == {"outcome": "wrong", "expected": 57}

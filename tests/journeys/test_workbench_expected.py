"""What is expected of a sample: pointed at, typed, taken over; of fields and of the rows of a table."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.application import Application
from tests.journeys.conftest import INSPECTION
from tests.journeys.workbench import LOGBOOK, Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]
CERTIFICATE = LOGBOOK / "registration_certificate.pdf"


@pytest.fixture
def measured(page: Any, application: Application, people: Any) -> Workbench:
    """Ana at a docType with a table, with one sample read."""
    one = Workbench(page, application)
    one.open(one.make_doc_type("measurements.yaml"), people["ana"])
    one.add_sample(INSPECTION / "inspection_certificate.response.json")
    return one


def point_at(bench: Workbench, printed: str, field: str) -> None:
    """Click it on the page, and say that it is expected of the field."""
    bench.click(bench.on_page(re.compile(printed)), position={"x": 5, "y": 3}, force=True)
    bench.click(bench.menu_item(re.compile("is the expected value of …")))
    bench.click(bench.menu_item(field))


def printed_cell(bench: Workbench, text: str) -> Any:
    return bench.page.locator("#viewport g.cell").and_(bench.page.get_by_role("button", name=text, exact=True))


def expected_of(bench: Workbench, field: str) -> Any:
    return bench.why(field).get_by_label(f"Expected value of {field}")


def test_what_is_pointed_at_becomes_a_value_of_the_type(measured: Workbench) -> None:
    point_at(measured, "14 September 2026", "inspected_on")

    expect(expected_of(measured, "inspected_on")).to_have_value("2026-09-14")
    expect(measured.field_row("inspected_on")).to_contain_text("✗ expected: 2026-09-14")

    point_at(measured, "MVI 0048213", "inspected_on")

    expect(measured.page.locator("#notes .note.error")).to_contain_text("Nothing was kept")
    expect(expected_of(measured, "inspected_on")).to_have_value("2026-09-14")


def test_what_is_typed_becomes_a_value_of_the_type(measured: Workbench) -> None:
    measured.select("fee")
    fee = expected_of(measured, "fee")
    fee.fill("KShs 2,600/-")
    measured.press("Enter")

    expect(measured.why("fee")).to_contain_text("✓ as expected")
    expect(fee).to_have_value("2600")

    fee.fill("nothing of it")
    measured.press("Enter")
    expect(measured.page.locator("#notes .note.error")).to_contain_text("money")
    expect(fee).to_have_value("nothing of it")
    measured.page.reload()
    measured.wait_until_ready()
    expect(fee).to_have_value("2600")


def test_nothing_may_be_expected(measured: Workbench) -> None:
    measured.select("reinspected_on")
    measured.click(measured.why("reinspected_on").get_by_role("button", name="Expect nothing"))

    expect(measured.why("reinspected_on")).to_contain_text("✓ as expected")
    expect(expected_of(measured, "reinspected_on")).to_have_attribute("placeholder", "nothing")


def with_rows_expected(measured: Workbench) -> Any:
    """The table of measurements, unfolded, with the rows found taken for the expected ones."""
    table = measured.page.get_by_role("region", name="Table measurements")
    measured.click(table.get_by_role("button", name="measurements", exact=True))
    measured.click(table.get_by_role("button", name="Take the rows found"))
    return table


def test_rows_are_taken_over_and_edited_in_place(measured: Workbench) -> None:
    table = with_rows_expected(measured)
    rows = table.locator("tbody tr")
    expect(table).to_contain_text("Expected: 4 rows")
    expect(table.get_by_text("✓")).to_have_count(13)

    cell = table.get_by_label("Expected measured in row 2 of measurements")
    expect(cell).to_have_value("21")
    cell.fill("1,022")
    measured.press("Enter")
    expect(cell).to_have_value("1022")
    expect(rows.nth(1)).to_contain_text("✗ 21")
    measured.picture("workbench-expected-rows")
    measured.click(table.get_by_role("button", name="Expect row 2 as found"))
    expect(cell).to_have_value("21")

    measured.click(table.get_by_role("button", name="Delete expected row 1"))
    expect(table).to_contain_text("✗ expected: 3 rows")
    expect(rows.nth(0)).to_contain_text("✗ Service brake")
    measured.click(table.get_by_role("button", name="Insert an expected row above row 1"))
    measured.click(table.get_by_role("button", name="Expect row 1 as found"))
    expect(table).to_contain_text("Expected: 4 rows")
    expect(table.get_by_text("✗")).to_have_count(0)

    measured.click(table.get_by_role("button", name="Add a row"))
    table.get_by_label("Expected item in row 5 of measurements").fill("Horn")
    measured.press("Enter")
    expect(rows.nth(4)).to_contain_text("✗ –")
    measured.page.reload()
    measured.wait_until_ready()
    expect(table.get_by_label("Expected item in row 5 of measurements")).to_have_value("Horn")

    measured.click(table.get_by_role("button", name="Say nothing"))
    expect(table).to_contain_text("Nothing said about it")


def test_the_matrix_is_red_where_something_expected_is_not_found(measured: Workbench) -> None:
    measured.click(measured.page.get_by_role("button", name="Take all as expected"))
    expect(measured.page.locator(".chip.sample .sign").first).to_have_text("✓")
    measured.select("reinspected_on")
    measured.click(measured.why("reinspected_on").get_by_role("button", name="Expect nothing"))
    expect(measured.why("reinspected_on")).to_contain_text("✓ as expected")
    measured.add_sample(CERTIFICATE)
    measured.click(measured.page.get_by_role("button", name="Matrix"))
    row = measured.page.get_by_role("region", name="Fields and samples").get_by_role("row")
    first = row.filter(has_text="inspection_certificate")

    def sign(name: str, word: str) -> Any:
        return first.get_by_role("button", name=f"{name}: {word}")

    expect(sign("reinspected_on", "nothing, as expected")).to_have_text("✓")
    measured.select_in_yaml("Fee paid")
    measured.paste("Fee asked")
    measured.select_in_yaml("Item, Measured, Wanted")
    measured.paste("Item, Counted")
    measured.wait_for_result()

    measured.press("Control+Enter")

    expect(sign("fee", "missing")).to_have_text("✗")
    expect(sign("measurements", "missing")).to_have_text("✗")
    expect(sign("reinspected_on", "nothing, as expected")).to_have_text("✓")
    expect(sign("inspected_on", "not there")).to_have_text("–")


def test_a_printed_cell_is_taken_for_one_cell_of_an_expected_row(measured: Workbench) -> None:
    table = with_rows_expected(measured)
    rows = table.locator("tbody tr")
    expect(table).to_contain_text("Go into a cell, then click on the page what is printed for it.")
    cell = table.get_by_label("Expected measured in row 2 of measurements")

    def take(printed: str, of: str) -> None:
        measured.click(printed_cell(measured, printed))
        measured.click(measured.menu_item(f"“{printed}” is what is expected of {of} of measurements"))

    measured.click(cell)
    expect(table).to_contain_text("Click on the page what is printed for measured in row 2.")
    take("11,500", "measured in row 2")
    expect(cell).to_have_value("11500")
    expect(rows.nth(1)).to_contain_text("✗ 21")
    take("21", "measured in row 2")
    expect(cell).to_have_value("21")
    expect(table.get_by_text("✗")).to_have_count(0)

    take("Service brake", "measured in row 2")
    expect(measured.page.locator("#notes .note.error")).to_contain_text("Nothing was kept")
    expect(cell).to_have_value("21")

    measured.click(table.get_by_role("button", name="Add a row"))
    measured.click(table.get_by_label("Expected item in row 5 of measurements"))
    take("Service brake", "item in row 5")
    expect(table.get_by_label("Expected item in row 5 of measurements")).to_have_value("Service brake")


def test_a_cell_that_was_read_is_taken_without_aiming(measured: Workbench) -> None:
    table = measured.page.get_by_role("region", name="Table measurements")
    measured.click(table.get_by_role("button", name="measurements", exact=True))
    measured.click(table.get_by_role("button", name="Take the rows found"))
    cell = table.get_by_label("Expected item in row 1 of measurements")
    cell.fill("Hand brake")
    measured.press("Enter")
    expect(table).to_contain_text("✗ Service brake")
    measured.select("fee")

    measured.click(printed_cell(measured, "21"))
    expect(measured.menu_item(re.compile("expected of item in row 1"))).to_have_count(0)
    measured.press("Escape")
    measured.click(printed_cell(measured, "Service brake"))
    measured.click(measured.menu_item("“Service brake” is what is expected of item in row 1 of measurements"))

    expect(cell).to_have_value("Service brake")
    expect(table.get_by_text("✗")).to_have_count(0)

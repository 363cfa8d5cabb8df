"""The form: the same spec as a table, for those who never want YAML."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.workbench import Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@pytest.fixture
def form(bench: Workbench) -> Any:
    bench.click(bench.page.get_by_role("tab", name="Form"))
    expect(bench.page.locator("#form tbody tr")).to_have_count(6)
    return bench.page.get_by_role("tabpanel")


def test_both_views_are_one_document(bench: Workbench, form: Any) -> None:
    form.get_by_label("Type of odometer_km").select_option("number")
    bench.expect_text("odometer_km: {type: number, from: {key: Odometer}}")
    bench.click(form.get_by_label("required of odometer_km"))
    bench.expect_text("odometer_km: {type: number, required: true, from: {key: Odometer}}")
    form.get_by_label("Review below of odometer_km").fill("95")
    bench.press("Enter")
    bench.expect_text("review_below: 95")
    bench.expect_text("# not a date")

    bench.click(bench.page.get_by_role("tab", name="YAML"))
    bench.select_in_yaml("type: number")
    bench.type("type: integer")
    bench.click(bench.page.get_by_role("tab", name="Form"))
    expect(form.get_by_label("Type of odometer_km")).to_have_value("integer")


def test_labels_are_added_and_removed(bench: Workbench, form: Any) -> None:
    new = form.get_by_label("New label of chassis_number")
    new.fill("Chassis No")
    new.press("Enter")
    expect(bench.field_row("chassis_number").locator("td.value")).to_have_text("JTMHV05J804012345")

    bench.click(form.get_by_role("button", name="Remove the label Chasis Numbr"))

    bench.expect_text("chassis_number: {required: true, from: {key: Chassis No}}")


def test_fields_come_go_and_are_renamed(bench: Workbench, form: Any) -> None:
    form.get_by_label("Label of a new field").fill("Fee paid")
    bench.press("Enter")
    bench.expect_text("  fee_paid: Fee paid\n")

    form.get_by_label("Name of result").fill("passed")
    bench.press("Enter")
    bench.expect_text("  passed: {type: date, from: {key: Result}}")

    bench.click(form.get_by_role("button", name="Remove odometer_km"))
    expect(form.get_by_label("Name of odometer_km")).not_to_be_attached()
    assert "odometer_km" not in bench.text


def test_what_the_form_cannot_hold_is_said(bench: Workbench, form: Any) -> None:
    bench.click(bench.page.get_by_role("tab", name="YAML"))
    bench.select_in_yaml("{key: Odometer}")
    bench.press("Delete")
    bench.type("[{key: Odometer, section: The vehicle}, {line: x}]")
    bench.click(bench.page.get_by_role("tab", name="Form"))

    row = form.get_by_role("row").filter(has=bench.page.get_by_label("Name of odometer_km"))
    bench.click(row.get_by_role("button", name="edit in YAML"))

    expect(bench.page.get_by_role("tab", name="YAML")).to_have_attribute("aria-selected", "true")
    expect(bench.page).not_to_have_url(re.compile("view=form"))

"""Point, don't type: a click on the page changes the YAML, whose comments and order stay."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.workbench import Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]
TELEPHONE = re.compile("^Telephone: 0733 118 204")


def test_a_new_field_from_a_key(bench: Workbench) -> None:
    bench.click(bench.on_page(TELEPHONE))
    bench.click(bench.menu_item(re.compile("^New field from “Telephone”")))
    expect(bench.page.get_by_role("combobox", name="Type")).to_have_value("phone")
    bench.picture("workbench-new-field")
    bench.click(bench.page.get_by_role("button", name="Add field"))

    bench.expect_text("  telephone: {type: phone, from: Telephone}\n")
    bench.expect_text("  # The number above the bar code.\n")
    expect(bench.field_row("telephone")).to_have_class(re.compile("selected"))
    expect(bench.field_row("telephone").locator("td.value")).to_contain_text("733")


def test_a_label_for_a_field_that_is_there(bench: Workbench) -> None:
    bench.click(bench.on_page(re.compile("^Chassis No.: ")))
    bench.click(bench.menu_item(re.compile("^Add “Chassis No” as a label to")))
    bench.type("chas")
    bench.press("Enter")

    bench.expect_text("{key: [Chasis Numbr, Chassis No]}")
    expect(bench.field_row("chassis_number").locator("td.value")).to_have_text("JTMHV05J804012345")


def test_a_table_and_a_column_more(bench: Workbench) -> None:
    bench.click(bench.on_page("Remark, header"))
    bench.click(bench.menu_item(re.compile("^New table from “Item”")))
    for column in ("Wanted", "Remark"):
        bench.click(bench.page.get_by_role("checkbox", name=column))
    bench.click(bench.page.get_by_role("button", name="Add table"))
    table = bench.page.get_by_role("region", name="Table measurements")
    expect(table.get_by_role("row")).to_have_count(5)

    bench.click(bench.on_page("Remark, header"))
    bench.click(bench.menu_item("Take the column “Remark” into measurements"))

    expect(table.get_by_role("columnheader", name="remark")).to_be_visible()
    expect(table.get_by_role("cell", name="Adjust")).to_be_visible()


def test_a_value_pointed_at_is_what_is_expected(bench: Workbench) -> None:
    bench.click(bench.on_page(re.compile("^Chassis No.: ")))
    bench.click(bench.menu_item(re.compile("^“JTMHV05J804012345” is the expected value of")))
    bench.click(bench.menu_item("chassis_number"))

    expect(bench.field_row("chassis_number")).to_contain_text("expected: JTMHV05J804012345")


def test_what_was_typed_meanwhile_is_kept(bench: Workbench) -> None:
    """The server's answer is about an older text: the change is made again, to the newer one."""
    bench.page.route("**/edit", lambda route: (bench.type_into_yaml(3, " of 2026"), route.continue_()), times=1)
    bench.select("chassis_number")
    bench.click(bench.why("chassis_number").get_by_role("button", name=re.compile("add “Chassis No”")))

    bench.expect_text("{key: [Chasis Numbr, Chassis No]}")
    bench.expect_text("title: Inspection certificate of 2026\n")


def test_a_change_by_pointing_is_undone_by_the_editor(bench: Workbench) -> None:
    before = bench.text
    bench.click(bench.on_page(TELEPHONE))
    bench.click(bench.menu_item(re.compile("^New field from")))
    bench.press("Enter")
    bench.expect_text("  telephone: ")

    bench.page.evaluate("ace.edit('editor').focus()")
    bench.press("Control+z")

    bench.expect_text(before)
    assert bench.text == before


def test_the_menu_works_by_keys(bench: Workbench) -> None:
    bench.on_page(TELEPHONE).focus()
    bench.press("Enter")
    expect(bench.page.get_by_role("menu")).to_be_visible()
    bench.press("ArrowDown")
    expect(bench.menu_item(re.compile("^Add “Telephone”"))).to_be_focused()
    bench.press("Escape")

    expect(bench.page.get_by_role("menu")).not_to_be_attached()
    expect(bench.on_page(TELEPHONE)).to_be_focused()

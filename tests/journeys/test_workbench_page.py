"""The workbench shows what is found, where, and why; and follows what is typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.application import Application
from tests.journeys.people import sign_in
from tests.journeys.workbench import Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def test_every_field_has_its_value_confidence_source_and_sign(bench: Workbench) -> None:
    found = bench.field_row("certificate_number").get_by_role("cell")

    assert "MVI 0048213" in found.nth(2).inner_text()
    assert found.nth(3).inner_text() == "93"
    assert found.nth(4).inner_text() == "label"
    assert "✓" in found.nth(0).inner_text()
    assert "✗" in bench.field_row("chassis_number").get_by_role("cell").nth(0).inner_text()


def test_the_result_follows_what_is_typed(bench: Workbench) -> None:
    assert bench.value_of("odometer_km") == "128450"

    bench.select_in_yaml("type: integer, ")
    bench.press("Delete")

    expect(bench.field_row("odometer_km").locator("td.value")).to_contain_text("128,450")


def test_a_problem_stands_at_its_line_and_is_mended_by_a_click(bench: Workbench) -> None:
    bench.select_in_yaml("required: true")
    bench.type("requierd: true")

    problems = bench.page.get_by_role("list", name="Problems")
    expect(problems).to_contain_text("line 9")
    bench.picture("workbench-problem")
    expect(bench.page.locator(".ace_gutter-cell.ace_error")).to_have_text(re.compile("9"))
    bench.click(problems.get_by_role("button", name="use required"))

    expect(problems).to_be_hidden()
    bench.expect_text("    required: true\n")


def test_a_field_selected_in_one_pane_is_selected_in_all(bench: Workbench) -> None:
    bench.click(bench.on_page(re.compile("^odometer_km: 128,450")))

    expect(bench.field_row("odometer_km")).to_have_class(re.compile("selected"))
    expect(bench.why("odometer_km")).to_contain_text("Odometer")
    expect(bench.page.locator("#editor .selected-field")).to_be_attached()
    expect(bench.page).to_have_url(re.compile("field=odometer_km"))


def test_hovering_a_field_marks_it_on_the_page(bench: Workbench) -> None:
    bench.field_row("odometer_km").hover()

    expect(bench.page.locator("#viewport g.found.hovered")).to_have_attribute("data-field", "odometer_km")

    bench.page.locator("#viewport g.found[data-field=inspected_on]").hover()

    expect(bench.page.locator("#result tr.hovered")).to_have_attribute("data-field", "inspected_on")


def test_f8_goes_from_problem_to_problem(bench: Workbench) -> None:
    bench.select_in_yaml("required: true")
    bench.paste("requierd: true")
    bench.select_in_yaml("{type: integer")
    bench.paste("{typo: integer")
    expect(bench.page.get_by_role("list", name="Problems").get_by_role("listitem")).to_have_count(2)

    lines = []
    for _ in range(3):
        bench.press("F8")
        lines.append(bench.page.evaluate("ace.edit('editor').getCursorPosition().row + 1"))

    assert lines == [9, 12, 9]


def test_a_hint_stands_at_its_line_and_keeps_nothing(bench: Workbench) -> None:
    bench.select_in_yaml("{key: Odometer}")
    bench.paste("{line: 'km (\\d+)'}")

    hints = bench.page.get_by_role("list", name="Problems and hints")
    expect(hints).to_contain_text("hint, line 12: ")
    expect(bench.page.locator(".ace_gutter-cell.ace_info")).to_have_text(re.compile("12"))
    expect(bench.page.locator("#standing")).to_contain_text("✓ no problems")
    bench.press("F8")
    assert bench.page.evaluate("ace.edit('editor').getCursorPosition().row + 1") == 12
    bench.save("one hint")
    expect(bench.page.locator("#standing")).to_contain_text("1 hint")


def test_why_names_the_nearest_label_and_adds_it(bench: Workbench) -> None:
    bench.select("chassis_number")

    why = bench.why("chassis_number")
    expect(why).to_contain_text("“Chasis Numbr”")
    expect(why).to_contain_text("Nearest printed label: “Chassis No”")
    bench.picture("workbench-why")
    bench.click(why.get_by_role("button", name="+ add “Chassis No” as a label"))

    expect(bench.field_row("chassis_number").locator("td.value")).to_have_text("JTMHV05J804012345")
    bench.expect_text("chassis_number: {required: true, from: {key: [Chasis Numbr, Chassis No]}}")


def test_why_names_the_row_that_a_table_lacks_and_what_is_like_it(bench: Workbench) -> None:
    bench.select_in_yaml("{type: date, from: {key: Result}}")
    bench.paste("{type: integer, from: {cell: {row: Service breaks, column: Measured}}}")
    bench.select("result")

    why = bench.why("result")
    expect(why).to_contain_text("the table has no such row")
    expect(why).to_contain_text("Printed like it: “Service brake”")


def test_a_turned_down_candidate_offers_the_change_that_takes_it(bench: Workbench) -> None:
    bench.select("result")

    expect(bench.why("result")).to_contain_text("PASSED")
    bench.click(bench.why("result").get_by_role("button", name="take it as text"))

    expect(bench.field_row("result").locator("td.value")).to_have_text("PASSED")
    bench.expect_text("# not a date")


def test_another_of_several_is_taken(bench: Workbench) -> None:
    bench.select_in_yaml("{type: date, from: {key: Result}}")
    bench.paste("{from: {line: '^[A-Z][a-z]+ brake$'}}")
    value = bench.field_row("result").locator("td.value")
    expect(value).to_have_text("Service brake")

    bench.select("result")
    bench.click(bench.why("result").get_by_role("button", name="take this one (nth: 2)"))

    expect(value).to_have_text("Parking brake")


def test_a_heading_that_is_not_printed_may_be_dropped(bench: Workbench) -> None:
    bench.select_in_yaml("{key: Odometer}")
    bench.paste("{key: Odometer, section: The motorcycle}")
    bench.select("odometer_km")
    expect(bench.why("odometer_km")).to_contain_text("the heading 'The motorcycle' is not printed")

    bench.click(bench.why("odometer_km").get_by_role("button", name="look everywhere"))

    expect(bench.field_row("odometer_km").locator("td.value")).to_contain_text("128450")
    bench.expect_text("odometer_km: {type: integer, from: {key: Odometer}}")


def test_keys_in_no_field_are_drawn_apart(bench: Workbench) -> None:
    free = bench.page.locator("#viewport g.pair.unmapped")

    expect(free.filter(has_text="Telephone")).to_be_attached()
    expect(free.filter(has_text="Odometer")).not_to_be_attached()


def test_the_address_holds_the_state(bench: Workbench) -> None:
    bench.select("odometer_km")
    bench.select("inspected_on")

    bench.page.go_back()
    expect(bench.why("odometer_km")).to_be_visible()
    bench.page.go_forward()
    expect(bench.why("inspected_on")).to_be_visible()
    bench.page.reload()
    bench.wait_for_result()
    expect(bench.why("inspected_on")).to_be_visible()


def test_completion_knows_what_the_samples_print(bench: Workbench) -> None:
    bench.wait_for_printed("Telephone")
    bench.type_into_yaml(6, "\nphone: Tele")
    completions = bench.page.locator(".ace_autocomplete .ace_line.ace_selected")
    expect(completions).to_contain_text("Telephone")
    expect(completions).to_contain_text("1 sample")
    bench.press("Enter")

    bench.expect_text("phone: Telephone")


def test_completion_keeps_up_with_quick_fingers(bench: Workbench) -> None:
    bench.wait_for_printed("Telephone")
    bench.page.clock.install()
    bench.page.clock.pause_at(bench.page.evaluate("Date.now() + 1000"))
    bench.type_into_yaml(6, "\nphone: Tele")
    bench.press("Enter")

    assert "\n  phone: Telephone\n" in bench.text


def test_completion_knows_the_language(bench: Workbench) -> None:
    bench.type_into_yaml(9, "\nrevi")
    expect(bench.page.locator(".ace_autocomplete .ace_line.ace_selected")).to_contain_text("review_below")
    bench.press("Enter")

    bench.expect_text("    review_below: ")


def test_the_list_of_specs_leads_here(page: Any, people: Any) -> None:
    sign_in(page, people["ana"])
    page.goto("/admin/specs/mappingspec/")
    page.get_by_role("link", name="Workbench of motor_logbook").click()
    expect(page.get_by_role("heading", name="Motor vehicle logbook")).to_be_visible()

    page.goto("/admin/specs/mappingspec/")
    page.get_by_role("link", name="motor_logbook", exact=True).click()
    page.get_by_role("link", name="Workbench", exact=True).click()
    expect(page.get_by_role("heading", name="Motor vehicle logbook")).to_be_visible()

    page.goto("/admin/specs/mappingspec/")
    page.get_by_role("link", name="New docType from a document").click()
    expect(page.get_by_role("button", name="Drop a document here")).to_be_visible()


def test_dark_is_dark_everywhere(bench: Workbench) -> None:
    bench.select("odometer_km")
    bench.click(bench.page.get_by_role("button", name="Dark"))

    expect(bench.page.locator("html.dark")).to_be_attached()
    expect(bench.page.locator("#editor.ace_dark")).to_be_attached()
    bench.picture("workbench-dark")
    bench.page.reload()
    expect(bench.page.locator("html.dark")).to_be_attached()
    bench.page.goto("/admin/")
    expect(bench.page.locator("html.dark")).to_be_attached()


def test_it_asks_nobody_else_and_runs_no_inline_script(page: Any, application: Application, people: Any) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    one = Workbench(page, application)
    one.open("motor_logbook", people["ana"])
    policy = page.request.get(page.url).headers["content-security-policy"]
    one.type_into_yaml(3, "\nloc")
    expect(page.locator(".ace_autocomplete")).to_be_visible()

    assert complaints == []
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.locator("script:not([src]):not([type='application/json'])").count() == 0
    assert page.locator("[onclick], [onload]").count() == 0

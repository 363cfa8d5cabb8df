"""Quick hands, slow answers: what comes at an awkward moment is neither lost nor done to something else.

Answers are held back, or the page's clock is, until the moment is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import held
from tests.journeys.people import People, sign_in
from tests.journeys.workbench import Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@contextmanager
def drawn_anew(bench: Workbench) -> Iterator[None]:
    """Something was typed; its result comes, and draws the panes anew, when the block is left."""
    with bench.page.expect_response("**/preview"), held(bench.page, "**/preview"):
        with bench.page.expect_request("**/preview"):
            bench.page.evaluate("ace.edit('editor').session.insert({ row: 0, column: 0 }, '# of today\\n')")
        yield
    bench.wait_for_answer()


def stop_the_clock(bench: Workbench) -> None:
    """Nothing that the page does a moment later is done."""
    bench.page.clock.install()
    bench.page.clock.pause_at(bench.page.evaluate("Date.now() + 1000"))


PRESSED: dict[str, Callable[[Workbench], Any]] = {
    "a field": lambda bench: bench.page.locator("#result").get_by_role("button", name="odometer_km"),
    "a value on the page": lambda bench: bench.on_page(re.compile("^odometer_km: 128,450")),
}
EXPECTED: dict[str, Callable[[Workbench], Any]] = {
    "a field": lambda bench: bench.why("odometer_km"),
    "a value on the page": lambda bench: bench.page.get_by_role("menu"),
}


@pytest.mark.parametrize("what", PRESSED)
def test_a_click_counts_though_a_result_comes_between_press_and_release(bench: Workbench, what: str) -> None:
    target = PRESSED[what](bench)
    with drawn_anew(bench):
        target.hover()
        bench.page.mouse.down()

    bench.page.mouse.up()

    expect(EXPECTED[what](bench)).to_be_visible()


def test_save_pressed_while_its_bar_is_drawn_anew_asks_for_the_note(bench: Workbench) -> None:
    bench.page.get_by_role("button", name="Save").hover()
    bench.page.mouse.down()
    bench.page.evaluate("ace.edit('editor').insert('# ')")
    bench.page.mouse.up()

    expect(bench.page.get_by_role("dialog", name="Save a revision")).to_be_visible()
    expect(bench.page.locator("#standing .revision")).to_contain_text("unsaved")


def test_a_result_of_the_text_before_is_not_taken_for_the_newest(bench: Workbench) -> None:
    value = bench.field_row("odometer_km").locator("td.value .normalized")
    with held(bench.page, "**/preview"):
        with bench.page.expect_request("**/preview"):
            bench.select_in_yaml("type: integer, ")
            bench.press("Delete")
        stop_the_clock(bench)
        bench.select_in_yaml("{key: Odometer}")
        bench.paste("{key: Mileage}")

    expect(value).to_have_text("128,450")
    expect(bench.page.locator("#result")).to_have_attribute("aria-busy", "true")
    bench.page.clock.resume()
    expect(value).not_to_be_attached()
    expect(bench.page.locator("#result")).to_have_attribute("aria-busy", "false")


def test_a_problem_whose_line_has_moved_is_mended_where_it_is_now(bench: Workbench) -> None:
    bench.select_in_yaml("required: true")
    bench.paste("requierd: true")
    problems = bench.page.get_by_role("list", name="Problems")
    expect(problems).to_contain_text("line 9")
    stop_the_clock(bench)
    bench.page.evaluate("ace.edit('editor').session.insert({ row: 0, column: 0 }, '# a line\\n# and another\\n')")

    bench.click(problems.get_by_role("button", name="use required"))

    bench.expect_text("    required: true\n")
    assert "requierd" not in bench.text


def test_what_is_typed_into_the_form_counts_though_the_form_is_drawn_anew_meanwhile(bench: Workbench) -> None:
    bench.click(bench.page.get_by_role("tab", name="Form"))
    form = bench.page.get_by_role("tabpanel")
    expect(form.locator("tbody tr")).to_have_count(6)
    label = form.get_by_label("New label of chassis_number")
    with held(bench.page, "**/form"):
        with bench.page.expect_request("**/form"):
            bench.click(form.get_by_label("required of odometer_km"))
        bench.click(label)
        bench.type("Chassi")
        before = label.element_handle()
    bench.page.wait_for_function("input => !input.isConnected", arg=before)

    bench.type("s No")
    bench.press("Tab")

    bench.expect_text("chassis_number: {required: true, from: {key: [Chasis Numbr, Chassis No]}}")


def test_what_is_typed_as_expected_counts_though_a_result_comes_meanwhile(bench: Workbench) -> None:
    bench.select("odometer_km")
    expected = bench.why("odometer_km").get_by_label("Expected value of odometer_km")
    kept: list[Any] = []
    bench.page.on("request", lambda one: kept.append(one.post_data_json) if one.url.endswith("/expected") else None)
    with drawn_anew(bench):
        bench.click(expected)
        bench.type("128")
        before = expected.element_handle()
    bench.page.wait_for_function("input => !input.isConnected", arg=before)

    bench.type("451")
    bench.press("Tab")

    expect(bench.field_row("odometer_km")).to_contain_text("✗ expected: 128451")
    assert [one["typed"] for one in kept] == [{"odometer_km": "128451"}]


def test_a_field_stays_marked_and_focused_though_the_page_is_drawn_anew(bench: Workbench) -> None:
    found = bench.page.locator("#viewport g.found[data-field=odometer_km]")
    found.focus()
    bench.field_row("inspected_on").hover()
    with drawn_anew(bench):
        before = found.element_handle()
    bench.page.wait_for_function("mark => !mark.isConnected", arg=before)

    expect(found).to_be_focused()
    expect(bench.page.locator("#viewport g.found.hovered")).to_have_attribute("data-field", "inspected_on")
    bench.field_row("odometer_km").hover()
    expect(bench.page.locator("#viewport g.found.hovered")).to_have_attribute("data-field", "odometer_km")


def test_a_document_cannot_be_chosen_before_the_page_can_take_it(page: Any, people: People) -> None:
    sign_in(page, people["ana"])
    drop = page.get_by_role("button", name="Drop a document here")
    with held(page, "**/new_doc_type*.js"):
        page.goto("/admin/specs/mappingspec/new/", wait_until="commit")
        expect(drop).to_be_disabled()

    expect(drop).to_be_enabled()

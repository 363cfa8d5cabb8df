"""Nobody is shut out: the pages of those who write specs, by axe-core, light and dark; the keyboard reaches every pane."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.application import Application
from tests.journeys.accessibility import shut_out
from tests.journeys.conftest import INSPECTION
from tests.journeys.people import People
from tests.journeys.workbench import Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]

Step = Callable[[Workbench], None]


@pytest.fixture
def peters(page: Any, application: Application, people: People) -> Workbench:
    """Peter, who may publish, at a docType with a table, with one sample read and two revisions."""
    one = Workbench(page, application)
    one.open(one.make_doc_type("measurements.yaml"), people["peter"])
    one.add_sample(INSPECTION / "inspection_certificate.response.json")
    one.select_in_yaml("Fee paid")
    one.paste("Fee")
    one.save("a label changed")
    return one


def why(bench: Workbench) -> None:
    bench.select("inspected_on")
    expect(bench.why("inspected_on")).to_be_visible()


def rows(bench: Workbench) -> None:
    table = bench.page.get_by_role("region", name="Table measurements")
    bench.click(table.get_by_role("button", name="measurements", exact=True))
    bench.click(table.get_by_role("button", name="Take the rows found"))
    expect(table).to_contain_text("Expected: 4 rows")


def matrix(bench: Workbench) -> None:
    bench.click(bench.page.get_by_role("button", name="Matrix"))
    expect(bench.page.get_by_role("region", name="Fields and samples")).to_be_visible()


def form(bench: Workbench) -> None:
    bench.click(bench.page.get_by_role("tab", name="Form"))
    expect(bench.page.locator("#form tbody tr")).to_have_count(4)


def menu(bench: Workbench) -> None:
    bench.click(bench.on_page(re.compile("14 September 2026")), position={"x": 5, "y": 3}, force=True)
    expect(bench.page.get_by_role("menu")).to_be_visible()


def closed_menu(bench: Workbench) -> None:
    bench.press("Escape")
    expect(bench.page.get_by_role("menu")).not_to_be_attached()
    bench.click(bench.page.get_by_role("tab", name="YAML"))


def problem(bench: Workbench) -> None:
    bench.select_in_yaml("type: money")
    bench.paste("typo: money")
    expect(bench.page.get_by_role("list", name="Problems")).to_be_visible()


def dialog(bench: Workbench) -> None:
    bench.press("Control+s")
    expect(bench.page.get_by_role("dialog")).to_be_visible()


STATES: list[Step] = [why, rows, matrix, form, menu, closed_menu, problem, dialog]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_workbench_in_every_state(peters: Workbench, scheme: str) -> None:
    peters.page.emulate_media(color_scheme=scheme)
    peters.page.reload()
    peters.wait_until_ready()
    peters.wait_for_result()

    found = []
    for state in STATES:
        state(peters)
        found += [f"{state.__name__}: {one}" for one in shut_out(peters.page)]

    assert not found, "\n".join(found)


PAGES = {
    "index": "/admin/",
    "list": "/admin/specs/mappingspec/",
    "new": "/admin/specs/mappingspec/new/",
    "revisions": "/admin/specs/mappingspec/{spec}/revisions/",
    "compare": "/admin/specs/mappingspec/{spec}/compare/?from=1&to=2",
    "compare text": "/admin/specs/mappingspec/{spec}/compare/?from=1&to=2&mode=text",
    "publish": "/admin/specs/mappingspec/{spec}/publish/2/",
    "import": "/admin/specs/mappingspec/{spec}/exchange/",
    "audit": "/admin/specs/publication/",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_around_it(peters: Workbench, scheme: str) -> None:
    page = peters.page
    page.emulate_media(color_scheme=scheme)
    spec = peters.spec_id(peters.doc_type)

    found = []
    for name, path in PAGES.items():
        answer = page.goto(path.format(spec=spec))
        assert answer.status == 200, name
        found += [f"{name}: {one}" for one in shut_out(page)]

    assert not found, "\n".join(found)


def test_a_page_that_shuts_somebody_out_is_found(page: Any) -> None:
    page.set_content(
        "<html lang=en><title>x</title><main><h1>x</h1><p style='color:#ddd'>pale</p><input></main></html>"
    )

    assert {one.split(" ")[0] for one in shut_out(page)} == {"color-contrast", "label"}


def test_tab_goes_through_every_pane_in_order(peters: Workbench) -> None:
    """Whatever has the focus is seen and has a name; no pane keeps it."""
    peters.page.locator("#top a").first.focus()
    order: list[str] = []
    at = ""
    for _ in range(200):
        at, name, is_seen = peters.page.evaluate(FOCUSED)
        assert name, f"nameless in {at}"
        assert is_seen, f"{name} is out of sight"
        order += [at] if at not in order else []
        if at == "samples":
            break
        peters.press("Tab")

    assert order == ["top", "source", "panes", "document", "result", "samples"]


def test_the_bars_keep_the_focus_when_they_are_drawn_anew(peters: Workbench) -> None:
    share = peters.page.locator("#top").get_by_role("button", name="Copy a link")
    larger = peters.page.locator("#document").get_by_role("button", name="Larger")
    share.focus()
    peters.page.evaluate("ace.edit('editor').insert('# ')")
    expect(peters.page.locator("#standing")).to_contain_text("unsaved")
    expect(share).to_be_focused()

    larger.focus()
    zoom = peters.page.locator("#zoom").inner_text()
    peters.press("Enter")

    expect(peters.page.locator("#zoom")).not_to_have_text(zoom)
    expect(larger).to_be_focused()


FOCUSED = """() => {
  const element = document.activeElement;
  const pane = element.closest("#top, #source, #document, #result, #samples, #panes");
  const box = element.getBoundingClientRect();
  const name = element.getAttribute("aria-label") || element.textContent.trim() || element.title;
  return [pane?.id ?? "nowhere", name, box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth];
}"""

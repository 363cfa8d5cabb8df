"""Who may do what in the workbench, and who sees personal values."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from infra.local.application import Application
from tests.journeys.conftest import INSPECTION
from tests.journeys.people import People
from tests.journeys.workbench import Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]

OWNER = "AMINA HASSAN ODUYA"


@pytest.fixture
def anas(page: Any, application: Application, people: People) -> Workbench:
    """Ana, an analyst, at a docType with a personal field and one sample read."""
    one = Workbench(page, application)
    one.open(one.make_doc_type("personal.yaml"), people["ana"])
    one.add_sample(INSPECTION / "inspection_certificate.response.json")
    one.save("with a sample")
    return one


def owner_printed(bench: Workbench, sample_page: dict[str, Any]) -> int:
    """How many colours the page image has where the owner's name is printed: one where it is covered."""
    source = bench.page.locator("#viewport img").get_attribute("src")
    image = Image.open(io.BytesIO(bench.page.request.get(source).body())).convert("L")
    [box] = [line["box"] for line in sample_page["lines"] if line["text"] == OWNER]
    left, top = box["left"] * image.width, box["top"] * image.height
    right, bottom = left + box["width"] * image.width, top + box["height"] * image.height
    colours = image.crop((int(left), int(top), int(right), int(bottom))).getcolors()
    assert colours is not None
    return len(colours)


def page_json(bench: Workbench) -> dict[str, Any]:
    source = bench.page.locator("#viewport img").get_attribute("src")
    answer: dict[str, Any] = bench.page.request.get(source.split(".png")[0] + ".json").json()
    return answer


def test_a_personal_value_is_covered_for_who_may_not_see_it(
    anas: Workbench, browser: Any, application: Application, people: People
) -> None:
    printed = page_json(anas)
    assert anas.value_of("owner_name") == OWNER
    assert owner_printed(anas, printed) > 1

    with Workbench.window(browser, application) as victors:
        victors.open(anas.doc_type, people["victor"])
        victors.wait_for_result()

        assert victors.value_of("owner_name") == "•••"
        assert victors.value_of("certificate_number") == anas.value_of("certificate_number")
        assert owner_printed(victors, printed) == 1
        assert OWNER not in victors.page.content()
        assert OWNER not in str(page_json(victors))


def test_who_publishes(anas: Workbench, browser: Any, application: Application, people: People) -> None:
    """An analyst edits and does not publish; a publisher finds the button; a viewer neither edits nor publishes."""
    actions = anas.page.locator("#actions")
    expect(actions.get_by_role("button", name="Save")).to_be_visible()
    expect(actions.get_by_text("Publish…")).to_have_count(0)

    with Workbench.window(browser, application) as peters:
        peters.open(anas.doc_type, people["peter"])
        expect(peters.page.get_by_role("link", name="Publish…")).to_be_visible()

    with Workbench.window(browser, application) as victors:
        victors.open(anas.doc_type, people["victor"])
        expect(victors.page.locator("#actions").get_by_text("Publish…")).to_have_count(0)
        victors.page.goto(f"/admin/specs/mappingspec/{victors.spec_id(anas.doc_type)}/publish/1/")
        expect(victors.page.get_by_text("What changes")).to_be_visible()
        expect(victors.page.get_by_role("button", name="Publish")).to_have_count(0)

"""Samples: documents and answers added, what is expected of them, all of them run at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.application import Application
from tests.journeys.workbench import LOGBOOK, Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]
CERTIFICATE = LOGBOOK / "registration_certificate.pdf"


def test_a_document_is_read_as_the_lambda_does(page: Any, application: Application, people: Any) -> None:
    bench = Workbench(page, application)
    bench.open("motor_logbook", people["ana"])
    bench.add_sample(CERTIFICATE)

    assert bench.value_of("registration_number") == "KCA 123A"
    image = page.get_by_role("img", name=re.compile("^Page 1 of"))
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 1000


def test_a_document_is_dropped_anywhere(bench: Workbench) -> None:
    drop = """async ([name, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], name, { type: "application/pdf" }));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    bench.page.evaluate(drop, [CERTIFICATE.name, list(CERTIFICATE.read_bytes())])

    expect(bench.page.locator(".chip.sample[aria-current]")).to_contain_text(CERTIFICATE.name)
    bench.wait_for_result()
    assert bench.value_of("registration_number") == "KCA 123A"


def test_a_file_that_is_none_of_these_is_refused_in_words(bench: Workbench, tmp_path: Path) -> None:
    bad = tmp_path / "notes.pdf"
    bad.write_text("not a document")

    bench.choose_file(bench.page.get_by_role("button", name="Add sample"), bad)

    expect(bench.page.locator("#notes .note.error")).to_be_visible()
    expect(bench.page.locator(".chip.sample")).to_have_count(1)


def test_expected_values_are_taken_over_and_corrected(bench: Workbench) -> None:
    bench.click(bench.page.get_by_role("button", name="Take all as expected"))
    bench.select("odometer_km")
    expect(bench.why("odometer_km")).to_contain_text("✓ as expected")

    expected = bench.why("odometer_km").get_by_label("Expected value of odometer_km")
    expected.fill("128451")
    bench.press("Enter")

    expect(bench.field_row("odometer_km")).to_contain_text("✗ expected: 128451")
    chip = bench.page.locator(".chip.sample")
    expect(chip.locator(".sign").first).to_have_text("✗")
    bench.click(bench.why("odometer_km").get_by_role("button", name="Take what was found"))
    expect(chip.locator(".sign").first).to_have_text("✓")


def test_all_samples_run_in_the_background(bench: Workbench) -> None:
    bench.click(bench.page.get_by_role("button", name="Take all as expected"))
    expect(bench.page.locator(".chip.sample .sign").first).to_have_text("✓")
    bench.add_sample(CERTIFICATE)

    bench.press("Control+Enter")
    bench.click(bench.page.get_by_role("button", name="Matrix"))

    matrix = bench.page.get_by_role("region", name="Fields and samples")
    passed = matrix.get_by_role("row").filter(has_text="inspection_certificate")
    expect(passed).to_contain_text("revision 1")
    bench.picture("workbench-matrix")
    bench.click(passed.get_by_role("button", name=re.compile("odometer_km: as expected")))
    expect(bench.why("odometer_km")).to_be_visible()
    expect(bench.page.locator(".chip.sample[aria-current]")).to_contain_text("inspection_certificate")


def test_switching_samples_keeps_the_place(bench: Workbench) -> None:
    bench.add_sample(CERTIFICATE)
    bench.select("odometer_km")

    bench.press("Alt+ArrowUp")

    expect(bench.page.locator(".chip.sample[aria-current]")).to_contain_text("inspection_certificate")
    expect(bench.why("odometer_km")).to_be_visible()
    bench.press("Alt+ArrowDown")
    expect(bench.page.locator(".chip.sample[aria-current]")).to_contain_text("registration_certificate")
    expect(bench.why("odometer_km")).to_be_visible()


def test_a_sample_is_removed_after_a_question(bench: Workbench) -> None:
    bench.click(bench.page.get_by_role("button", name="Matrix"))
    bench.click(bench.page.get_by_role("button", name="Remove inspection_certificate.response.json"))
    bench.click(bench.page.get_by_role("dialog").get_by_role("button", name="Remove"))

    expect(bench.page.locator(".chip.sample")).to_have_count(0)
    expect(bench.page.get_by_text("No sample yet")).to_be_visible()

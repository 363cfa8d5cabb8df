"""A revision that is saved: what its confidences are worth, and which shared fields it is shown with."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.application import Application
from tests.journeys.workbench import Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def test_a_calibrated_confidence_says_what_it_was_learned_from(
    page: Any, application: Application, people: Any
) -> None:
    """Twenty certificates: what was read at 64 % was wrong on four of five, so 64 % says less than it did."""
    doc_type = f"certificate_{uuid.uuid4().hex[:8]}"
    application.manage("shell", "-v", "0", "-c", f"from tests.journeys.learned import make; make({doc_type!r})")
    bench = Workbench(page, application)
    bench.open(doc_type, people["ana"])
    bench.wait_for_result()

    notice = page.locator("#result .notice").filter(has_text="Confidences as when published")
    expect(notice).to_contain_text("calibrated from 200 values of 20 samples")
    shown = bench.field_row("telephone").locator("td.number")
    assert int(shown.inner_text()) < 50
    expect(bench.field_row("telephone").locator("td.sign")).to_contain_text("!")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366, "twenty samples widen their own strip alone"
    bench.select("telephone")
    said = f"64 % by the evidence; of the samples' values read so, {shown.inner_text()} % are right."
    expect(bench.why("telephone")).to_contain_text(said)
    bench.picture("workbench-calibrated")
    bench.click(page.get_by_role("button", name="Matrix"))
    matrix = page.get_by_role("region", name="Fields and samples")
    for sample in ("certificate_0.json", "certificate_1.json"):
        of_both = f"{sample}, telephone: doubtful, {shown.inner_text()} % (64 % by the evidence)"
        expect(matrix.get_by_role("button", name=of_both, exact=True)).to_have_text("!")
    bench.click(page.get_by_role("button", name="Matrix"))

    bench.select("certificate_number")
    expect(bench.why("certificate_number")).not_to_contain_text(re.compile("[0-3][0-9] % are right"))
    page.goto(page.url.split("?")[0] + "?revision=1")
    bench.wait_until_ready()
    bench.wait_for_result()
    expect(notice).to_have_count(0)
    expect(bench.field_row("telephone").locator("td.number")).to_have_text("64")


def test_an_old_revision_is_shown_with_the_shared_fields_of_then(
    page: Any, application: Application, people: Any
) -> None:
    name = f"shop_{uuid.uuid4().hex[:8]}"
    make = (
        "from backend.specs import services;"
        f"library = lambda kind: services.library_save(name='{name}/base', author=None,"
        " text='fields:\\n  phone: {type: ' + kind + ', from: Phone}\\n');"
        f"save = lambda more: services.spec_save(spec=services.spec_ensure(doc_type={name!r}), author=None,"
        f" text='spec: 1\\ndoc_type: {name}\\ntitle: Receipt\\nextends: {name}/base\\nfields:\\n  till: Till' + more);"
        "library('phone'); save('\\n'); library('string'); save(' No\\n')"
    )
    application.manage("shell", "-v", "0", "-c", make)
    bench = Workbench(page, application)
    standing = page.locator("#standing")

    bench.open(name, people["ana"])
    expect(standing).to_contain_text("✓ no problems")
    expect(standing).not_to_contain_text("as saved")
    page.goto(page.url.split("?")[0] + "?revision=1")
    bench.wait_until_ready()
    expect(standing).to_contain_text(f"with {name}/base 1, as saved")

    bench.type_into_yaml(3, "s")

    expect(standing).to_contain_text(f"! {name}/base 2 instead of 1")
    expect(standing).not_to_contain_text("as saved")

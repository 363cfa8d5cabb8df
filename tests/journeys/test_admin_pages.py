"""The admin as those who work in it see it, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.agent_app import AgentApp
from tests.journeys.people import People, sign_in

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def test_a_viewer_finds_a_job_and_reads_its_fields(page: Any, people: People, alice: AgentApp, documents: Path) -> None:
    document = documents / "motor_logbook" / "registration_certificate.pdf"
    job_id = alice.send(document, doc_type="motor_logbook", agent_id="AG-001")
    alice.wait(job_id)
    result = alice.result(job_id)

    sign_in(page, people["victor"])
    page.get_by_role("link", name="Jobs").first.click()
    page.get_by_role("link", name=job_id).click()

    fields = page.locator("table.fields")
    row = fields.get_by_role("row").filter(has_text="registration_number")
    expect(row.get_by_role("cell").nth(1)).to_have_text(result["fields"]["registration_number"])
    in_order_of_the_spec = list(result["fieldStatus"])
    expect(fields.locator("tbody td:first-child")).to_have_text(in_order_of_the_spec)


def test_an_agent_does_not_enter(page: Any, people: People) -> None:
    sign_in(page, people["alice"])

    expect(page.locator("body")).to_contain_text("staff")
    expect(page.get_by_role("link", name="Jobs")).to_have_count(0)

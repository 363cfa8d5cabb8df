"""The admin as those who work in it see it, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.local.agent_app import AgentApp
from tests.journeys.people import People, sign_in

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def test_a_viewer_finds_a_job_and_reads_its_fields(page: Any, people: People, alice: AgentApp, documents: Path) -> None:
    document = documents / "motor_logbook" / "registration_certificate.pdf"
    job_id = alice.send(document, doc_type="motor_logbook", agent_id="AG-001")
    alice.wait(job_id, timeout_seconds=60)
    result = alice.result(job_id)

    sign_in(page, people["victor"])
    page.get_by_role("link", name="Jobs").first.click()
    page.get_by_role("link", name=job_id).click()

    fields = page.locator("table.fields")
    row = fields.get_by_role("row").filter(has_text="registration_number")
    assert row.get_by_role("cell").nth(1).inner_text() == result["fields"]["registration_number"]
    names = [cell.inner_text() for cell in fields.locator("tbody td:first-child").all()]
    assert names == list(result["fieldStatus"]), "in the order of the spec"


def test_an_agent_does_not_enter(page: Any, people: People) -> None:
    sign_in(page, people["alice"])

    assert "staff" in page.locator("body").inner_text()
    assert page.get_by_role("link", name="Jobs").count() == 0

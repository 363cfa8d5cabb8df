"""Every page of the admin, and the API's own, in a browser that enforces the content security policy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from infra.local.agent_app import AgentApp
from infra.local.application import Application
from tests.journeys.people import People, sign_in

pytestmark = [pytest.mark.stack, pytest.mark.browser]
REPORT = """addEventListener("securitypolicyviolation", event => {
  window.reported = policyBroken(`${event.violatedDirective}: ${event.blockedURI}`);
})"""
ONE_OF_MANY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|\d+")
DOWNLOADS = re.compile(r"\.(zip|xlsx|csv|yaml|json|png)$")


class Visitor:
    """Opens every page that the pages link to, one of each kind."""

    def __init__(self, page: Any, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.broken: list[str] = []
        self.seen: set[str] = set()
        page.expose_function("policyBroken", lambda said: self.broken.append(f"{page.url}: {said}"))
        page.add_init_script(REPORT)
        page.on("pageerror", lambda error: self.broken.append(f"{page.url}: {error}"))

    def visit(self, *addresses: str) -> None:
        waiting = list(addresses)
        while waiting:
            address = waiting.pop(0)
            kind = ONE_OF_MANY.sub("*", urlsplit(address).path)
            if kind in self.seen:
                continue
            self.seen.add(kind)
            answer = self.page.goto(address)
            assert answer.status < 500, address
            self.page.wait_for_load_state("networkidle")
            waiting += self.links()

    def links(self) -> list[str]:
        found = self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        here = [urldefrag(urljoin(self.page.url, link))[0] for link in found]
        return [
            link
            for link in here
            if link.startswith(f"{self.base_url}/admin/")
            and "logout" not in link
            and not DOWNLOADS.search(urlsplit(link).path)
        ]


def test_no_page_breaks_the_policy(
    page: Any, people: People, alice: AgentApp, documents: Path, application: Application
) -> None:
    job = alice.send(
        documents / "motor_logbook" / "registration_certificate.pdf", doc_type="motor_logbook", agent_id="AG-001"
    )
    alice.wait(job)
    visitor = Visitor(page, application.api_url)
    sign_in(page, people["bob"])

    visitor.visit("/admin/", "/admin/accounts/user/add/", "/api/docs-ui/")

    assert visitor.broken == []
    wanted = (
        *(
            "/admin/specs/mappingspec/*/revisions/",
            "/admin/specs/mappingspec/*/compare/",
            "/admin/specs/publication/*/change/",
        ),
        *(
            "/admin/specs/mappingspec/*/exchange/",
            "/admin/specs/mappingspec/*/workbench/",
            "/admin/specs/mappingspec/new/",
        ),
        *("/admin/documents/extractionjob/*/change/", "/admin/accounts/user/*/change/", "/admin/password_change/"),
    )
    assert [kind for kind in wanted if kind not in visitor.seen] == [], sorted(visitor.seen)
    assert len(visitor.seen) >= 30


def test_the_policy_is_enforced(page: Any, people: People) -> None:
    """The browser would tell: a script that somebody gets into a page does not run."""
    told: list[str] = []
    page.expose_function("policyBroken", lambda said: told.append(said))
    page.add_init_script(REPORT)
    sign_in(page, people["victor"])
    page.get_by_role("link", name="Jobs").wait_for()
    script = "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
    page.evaluate(script)
    page.wait_for_function("'reported' in window")
    page.evaluate("window.reported")  # a promise, of its having been heard here
    assert page.evaluate("window.ran") is None
    assert [said.split(":")[0] for said in told] == ["script-src-elem"]

"""The whole product, once for all journeys; each journey sends its own documents through it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.agent_app import AgentApp
from infra.local.application import Application, running
from tests.folders import ServerFolder
from tests.journeys.browsing import chromium, launched, notebook


@pytest.fixture(scope="session")
def application(server_folder: ServerFolder) -> Iterator[Application]:
    with server_folder("app") as folder, running(folder) as one:
        yield one


@pytest.fixture(scope="session")
def people(application: Application) -> dict[str, dict[str, Any]]:
    return {person["username"]: person for person in application.people()}


@pytest.fixture(scope="session")
def alice(application: Application, people: dict[str, dict[str, Any]]) -> Iterator[AgentApp]:
    """An agent, AG-001, signed in."""
    app = AgentApp(application.api_url, username="alice", password=people["alice"]["password"])
    yield app
    app.close()


@pytest.fixture(scope="session")
def documents() -> Path:
    return Path(__file__).parents[2] / "fixtures" / "documents"


@pytest.fixture(scope="session")
def bad_documents() -> Path:
    return Path(__file__).parents[2] / "fixtures" / "documents_bad"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser its tests are left out, loudly; where REQUIRE_BROWSER is set that is an error."""
    wanting = [item for item in items if item.get_closest_marker("browser")]
    if not wanting or chromium():
        return
    if os.environ.get("REQUIRE_BROWSER"):
        raise pytest.UsageError(f"{len(wanting)} tests need Chromium: apt-get install chromium")
    config.hook.pytest_deselected(items=wanting)
    items[:] = [item for item in items if item not in wanting]
    config.stash[LEFT_OUT] = len(wanting)


LEFT_OUT = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.section("BROWSER TESTS LEFT OUT", sep="!", red=True)
        terminalreporter.line(f"{left_out} tests did not run: they drive Debian's Chromium (apt-get install chromium).")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with launched() as one:
        yield one


@pytest.fixture
def page(browser: Any, application: Application) -> Iterator[Any]:
    """A window of an analyst's notebook, nobody signed in; a request to anywhere else fails the test."""
    elsewhere: list[str] = []
    with notebook(browser, application) as context:
        one = context.new_page()
        one.on("request", lambda request: elsewhere.append(request.url) if foreign(request.url, application) else None)
        yield one
    assert elsewhere == []


def foreign(url: str, application: Application) -> bool:
    return not url.startswith((application.api_url, "data:", "blob:", "about:"))


@pytest.fixture
def bench(page: Any, application: Application, people: dict[str, dict[str, Any]]) -> Any:
    """Ana, an analyst, at the workbench of a docType of this test's own, with one sample read."""
    from tests.journeys.workbench import Workbench

    one = Workbench(page, application)
    one.open(one.make_doc_type("inspection.yaml"), people["ana"])
    one.add_sample(INSPECTION / "inspection_certificate.response.json")
    return one


INSPECTION = Path(__file__).parents[2] / "fixtures" / "tutorial"

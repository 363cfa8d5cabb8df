"""A browser that is given the time a busy machine needs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, expect, sync_playwright

from infra.local.application import Application

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 60_000
"""How long whatever is waited for may take; nothing is proved by its being quick."""


def chromium() -> str | None:
    return CHROMIUM if os.access(CHROMIUM, os.X_OK) else shutil.which("chromium")


@contextmanager
def launched() -> Iterator[Any]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"], timeout=2 * PATIENCE_MS)
        yield one
        one.close()


@contextmanager
def held(page: Any, pattern: str) -> Iterator[None]:
    """What is asked of addresses like `pattern` is sent when the block is left."""
    requests: list[Any] = []
    page.route(pattern, lambda route: requests.append(route))
    yield
    for request in requests:
        request.continue_()
    page.unroute(pattern)


@contextmanager
def notebook(browser: Any, application: Application) -> Iterator[BrowserContext]:
    """The windows of one person at a notebook, nobody signed in."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=application.api_url)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()

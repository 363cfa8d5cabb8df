"""Signing in to the admin in a browser."""

from __future__ import annotations

from typing import Any

People = dict[str, dict[str, Any]]


def sign_in(page: Any, person: dict[str, Any]) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill(person["username"])
    page.get_by_label("Password").fill(person["password"])
    with page.expect_navigation():  # gone before the answer, the browser would know of no session
        page.get_by_role("button", name="Log in").click()

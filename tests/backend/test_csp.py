"""The content security policy: whose page may run what. That no page breaks it is shown in the browser."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from backend.config.csp import policy_for

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.I)
HANDLER = re.compile(r"<[^>]+\son[a-z]+=", re.I)


def policy(path: str) -> dict[str, list[str]]:
    header = Client().get(path, follow=True)["Content-Security-Policy"]
    return {name: values for name, *values in (part.split() for part in header.split(";"))}


@pytest.mark.parametrize("path", ["/admin/login/", "/api/docs-ui/"])
def test_a_page_loads_from_here_and_is_framed_by_nobody(db, path):
    said = policy(path)
    assert said["default-src"] == said["base-uri"] == said["form-action"] == ["'self'"]
    assert said["object-src"] == said["frame-ancestors"] == ["'none'"]
    assert "'unsafe-inline'" not in said.get("script-src", [])


def test_only_the_admin_evaluates(db):
    assert policy("/admin/login/")["script-src"] == ["'self'", "'unsafe-eval'"]
    assert "unsafe" not in str(policy("/api/docs-ui/"))


def test_data_runs_nothing(db):
    assert policy("/api/docs/types") == {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}
    assert policy_for("/api/schema")["default-src"] == ["'none'"]


@pytest.mark.parametrize("path", ["/admin/login/", "/api/docs-ui/", "/admin/"])
def test_no_page_has_an_inline_script(admin_client, path):
    page = admin_client.get(path, follow=True).content.decode()
    assert not INLINE_SCRIPT.search(page)
    assert not HANDLER.search(page)

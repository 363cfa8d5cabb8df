"""What nobody's browser sends to the workbench is a typed error, never a fault of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib import admin

from backend.specs.admin import matrix, samples, workbench, workbench_api
from backend.specs.models import MappingSpec
from backend.specs.studio.editing.operations import OPERATIONS
from tests.backend.studio import CERTIFICATE, error_of, url

HOSTILE = yaml.safe_load((Path(__file__).parent / "hostile.yaml").read_text())
TABLE = "tables:\n  rows: {where: {headers: [Item]}, columns: {item: Item}}\n"
JSON = "application/json"
FORMS = ["samples/", "new/"]
READ_ONLY = {"specs_completions", "specs_sample", "specs_sample_page_image", "specs_sample_page", "specs_matrix_run"}
PAGES = {"specs_workbench"}


def named(case: Any) -> str:
    return str(case.get("name") or f"{case['path']} {(case['body'].get('operation') or {}).get('kind', '')}")


def address(certificate: Any, answered: Any, path: str) -> str:
    filled = path.replace("SAMPLE", str(answered.pk))
    return f"/admin/specs/mappingspec/{filled}" if path in ("sign-in/", "new/") else url(certificate, filled)


def body_of(request: dict[str, Any], answered: Any) -> dict[str, Any]:
    text = json.dumps(request["body"]).replace('"SAMPLE"', f'"{answered.pk}"')
    filled: dict[str, Any] = json.loads(text.replace('"TEXT"', json.dumps(CERTIFICATE + TABLE)))
    return filled


def raw(case: dict[str, Any]) -> bytes:
    times = case.get("times", 1)
    text = case.get("start", "") + case["body"] * times + case.get("end", "") + case.get("close", "") * times
    return str(text).encode("latin-1")


def test_every_endpoint_and_every_edit_is_here():
    model_admin = admin.site.get_model_admin(MappingSpec)
    modules = (workbench_api, samples, matrix, workbench)
    paths = {pattern.name for module in modules for pattern in module.urls(model_admin)}
    asked = {request["path"].split("/")[-1] or request["path"].rstrip("/") for request in HOSTILE["requests"]}
    known = {"expected": "specs_sample_expected", "sign-in": "specs_sign_in"}
    assert {known.get(one, f"specs_{one}") for one in asked} == paths - READ_ONLY - PAGES - {
        "specs_samples",
        "specs_new",
    }
    kinds = {request["body"]["operation"]["kind"] for request in HOSTILE["requests"] if request["path"] == "edit"}
    assert kinds == set(OPERATIONS)


@pytest.mark.parametrize("body", HOSTILE["bodies"], ids=named)
def test_a_body_that_cannot_be_read(answered, certificate, as_ana, body):
    asked = {(request["path"], request.get("method", "post")) for request in HOSTILE["requests"]}
    for path, method in sorted(asked):
        answer = getattr(as_ana, method)(address(certificate, answered, path), raw(body), content_type=JSON)
        error_of(answer, body["status"], body["reason"])
        assert b"secret-value" not in answer.content


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("form", HOSTILE["forms"], ids=named)
def test_a_form_that_cannot_be_read(answered, certificate, as_ana, form, path):
    answer = as_ana.post(address(certificate, answered, path), raw(form), content_type=form["type"])
    error_of(answer, 400, form["reason"])


@pytest.mark.parametrize("case", HOSTILE["addresses"], ids=lambda case: case["path"])
def test_an_address_that_says_nonsense(answered, certificate, as_ana, case):
    answer = as_ana.get(address(certificate, answered, case["path"]))
    error_of(answer, case.get("status", 400), case["reason"])


@pytest.mark.parametrize("request_", HOSTILE["requests"], ids=named)
def test_anything_in_any_place_is_no_fault_of_ours(answered, certificate, as_ana, settings, request_):
    """It may mean something (a text with problems is previewed); where it is refused, it is refused by type."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one is slow on purpose
    method, path = getattr(as_ana, request_.get("method", "post")), address(certificate, answered, request_["path"])
    body = body_of(request_, answered)
    assert method(path, json.dumps(body), content_type=JSON).status_code in ACCEPTED
    for name, value in HOSTILE["values"].items():
        for sent in with_value_everywhere(body, value):
            answer = method(path, sent, content_type=JSON)
            assert answer.status_code < 500, (name, sent[:200])
            if answer.status_code >= 400:
                error_of(answer, answer.status_code, answer.json()["error"]["details"]["reason"])
                assert "secret-value" not in answer.content.decode()


ACCEPTED = (200, 202, 401)
"""401: ana has another password."""


def with_value_everywhere(body: dict[str, Any], value: str) -> Iterator[str]:
    """The body as JSON, each time with the value in another place."""
    for path in places(body):
        copy = json.loads(json.dumps(body))
        inner = copy
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = MARK
        yield json.dumps(copy).replace(f'"{MARK}"', value)


MARK = "here it goes"


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = body if isinstance(body, dict) else range(len(body)) if isinstance(body, list) else ()
    for step in steps:
        yield (*path, step)
        yield from places(body[step], (*path, step))

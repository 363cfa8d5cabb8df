"""A session that ends while somebody types: told in JSON, signed in again in place, and the typing goes on."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.backend.studio import CERTIFICATE, error_of, member, post, url

SIGN_IN = "/admin/specs/mappingspec/sign-in/"
JSON = {"accept": "application/json"}


def sign_in(client: Client, name: str, password: str, **headers: str):
    body = json.dumps({"username": name, "password": password})
    return client.post(SIGN_IN, body, content_type="application/json", headers={**JSON, **headers})


@pytest.fixture
def browser() -> Client:
    """As a browser is: its posts need the token of its cookie."""
    return Client(enforce_csrf_checks=True, headers=JSON)


def test_an_expired_session_is_a_401_and_no_page(certificate, client):
    for tail in ("preview", "edit", "form", "save", "matrix", "propose", "samples/"):
        answer = client.post(url(certificate, tail), "{}", content_type="application/json", headers=JSON)
        error_of(answer, 401, "SESSION_EXPIRED")


def test_a_person_who_opens_such_an_address_is_asked_to_sign_in(certificate, client):
    answer = client.get(url(certificate, "completions"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/?next=")


def test_signing_in_in_place_goes_on_with_a_new_token(certificate, ana, browser):
    asked = browser.get(SIGN_IN).json()
    assert asked["signedIn"] is False
    answer = sign_in(browser, "ana", "ana-horse-battery", **{"x-csrftoken": asked["csrfToken"]})
    assert (answer.status_code, answer.json()["username"]) == (200, "ana")
    body = json.dumps({"text": CERTIFICATE})
    headers = {**JSON, "x-csrftoken": answer.json()["csrfToken"]}
    again = browser.post(url(certificate, "preview"), body, content_type="application/json", headers=headers)
    assert again.status_code == 200


@pytest.mark.parametrize(("name", "password"), [("ana", "wrong"), ("nobody", "ana-horse-battery"), ("", "")])
def test_a_wrong_password_is_told_alike_whoever_it_is(ana, client, name, password):
    answer = sign_in(client, name, password)
    error_of(answer, 401, "SIGN_IN_FAILED")
    assert client.get(SIGN_IN).json()["signedIn"] is False


def test_an_agent_does_not_sign_in_here(alice, client):
    alice.set_password("alice-horse-battery")
    alice.save()
    error_of(sign_in(client, "alice", "alice-horse-battery"), 401, "SIGN_IN_FAILED")


def test_without_the_token_nothing_is_done_and_it_is_said_in_json(certificate, browser):
    browser.force_login(member("eve", "analyst"))
    answer = post(browser, certificate, "save", {"text": "spec: 1", "baseNumber": 1})
    error_of(answer, 403, "CSRF_FAILED")
    assert certificate.revisions.count() == 1


@pytest.mark.parametrize("body", ["{", "[]", ""])
def test_a_request_to_sign_in_of_another_shape_is_refused(db, client, body):
    answer = client.post(SIGN_IN, body, content_type="application/json", headers=JSON)
    assert answer.status_code in (400, 401)
    assert "error" in answer.json()

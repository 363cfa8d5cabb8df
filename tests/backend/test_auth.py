"""POST /api/auth/token and /api/auth/token/refresh."""

from __future__ import annotations

import json

import pytest
from rest_framework.test import APIClient

from tests.backend.acting import PASSWORD, as_user, error_of


def token(**asked):
    return as_user(None).post("/api/auth/token", json.dumps(asked), content_type="application/json")


def with_token(access: str) -> APIClient:
    client = as_user(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


@pytest.fixture
def alice_with_password(alice):
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def test_it_works(alice_with_password):
    tokens = token(username="alice", password=PASSWORD).json()
    assert with_token(tokens["access"]).get("/api/docs/types").status_code == 200
    renewed = as_user(None).post("/api/auth/token/refresh", {"refresh": tokens["refresh"]}, format="json").json()
    assert with_token(renewed["access"]).get("/api/docs/types").status_code == 200


@pytest.mark.parametrize("asked", [{"username": "alice", "password": "wrong"}, {"username": "x", "password": PASSWORD}])
def test_a_wrong_password_and_an_unknown_name_sound_alike(alice_with_password, asked):
    response = token(**asked)
    error_of(response, 401, "AUTH", "NOT_AUTHENTICATED")
    assert response.json()["error"]["message"] == "No active account found with the given credentials"


def test_a_locked_account_gets_none(alice_with_password):
    alice_with_password.is_active = False
    alice_with_password.save()
    error_of(token(username="alice", password=PASSWORD), 401, "AUTH", "NOT_AUTHENTICATED")


def test_what_is_missing_is_named(db):
    assert set(error_of(token(username="alice"), 400, "VALIDATION", "INVALID_FIELDS")["fields"]) == {"password"}


@pytest.mark.parametrize("access", ["nonsense", "", "a.b.c"])
def test_a_token_that_is_none(db, access):
    error_of(with_token(access).get("/api/docs/types"), 401, "AUTH", "NOT_AUTHENTICATED")


def test_a_refresh_token_opens_nothing(alice_with_password):
    refresh = token(username="alice", password=PASSWORD).json()["refresh"]
    error_of(with_token(refresh).get("/api/docs/types"), 401, "AUTH", "NOT_AUTHENTICATED")


def test_guessing_is_slowed_down(db, within_a_minute):
    for _ in range(20):
        token(username="alice", password="guess")
    response = token(username="alice", password="guess")
    error_of(response, 429, "LIMIT", "TOO_MANY_REQUESTS")
    assert 1 <= int(response["Retry-After"]) <= 61

"""Every endpoint, one error shape; and nothing of the inside in any of them."""

from __future__ import annotations

import uuid

import pytest

from tests.backend.acting import as_user, error_of, post

JOB = uuid.UUID("0debe0e1-9fb6-4567-9fe8-4c8a97aab7a6")
ENDPOINTS = {
    "/api/auth/token": {"post"},
    "/api/auth/token/refresh": {"post"},
    "/api/docs/presign": {"post"},
    "/api/docs/submit": {"post"},
    f"/api/docs/status/{JOB}": {"get"},
    f"/api/docs/result/{JOB}": {"get"},
    f"/api/docs/retry/{JOB}": {"post"},
    "/api/docs/callback": {"put", "post"},
    "/api/docs/types": {"get"},
}
WRITES = [(path, method) for path, methods in ENDPOINTS.items() for method in sorted(methods - {"get"})]
READS_JSON = [(path, method) for path, method in WRITES if "retry" not in path and "callback" not in path]


def test_this_list_is_complete():
    from backend.accounts.urls import urlpatterns as auth
    from backend.documents.api.urls import urlpatterns as docs

    assert len(ENDPOINTS) == len(auth) + len(docs)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_method_it_has_not(as_alice, path):
    response = as_alice.delete(path)
    error_of(response, 405, "VALIDATION", "METHOD_NOT_ALLOWED")
    assert response["Allow"]


@pytest.mark.parametrize(("path", "method"), READS_JSON)
def test_a_body_that_is_not_json(as_alice, path, method):
    response = getattr(as_alice, method)(path, b'{"a": secret-value', content_type="application/json")
    error_of(response, 400, "VALIDATION", "MALFORMED_JSON")
    assert "secret-value" not in response.content.decode()


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"filename": NaN}', b'{"sizeBytes": ' + b"9" * 5000 + b"}", b"\xff\xfe"]
)
@pytest.mark.parametrize(("path", "method"), READS_JSON)
def test_a_body_that_python_would_stumble_over(as_alice, path, method, body):
    response = getattr(as_alice, method)(path, body, content_type="application/json")
    error_of(response, 400, "VALIDATION", "MALFORMED_JSON")


@pytest.mark.parametrize(("path", "method"), READS_JSON)
def test_a_body_that_says_it_is_not_json(as_alice, path, method):
    response = getattr(as_alice, method)(path, b"<a/>", content_type="text/xml")
    error_of(response, 415, "VALIDATION", "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("path", ["presign", "submit"])
def test_a_body_too_long(as_alice, settings, path):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    error_of(post(as_alice, path, {"filename": "a" * 100}), 413, "LIMIT", "REQUEST_TOO_LARGE")


@pytest.mark.parametrize("path", ["/api/", "/api/nowhere", "/api/docs/status/not-a-uuid", "/api/docs/presign/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_none(db, settings, path, method):
    for settings.DEBUG in (False, True):
        error_of(getattr(as_user(None), method)(path), 404, "VALIDATION", "NOT_FOUND")


def test_a_defect_of_ours_tells_nothing(as_alice, monkeypatch, log_output):
    def broken(*args, **kwargs):
        raise RuntimeError("KCA 123A of JANE")

    monkeypatch.setattr("backend.documents.selectors.job_of", broken)
    response = as_alice.get(f"/api/docs/status/{JOB}")
    error_of(response, 500, "TEMPORARY", "INTERNAL")
    logged = log_output.getvalue()
    assert ('"exception": "RuntimeError"' in logged, "test_errors.py" in logged) == (True, True)
    for shown in (response.content.decode(), logged):
        assert "JANE" not in shown
        assert "Traceback" not in shown


def test_too_many_requests(as_alice, monkeypatch, within_a_minute):
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    answers = [as_alice.get("/api/docs/types") for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    error_of(answers[2], 429, "LIMIT", "TOO_MANY_REQUESTS")
    assert 1 <= int(answers[2]["Retry-After"]) <= 61


def test_the_callers_request_id_comes_back(db):
    response = as_user(None).get("/api/nowhere", headers={"X-Request-ID": "mobile-7f3a9c"})
    assert response.json()["error"]["requestId"] == response["X-Request-ID"] == "mobile-7f3a9c"


@pytest.mark.parametrize("offered", ["short", "a" * 65, "with space inside", "<script>alert</script>"])
def test_a_request_id_that_is_none_is_replaced(db, offered):
    assert as_user(None).get("/api/nowhere", headers={"X-Request-ID": offered})["X-Request-ID"] != offered

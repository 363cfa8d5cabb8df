"""What stands around the API: health, schema, CORS, logs, settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml
from django.core.management import call_command
from django.db import OperationalError, connection
from openapi_spec_validator import validate

from tests.backend.acting import PASSWORD, as_user
from tests.backend.test_errors import ENDPOINTS, JOB


def test_healthy(db, client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_unhealthy_without_the_database(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("connection to 10.0.0.5 refused")

    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})


@pytest.fixture
def schema(client):
    return yaml.safe_load(client.get("/api/schema").content)


def test_the_schema_is_valid_and_complete(schema):
    validate(schema)
    described = {path: set(methods) & {"get", "put", "post"} for path, methods in schema["paths"].items()}
    assert described == {path.replace(str(JOB), "{job_id}"): methods for path, methods in ENDPOINTS.items()}


def test_every_error_in_the_schema_has_the_one_shape(schema):
    for path, methods in schema["paths"].items():
        for method in methods.values():
            errors = {status: said for status, said in method["responses"].items() if status >= "400"}
            assert errors, path
            for said in errors.values():
                reference = said["content"]["application/json"]["schema"]["$ref"]
                assert reference == "#/components/schemas/ErrorResponse"


def test_the_schema_has_no_complaints():
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", os.devnull)


def test_swagger_ui_comes_from_here(client):
    page = client.get("/api/docs-ui/").content.decode()
    assert "swagger-ui" in page
    assert "cdn" not in page


def test_cors_is_a_list(db, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    asked = {"Access-Control-Request-Method": "POST"}
    for origin, allowed in (("https://app.example.com", True), ("https://evil.example.com", False)):
        response = as_user(None).options("/api/docs/presign", headers={"Origin": origin, **asked})
        assert (response.headers.get("Access-Control-Allow-Origin") == origin) is allowed


def test_a_log_line_is_json_and_names_the_route_not_the_path(db, log_output):
    as_user(None).get(f"/api/docs/status/{JOB}?token=secret", headers={"X-Request-ID": "mobile-7f3a9c"})
    lines = [json.loads(line) for line in log_output.getvalue().splitlines()]
    [request] = [line for line in lines if line["event"] == "request"]
    assert (request["route"], request["status"]) == ("api/docs/status/<uuid:job_id>", 401)
    assert request["request_id"] == "mobile-7f3a9c"
    assert str(JOB) not in json.dumps(lines)
    assert "secret" not in json.dumps(lines)


# --- settings --------------------------------------------------------------------------------------------------------

PRODUCTION = {
    "ENVIRONMENT": "prod",
    "DJANGO_SECRET_KEY": "x" * 60,
    "DJANGO_ALLOWED_HOSTS": "api.example.com",
    "DATABASE_URL": "postgres://app@db.example.com/app",
    "S3_BUCKET": "documents-prod",
    "KMS_KEY_ID": "arn:aws:kms:eu-west-1:111122223333:key/1",
    "SQS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs",
    "CALLBACK_SECRET_ID": "docmap/prod/callback",
    "DJANGO_API_URL": "https://api.example.com",
}


def started_with(environment: dict[str, str], code: str = "") -> subprocess.CompletedProcess[str]:
    program = "import django; django.setup(); from django.conf import settings as s\n" + code
    own = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "backend.config.settings"}
    return subprocess.run(
        [sys.executable, "-c", program], env={**own, **environment}, capture_output=True, text=True, timeout=300
    )


def test_production_starts_and_is_strict():
    code = "print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS)"
    ran = started_with(PRODUCTION, code)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "False True True True ['api.example.com']"


@pytest.mark.parametrize("missing", sorted(set(PRODUCTION) - {"ENVIRONMENT", "DJANGO_ALLOWED_HOSTS"}))
def test_production_refuses_to_start_without(missing):
    ran = started_with({name: value for name, value in PRODUCTION.items() if name != missing})
    assert ran.returncode != 0
    assert f"{missing} must be set" in ran.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("DJANGO_DEBUG", "1"), ("PRESIGN_EXPIRES_SECONDS", "3600"), ("ENVIRONMENT", "production")]
)
def test_production_refuses_to_start_with(name, value):
    ran = started_with({**PRODUCTION, name: value})
    assert ran.returncode != 0
    assert f"ImproperlyConfigured: {name} must be" in ran.stderr


def test_development_needs_nothing():
    ran = started_with({"DJANGO_DEBUG": "1"}, "print(s.ENVIRONMENT, s.SECURE_SSL_REDIRECT)")
    assert (ran.returncode, ran.stdout.strip()) == (0, "local False")


def test_the_bare_address_and_the_sign_in_page_lead_to_the_admin(client, ana):
    assert client.get("/").headers["location"] == "/admin/"

    ana.set_password(PASSWORD)
    ana.save()
    asked = client.post("/admin/login/", {"username": "ana", "password": PASSWORD})

    assert asked.headers["location"] == "/admin/"


def test_the_migrations_are_those_of_the_models(db):
    call_command("makemigrations", "--check", "--dry-run")

"""Who works in the workbench, and what they send. ana writes specs, peter publishes them, victor looks on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.accounts.models import User
from backend.specs import services
from backend.specs.models import MappingSpec, Sample

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "fixtures" / "tutorial"
RESPONSE = TUTORIAL / "inspection_certificate.response.json"
DOCUMENT = TUTORIAL / "inspection_certificate.pdf"
BAD = ROOT / "fixtures" / "documents_bad"

CERTIFICATE = """\
spec: 1
doc_type: inspection_certificate
title: Motor vehicle inspection certificate
fields:
  certificate_number: Certificate No
  odometer_km: {type: integer, from: Odometer}
  owner_name: {pii: true, from: {key: Name, section: The owner}}
  engine_number: {required: true, from: Engine Number}
"""


def member(name: str, group: str) -> User:
    user = User.objects.create_user(name, is_staff=True, password=f"{name}-horse-battery")
    user.groups.add(Group.objects.get(name=group))
    return user


def signed_in(user: User, **more: Any) -> Client:
    client = Client(headers={"accept": "application/json"}, raise_request_exception=False, **more)
    client.force_login(user)
    return client


def certificate_spec(text: str = CERTIFICATE) -> MappingSpec:
    spec = services.spec_ensure(doc_type="inspection_certificate")
    services.spec_save(spec=spec, text=text, author=None)
    return spec


def url(spec: MappingSpec, tail: str) -> str:
    return f"/admin/specs/mappingspec/{spec.pk}/{tail}"


def post(client: Client, spec: MappingSpec, tail: str, body: Any, method: str = "post") -> Any:
    data = body if isinstance(body, str) else json.dumps(body)
    return getattr(client, method)(url(spec, tail), data, content_type="application/json")


def upload(client: Client, spec: MappingSpec, path: Path | None = None, *, name: str = "", data: bytes = b"") -> Any:
    content = path.read_bytes() if path else data
    file = SimpleUploadedFile(name or (path.name if path else "file"), content)
    return client.post(url(spec, "samples/"), {"file": file})


def sample_of(answer: Any) -> Sample:
    assert answer.status_code == 201, answer.content
    return Sample.objects.get(pk=answer.json()["id"])


def error_of(answer: Any, status: int, reason: str) -> dict[str, Any]:
    """Assert the one error shape and give its details."""
    body = answer.json()
    assert answer.status_code == status, body
    assert set(body["error"]) == {"code", "message", "details", "requestId"}
    assert body["error"]["details"]["reason"] == reason, body
    assert body["error"]["requestId"] == answer["X-Request-ID"]
    details: dict[str, Any] = body["error"]["details"]
    return details

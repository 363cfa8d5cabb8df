"""What the tests of the API say and look at."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.documents.models import ExtractionJob
from lambdas.contracts import Callback, JobMessage, sign

PDF = b"%PDF-1.7\n% a document of ours\n%%EOF\n"
BUCKET = "documents"
CURRENT = {"id": "2026-11", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
OLDER = {"id": "2026-05", "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Cloud:
    """What the tests look at behind the API's back."""

    s3: Any
    sqs: Any
    queue_url: str

    def messages(self) -> list[JobMessage]:
        """Taken off the queue."""
        found = []
        while batch := self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
                found.append(JobMessage.from_json(message["Body"]))
        return found


def as_user(user: User | None) -> APIClient:
    client = APIClient(raise_request_exception=False)
    if user:
        client.force_authenticate(user)
    return client


def post(client: APIClient, path: str, body: Any) -> Any:
    return client.post(f"/api/docs/{path}", json.dumps(body), content_type="application/json")


def upload_request(**changes: Any) -> dict[str, Any]:
    asked = {
        "filename": "log book.pdf",
        "mimeType": "application/pdf",
        "sizeBytes": len(PDF),
        "docType": "motor_logbook",
    }
    return {**asked, **changes}


def put_file(presigned: dict[str, Any], data: bytes = PDF, **headers: str) -> httpx.Response:
    own = {name: value for name, value in presigned["headers"].items() if name != "Content-Length"}
    return httpx.put(presigned["uploadUrl"], content=data, headers={**own, **headers}, timeout=120)


def result_of_engine(job: ExtractionJob, **changes: Any) -> dict[str, Any]:
    result = {
        "docType": job.doc_type,
        "specRevision": 1,
        "engineVersion": "1.0.0",
        "fields": {"registration_number": "KCA 123A", "seats": 5},
        "confidenceScores": {"registration_number": 97.1, "seats": 81.5},
        "tables": {"previous_owners": [{"name": "JANE W", "transferred_on": "2019-04-02"}]},
        "fieldStatus": {"registration_number": "ok", "seats": "ok", "fuel": "missing"},
        "needsReview": False,
        "warnings": [],
        "evidence": {"registration_number": {"raw": "KCA 123A", "page": 1, "source": "key", "rank": 0}},
        "bundleId": job.bundle_id,
        "rawJsonKey": f"results/{job.id}.json",
        "pageCount": 1,
    }
    return {**result, **changes}


def callback_of(job: ExtractionJob, state: str, **parts: Any) -> Callback:
    return Callback(**{"jobId": str(job.id), "attempt": job.attempts, "state": state, **parts})


def send(
    callback: Callback,
    *,
    client: APIClient | None = None,
    secrets: list[str] | None = None,
    age_seconds: int = 0,
    body: bytes | None = None,
    method: str = "put",
    **headers: str,
) -> Any:
    """Deliver a callback as the processor does; the rest is for doing it wrong."""
    signed = callback.to_json()
    names = sign(
        signed,
        webhook_id=callback.webhook_id,
        timestamp=int(time.time()) - age_seconds,
        secrets=secrets if secrets is not None else [CURRENT["secret"]],
    )
    deliver = getattr(client or as_user(None), method)
    all_headers = {**names, **headers}
    return deliver(
        "/api/docs/callback",
        signed if body is None else body,
        content_type="application/json",
        headers={name: value for name, value in all_headers.items() if value},
    )


def error_of(response: Any, status: int, code: str, reason: str) -> dict[str, Any]:
    """Assert the one error shape and give its details."""
    body = response.json()
    assert response.status_code == status, body
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "details", "requestId"}
    error = body["error"]
    assert (error["code"], error["details"]["reason"]) == (code, reason)
    assert error["message"]
    assert error["requestId"] == response["X-Request-ID"]
    details: dict[str, Any] = error["details"]
    return details

"""PUT|POST /api/docs/callback, and what status and result then say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from urllib.parse import urlsplit

import httpx
import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from backend.documents.models import ExtractionJob, ExtractionResult, JobState
from lambdas.contracts import CallbackError, ResultRef
from tests.backend.acting import BUCKET, CURRENT, OLDER, as_user, callback_of, error_of, result_of_engine, send

DAMAGED = CallbackError(code="VALIDATION", reason="CORRUPT_PDF", message="The PDF is damaged. Scan it again.")


def done(job, **changes):
    return callback_of(job, "DONE", result=result_of_engine(job, **changes))


def state_of(job) -> str:
    job.refresh_from_db()
    return job.state


def test_it_works(job, as_alice, cloud, bundle):
    cloud.s3.put_object(Bucket=BUCKET, Key=f"results/{job.id}.json", Body=b'{"responses": []}')
    assert send(callback_of(job, "PROCESSING")).json() == {"outcome": "stored"}
    assert as_alice.get(f"/api/docs/status/{job.id}").json()["state"] == "PROCESSING"
    assert send(done(job)).json() == {"outcome": "stored"}
    status = as_alice.get(f"/api/docs/status/{job.id}").json()
    assert status == {"jobId": str(job.id), "state": "DONE", "progress": 100, "attempt": 1}
    result = as_alice.get(f"/api/docs/result/{job.id}").json()
    engine = result_of_engine(job)
    for name in ("fields", "confidenceScores", "tables", "fieldStatus", "warnings", "evidence", "needsReview"):
        assert result[name] == engine[name]
    assert (result["jobId"], result["docType"]) == (str(job.id), "motor_logbook")
    assert (result["bundleId"], result["specRevision"], result["engineVersion"]) == (bundle.id, 1, "1.0.0")
    assert httpx.get(result["rawJsonUrl"]).json() == {"responses": []}


def test_a_failure_says_why(job, as_alice):
    assert send(callback_of(job, "FAILED", error=DAMAGED)).status_code == 200
    status = as_alice.get(f"/api/docs/status/{job.id}").json()
    assert status["state"] == "FAILED"
    assert status["error"] == {
        "code": "VALIDATION",
        "reason": "CORRUPT_PDF",
        "message": "The PDF is damaged. Scan it again.",
    }
    error_of(as_alice.get(f"/api/docs/result/{job.id}"), 409, "VALIDATION", "JOB_FAILED")


def test_done_may_come_without_processing(job):
    assert send(done(job)).status_code == 200
    assert state_of(job) == "DONE"


def test_post_is_as_good_as_put(job):
    assert send(done(job), method="post").status_code == 200


# --- the signature ---------------------------------------------------------------------------------------------------


def test_an_independent_signer_is_understood(job):
    callback = callback_of(job, "PROCESSING")
    body = callback.to_json()
    now = timezone.now()
    headers = {
        "webhook-signature": Webhook(CURRENT["secret"]).sign(callback.webhook_id, now, body.decode()),
        "webhook-timestamp": str(int(now.timestamp())),
    }
    assert send(callback, **headers).status_code == 200


@pytest.mark.parametrize("keys", [[OLDER["secret"]], [CURRENT["secret"], OLDER["secret"]]])
def test_while_secrets_rotate_either_is_good(job, keys):
    assert send(callback_of(job, "PROCESSING"), secrets=keys).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"secrets": ["whsec_" + base64.b64encode(b"not the secret").decode()]}, "SIGNATURE_MISMATCH"),
        ({"body": b'{"jobId": "x"}'}, "SIGNATURE_MISMATCH"),
        ({"webhook-id": "another"}, "SIGNATURE_MISMATCH"),
        ({"webhook-signature": "v1,äöü"}, "SIGNATURE_MISMATCH"),
        ({"age_seconds": 3600}, "SIGNATURE_STALE"),
        ({"age_seconds": -3600}, "SIGNATURE_STALE"),
        ({"webhook-signature": ""}, "SIGNATURE_MISSING"),
        ({"webhook-timestamp": "soon"}, "SIGNATURE_MISSING"),
        ({"webhook-timestamp": "9" * 5000}, "SIGNATURE_MISSING"),
        ({"webhook-id": ""}, "SIGNATURE_MISSING"),
    ],
)
def test_an_untrusted_callback_changes_nothing(job, wrong, reason):
    error_of(send(done(job), **wrong), 401, "AUTH", reason)
    assert state_of(job) == "UPLOADED"
    assert not ExtractionResult.objects.exists()


def test_a_tampered_value(job):
    body = done(job).to_json().replace(b"KCA 123A", b"KCA 123B")
    error_of(send(done(job), body=body), 401, "AUTH", "SIGNATURE_MISMATCH")


def test_a_users_token_is_no_signature(job, as_bob):
    response = as_bob.put("/api/docs/callback", done(job).to_json(), content_type="application/json")
    error_of(response, 401, "AUTH", "SIGNATURE_MISSING")


def signed_anyhow(body: bytes, webhook_id: str = "x"):
    """Signed rightly, whatever the body."""
    stamp = str(int(timezone.now().timestamp()))
    key = base64.b64decode(CURRENT["secret"].removeprefix("whsec_"))
    digest = hmac.new(key, f"{webhook_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    return as_user(None).put("/api/docs/callback", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b'{"jobId": 1, "attempt": 1, "state": "DONE"}', b"\xff", b"[" * 100_000]
    + [json.dumps({"jobId": "x", "attempt": 1, "state": state}).encode() for state in ("UPLOADED", "", None)],
)
def test_a_body_that_is_no_callback(cloud, db, body):
    error_of(signed_anyhow(body), 400, "VALIDATION", "CALLBACK_MALFORMED")


def test_the_id_must_be_the_callbacks(job):
    error_of(signed_anyhow(done(job).to_json(), "another"), 400, "VALIDATION", "WEBHOOK_ID_MISMATCH")


def test_not_json_by_name(cloud, db):
    response = as_user(None).put("/api/docs/callback", b"{}", content_type="text/plain")
    error_of(response, 415, "VALIDATION", "UNSUPPORTED_MEDIA_TYPE")


def test_too_long(cloud, db, settings):
    response = signed_anyhow(b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    error_of(response, 413, "LIMIT", "REQUEST_TOO_LARGE")


# --- order, repetition, attempts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("job_id", ["0debe0e1-9fb6-4567-9fe8-4c8a97aab7a6", "not-a-uuid"])
def test_an_unknown_job(job, job_id):
    error_of(send(callback_of(job, "PROCESSING", jobId=job_id)), 404, "VALIDATION", "JOB_NOT_FOUND")


def test_a_redelivery_changes_nothing(job):
    send(done(job))
    before = ExtractionJob.objects.values().get()
    again = done(job, fields={"registration_number": "another"})
    assert send(again).json() == {"outcome": "known"}
    assert ExtractionJob.objects.values().get() == before
    assert ExtractionResult.objects.get().fields["registration_number"] == "KCA 123A"


@pytest.mark.parametrize("ended", ["DONE", "FAILED"])
def test_processing_after_the_end_is_late_news(job, ended):
    send(done(job) if ended == "DONE" else callback_of(job, "FAILED", error=DAMAGED))
    assert send(callback_of(job, "PROCESSING")).json() == {"outcome": "known"}
    assert state_of(job) == ended


def test_failed_after_done_is_refused(job):
    send(done(job))
    error_of(send(callback_of(job, "FAILED", error=DAMAGED)), 409, "VALIDATION", "ALREADY_ENDED")
    assert state_of(job) == "DONE"


def test_done_after_failed_is_refused(job):
    send(callback_of(job, "FAILED", error=DAMAGED))
    error_of(send(done(job)), 409, "VALIDATION", "ALREADY_ENDED")
    assert not ExtractionResult.objects.exists()


def test_a_replaced_attempt_is_ignored(job):
    old = done(job)
    ExtractionJob.objects.update(attempts=2)
    assert send(old).json() == {"outcome": "stale"}
    assert state_of(job) == "UPLOADED"


def test_an_attempt_that_never_was(job):
    error_of(send(callback_of(job, "PROCESSING", attempt=2)), 409, "VALIDATION", "ATTEMPT_UNKNOWN")


def test_each_attempt_keeps_its_result_and_the_last_one_counts(job, as_alice):
    send(done(job))
    ExtractionJob.objects.update(attempts=2, state=JobState.UPLOADED, completed_at=None)
    job.refresh_from_db()
    assert send(done(job, fields={"seats": 7})).status_code == 200
    assert ExtractionResult.objects.count() == 2
    assert as_alice.get(f"/api/docs/result/{job.id}").json()["fields"] == {"seats": 7}


# --- what it carries -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["fields", "bundleId", "specRevision", "rawJsonKey", "needsReview", "evidence"])
def test_an_incomplete_result(job, missing):
    result = result_of_engine(job)
    del result[missing]
    details = error_of(send(callback_of(job, "DONE", result=result)), 400, "VALIDATION", "RESULT_INVALID")
    assert details["names"] == [missing]
    assert state_of(job) == "UPLOADED"


def test_done_without_a_result(job):
    error_of(send(callback_of(job, "DONE")), 400, "VALIDATION", "RESULT_MISSING")


def test_failed_without_a_reason(job):
    error_of(send(callback_of(job, "FAILED")), 400, "VALIDATION", "ERROR_MISPLACED")


def test_another_bundles_result(job):
    error_of(send(done(job, bundleId="f" * 64)), 409, "VALIDATION", "BUNDLE_MISMATCH")
    assert state_of(job) == "UPLOADED"


def test_characters_that_the_database_refuses(job, as_alice):
    assert send(done(job, fields={"owner_name": "JANE\x00 W"})).status_code == 200
    assert as_alice.get(f"/api/docs/result/{job.id}").json()["fields"] == {"owner_name": "JANE W"}


def referred(job, cloud, data: bytes, **changes):
    key = f"results/{job.id}.1.normalized.json"
    cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=data)
    reference = {"objectKey": key, "sha256": hashlib.sha256(data).hexdigest(), "sizeBytes": len(data), **changes}
    return callback_of(job, "DONE", resultRef=ResultRef(**reference))


def test_a_large_result_is_fetched(job, cloud, as_alice):
    result = result_of_engine(job, fields={"notes": "x" * 300_000})
    assert send(referred(job, cloud, json.dumps(result).encode())).status_code == 200
    assert len(as_alice.get(f"/api/docs/result/{job.id}").json()["fields"]["notes"]) == 300_000


@pytest.mark.parametrize(
    ("data", "changes", "status", "reason"),
    [
        (b"{}", {"sha256": "0" * 64}, 409, "RESULT_HASH_MISMATCH"),
        (b"{}", {"sizeBytes": 3}, 409, "RESULT_HASH_MISMATCH"),
        (b"{}", {"objectKey": "results/other.json"}, 400, "RESULT_KEY_FOREIGN"),
        (b"{", {}, 400, "RESULT_INVALID"),
        (b"[]", {}, 400, "RESULT_MISSING"),
        (b"{}", {}, 400, "RESULT_INVALID"),
    ],
)
def test_a_reference_that_is_wrong(job, cloud, data, changes, status, reason):
    error_of(send(referred(job, cloud, data, **changes)), status, "VALIDATION", reason)
    assert state_of(job) == "UPLOADED"


def test_a_reference_to_nothing(job):
    reference = ResultRef(objectKey=f"results/{job.id}.1.normalized.json", sha256="0" * 64, sizeBytes=1)
    error_of(send(callback_of(job, "DONE", resultRef=reference)), 409, "VALIDATION", "RESULT_NOT_STORED")


def test_a_result_beyond_all_measure(job, cloud, settings):
    settings.MAX_RESULT_BYTES = 100
    error_of(send(referred(job, cloud, b"x" * 101)), 413, "LIMIT", "OBJECT_TOO_LARGE")


# --- who may read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["status", "result"])
def test_charlie_sees_the_same_as_of_no_job(job, as_charlie, what):
    send(done(job))
    his = as_charlie.get(f"/api/docs/{what}/{job.id}")
    none = as_charlie.get(f"/api/docs/{what}/{uuid.uuid4()}")
    for response in (his, none):
        error_of(response, 404, "VALIDATION", "JOB_NOT_FOUND")
    assert his.json()["error"]["message"] == none.json()["error"]["message"]


@pytest.mark.parametrize("what", ["status", "result"])
def test_staff_reads(job, as_bob, what):
    send(done(job))
    assert as_bob.get(f"/api/docs/{what}/{job.id}").status_code == 200


@pytest.mark.parametrize("what", ["status", "result"])
def test_nobody_reads_nothing(job, what):
    error_of(as_user(None).get(f"/api/docs/{what}/{job.id}"), 401, "AUTH", "NOT_AUTHENTICATED")


def test_the_result_before_it_is_there(job, as_alice):
    details = error_of(as_alice.get(f"/api/docs/result/{job.id}"), 409, "VALIDATION", "NOT_DONE")
    assert details["state"] == "UPLOADED"


def test_the_raw_answers_url_is_short_lived(job, as_alice, settings):
    send(done(job))
    url = as_alice.get(f"/api/docs/result/{job.id}").json()["rawJsonUrl"]
    assert f"X-Amz-Expires={settings.RAW_JSON_URL_EXPIRES_SECONDS}" in urlsplit(url).query

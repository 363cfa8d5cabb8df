"""The wire between processor and API: what is refused, and that an independent verifier agrees with our signature."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from lambdas.contracts import Callback, CallbackError, ContractError, JobMessage, SignatureError, sign, verify

OLD, NEW = "whsec_b2xkLXNlY3JldC1vZi10aGUtdGVzdHM=", "whsec_bmV3LXNlY3JldC1vZi10aGUtdGVzdHM="
NOW = 1_790_000_000
BODY = Callback("job-1", 1, "DONE", result={"fields": {"owner": "Wanjirũ"}}).to_json()
JOB = {
    "version": 1,
    "jobId": "job-1",
    "attempt": 1,
    "objectKey": "dev/AG-001/2026/11/1/logbook.pdf",
    "objectVersionId": "v1",
    "docType": "motor_logbook",
    "bundleId": None,
    "callbackUrl": "http://127.0.0.1/api/docs/callback",
    "callbackKeyId": "2026-11",
    "correlationId": None,
    "mimeType": "application/pdf",
    "sizeBytes": 10,
}


def signed(secrets, timestamp=NOW, body=BODY):
    return sign(body, webhook_id="job-1:1:DONE", timestamp=timestamp, secrets=secrets)


def test_it_works():
    assert verify(BODY, signed([NEW]), [NEW], now=NOW) == "job-1:1:DONE"


def test_an_independent_verifier_accepts_our_signature():
    timestamp = int(datetime.now(UTC).timestamp())
    assert Webhook(NEW).verify(BODY, signed([NEW], timestamp)) == json.loads(BODY)


def test_we_accept_an_independent_signature():
    moment = datetime.fromtimestamp(NOW, UTC)
    signature = Webhook(NEW).sign("job-1:1:DONE", moment, BODY.decode())
    headers = {"Webhook-Id": "job-1:1:DONE", "Webhook-Timestamp": str(NOW), "Webhook-Signature": signature}
    assert verify(BODY, headers, [NEW], now=NOW) == "job-1:1:DONE"


@pytest.mark.parametrize("known", [OLD, NEW])
def test_both_secrets_hold_while_one_rotates(known):
    assert verify(BODY, signed([NEW, OLD]), [known], now=NOW)


@pytest.mark.parametrize(
    ("body", "headers", "now", "reason"),
    [
        (BODY + b" ", signed([NEW]), NOW, "mismatch"),
        (BODY, signed([OLD]), NOW, "mismatch"),
        (BODY, signed([NEW]) | {"webhook-signature": "v1,ñ"}, NOW, "mismatch"),
        (BODY, signed([NEW]) | {"webhook-id": "job-2:1:DONE"}, NOW, "mismatch"),
        (BODY, signed([NEW]), NOW + 301, "stale"),
        (BODY, signed([NEW]), NOW - 301, "stale"),
        (BODY, signed([NEW]) | {"webhook-timestamp": "soon"}, NOW, "missing"),
        (BODY, signed([NEW]) | {"webhook-timestamp": "9" * 5000}, NOW, "missing"),
        (BODY, {}, NOW, "missing"),
    ],
)
def test_what_cannot_be_trusted_is_refused(body, headers, now, reason):
    with pytest.raises(SignatureError) as refused:
        verify(body, headers, [NEW], now=now)
    assert refused.value.reason == reason


def test_a_job_message_survives_the_wire():
    message = JobMessage.from_json(json.dumps(JOB | {"addedLater": True}))
    assert JobMessage.from_json(message.to_json()) == message


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"jobId": None}, "jobId"),
        ({"attempt": 0}, "attempt"),
        ({"attempt": True}, "attempt"),
        ({"sizeBytes": "10"}, "sizeBytes"),
        ({"version": 2}, "version"),
    ],
)
def test_a_garbled_job_message_names_the_key(change, key):
    with pytest.raises(ContractError) as refused:
        JobMessage.from_json(json.dumps(JOB | change))
    assert refused.value.key == key


@pytest.mark.parametrize("text", ["", "[]", "{", b"\xff", "[" * 100_000])
def test_what_is_no_message_is_refused(text):
    with pytest.raises(ContractError):
        JobMessage.from_json(text)


def test_a_failed_callback_survives_the_wire():
    failed = Callback("job-1", 2, "FAILED", error=CallbackError("LIMIT", "too_many_pages", "51 pages; 50 at most"))
    assert Callback.from_json(failed.to_json()) == failed
    assert "result" not in json.loads(failed.to_json())

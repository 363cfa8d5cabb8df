"""The bucket: uploads, bundles, jobs that wait for Textract, raw answers and results."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.contracts import JobMessage, ResultRef
from lambdas.environment import client, settings
from lambdas.failures import Retryable

MISSING = {"NoSuchKey", "404", "NoSuchVersion", "NotFound", "NoSuchBucket"}


def upload(job: JobMessage) -> bytes | None:
    """The very version that was submitted; None if it is gone."""
    return _get(job.objectKey, version_id=job.objectVersionId)


def bundle(bundle_id: str) -> bytes | None:
    return _get(f"{settings().prefix}bundles/{bundle_id}.json.gz")


def raw_json_key(job_id: str) -> str:
    return f"{settings().prefix}results/{job_id}.json"


def put_answer(job: JobMessage, request: dict[str, Any], responses: list[dict[str, Any]]) -> dict[str, Any]:
    """Textract's answer as it came, with what was asked; the envelope that was stored."""
    envelope = {"attempt": job.attempt, "request": request, "responses": responses}
    put(raw_json_key(job.jobId), json.dumps(envelope, separators=(",", ":")).encode())
    return envelope


def answer_of(job_id: str, *, attempt: int | None = None) -> dict[str, Any] | None:
    """The stored envelope, if there is one and, where an attempt is given, if it is that one's."""
    data = _get(raw_json_key(job_id))
    if data is None:
        return None
    import orjson

    envelope: dict[str, Any] = orjson.loads(data)
    return envelope if attempt is None or envelope.get("attempt") == attempt else None


def put_waiting(job: JobMessage, request: dict[str, Any], sent_at_ms: int, textract_job_id: str | None = None) -> None:
    """What the completion needs: Textract's message carries a tag and nothing else.

    `textract_job_id`: known once the analysis is started, which is after the job has to be kept.
    """
    waiting = {"job": json.loads(job.to_json()), "textract": request, "sentAtMs": sent_at_ms}
    waiting["textractJobId"] = textract_job_id
    put(f"{settings().prefix}jobs/{job.jobId}.json", json.dumps(waiting).encode())


def waiting(job_id: str) -> dict[str, Any] | None:
    data = _get(f"{settings().prefix}jobs/{job_id}.json")
    found: dict[str, Any] | None = json.loads(data) if data else None
    return found


def put_normalized(job: JobMessage, result: bytes) -> ResultRef:
    """A result that is too large for a callback."""
    key = f"{settings().prefix}results/{job.jobId}.{job.attempt}.normalized.json"
    put(key, result)
    return ResultRef(objectKey=key, sha256=hashlib.sha256(result).hexdigest(), sizeBytes=len(result))


def put(key: str, body: bytes) -> None:
    try:
        client("s3").put_object(
            Bucket=settings().bucket,
            Key=key,
            Body=body,
            ContentType="application/json",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=settings().kms_key_id,
        )
    except (ClientError, BotoCoreError) as error:
        raise Retryable("STORE_UNAVAILABLE") from error


def _get(key: str, *, version_id: str | None = None) -> bytes | None:
    version = {"VersionId": version_id} if version_id else {}
    try:
        body: bytes = client("s3").get_object(Bucket=settings().bucket, Key=key, **version)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise Retryable("STORE_UNAVAILABLE") from error
    except BotoCoreError as error:
        raise Retryable("STORE_UNAVAILABLE") from error
    return body

"""What the processor reports. The webhook id is {jobId}:{attempt}:{state} and states only move forward, so a report
that comes twice, late or out of order changes nothing."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.aws import secrets, storage
from backend.documents.models import ExtractionJob, ExtractionResult, JobState
from backend.documents.services.samples import SAMPLE_ATTEMPT, sample_of
from backend.errors import Conflict, Invalid, NotFound, Unauthenticated
from backend.specs.models import Sample
from backend.specs.services.samples import sample_report
from lambdas.contracts import Callback, ContractError, SignatureError, verify

log = structlog.get_logger(__name__)

RANK = {JobState.UPLOADED: 0, JobState.PROCESSING: 1, JobState.DONE: 2, JobState.FAILED: 2}
RESULT_SHAPE: dict[str, type | tuple[type, ...]] = {
    "fields": dict,
    "confidenceScores": dict,
    "tables": dict,
    "fieldStatus": dict,
    "needsReview": bool,
    "warnings": list,
    "evidence": dict,
    "bundleId": str,
    "specRevision": int,
    "engineVersion": str,
    "rawJsonKey": str,
    "pageCount": int,
}


class Outcome(StrEnum):
    STORED = "stored"
    KNOWN = "known"
    """This very report, or an earlier state's, after the fact."""
    STALE = "stale"
    """Of an attempt that a newer one has replaced."""


def callback_open(*, body: bytes, headers: Mapping[str, str]) -> Callback:
    """The report, once its signature is verified over the raw bytes."""
    keys = [key.secret for key in secrets.signing_keys(now=time.monotonic())]
    try:
        webhook_id = verify(body, headers, keys, now=time.time(), tolerance_seconds=settings.CALLBACK_TOLERANCE_SECONDS)
    except SignatureError as error:
        reason = f"SIGNATURE_{error.reason.upper()}"
        raise Unauthenticated(reason, "The signature is not valid.") from error
    try:
        callback = Callback.from_json(body)
    except ContractError as error:
        raise Invalid("CALLBACK_MALFORMED", "The callback is not valid.") from error
    if webhook_id != callback.webhook_id:
        raise Invalid("WEBHOOK_ID_MISMATCH", "The webhook-id is not this callback's.")
    return callback


def callback_apply(*, callback: Callback) -> Outcome:
    if (callback.state == JobState.FAILED) != (callback.error is not None):
        raise Invalid("ERROR_MISPLACED", "A FAILED callback says why, and no other does.")
    if sample := sample_of(callback.jobId):
        return _of_sample(sample, callback)
    result = _result(callback)
    with transaction.atomic():
        job = _locked(callback.jobId)
        outcome = _judge(job, callback)
        if outcome is Outcome.STORED:
            _store(job, callback, result)
    log.info("callback", job_id=str(job.id), attempt=callback.attempt, state=callback.state, outcome=outcome)
    return outcome


def _of_sample(sample: Sample, callback: Callback) -> Outcome:
    """A sample has one attempt, and its result is where the raw answer is."""
    if callback.attempt != SAMPLE_ATTEMPT:
        raise Conflict("ATTEMPT_UNKNOWN", "The job has not come to this attempt.", attempts=SAMPLE_ATTEMPT)
    key = callback.result.get("rawJsonKey") if callback.result else None
    if callback.state == JobState.DONE and not isinstance(key, str):
        raise Invalid("RESULT_MISSING", "A DONE callback carries a result.")
    error = storable(asdict(callback.error)) if callback.error else None
    is_news = sample_report(sample=sample, state=callback.state, error=error, raw_json_key=key)
    return Outcome.STORED if is_news else Outcome.KNOWN


def _locked(job_id: str) -> ExtractionJob:
    try:
        return ExtractionJob.objects.select_for_update().get(pk=uuid.UUID(job_id))
    except (ValueError, ExtractionJob.DoesNotExist):
        raise NotFound("JOB_NOT_FOUND", "There is no such job.") from None


def _judge(job: ExtractionJob, callback: Callback) -> Outcome:
    if callback.attempt < job.attempts:
        return Outcome.STALE
    if callback.attempt > job.attempts:
        raise Conflict("ATTEMPT_UNKNOWN", "The job has not come to this attempt.", attempts=job.attempts)
    now, then = RANK[JobState(job.state)], RANK[JobState(callback.state)]
    if callback.state == job.state or then < now:
        return Outcome.KNOWN
    if then == now:
        raise Conflict("ALREADY_ENDED", "The job has ended otherwise.", state=job.state)
    return Outcome.STORED


def _store(job: ExtractionJob, callback: Callback, result: dict[str, Any] | None) -> None:
    job.state = JobState(callback.state)
    job.stuck_at = None
    if job.state in (JobState.DONE, JobState.FAILED):
        job.completed_at = timezone.now()
    if callback.error is not None:
        job.last_error = storable(asdict(callback.error))
    # A report proves that the message arrived, whatever our own mark says.
    job.sent_at = job.sent_at or timezone.now()
    job.save()
    if result is not None:
        _store_result(job, result)


def _store_result(job: ExtractionJob, result: dict[str, Any]) -> None:
    if result["bundleId"] != job.bundle_id:
        raise Conflict("BUNDLE_MISMATCH", "The job was to be mapped with another bundle.")
    ExtractionResult.objects.create(
        job=job,
        attempt=job.attempts,
        fields=result["fields"],
        confidence=result["confidenceScores"],
        tables=result["tables"],
        field_status=result["fieldStatus"],
        needs_review=result["needsReview"],
        warnings=result["warnings"],
        evidence=result["evidence"],
        raw_json_s3_key=result["rawJsonKey"],
        bundle_id=result["bundleId"],
        spec_revision=result["specRevision"],
        engine_version=result["engineVersion"],
        page_count=result["pageCount"],
    )


def _result(callback: Callback) -> dict[str, Any] | None:
    """The result of a DONE report, fetched where it was too large to send; None with other states."""
    if callback.state != JobState.DONE:
        return None
    result = _fetched(callback) if callback.resultRef else callback.result
    if not isinstance(result, dict):
        raise Invalid("RESULT_MISSING", "A DONE callback carries a result.")
    wrong = sorted(name for name, kind in RESULT_SHAPE.items() if not isinstance(result.get(name), kind))
    if wrong:
        raise Invalid("RESULT_INVALID", "The result is not complete.", names=wrong)
    cleaned: dict[str, Any] = storable(result)
    return cleaned


def _fetched(callback: Callback) -> Any:
    assert callback.resultRef
    reference = callback.resultRef
    allowed = storage.prefixed(f"results/{callback.jobId}.{callback.attempt}.normalized.json")
    if reference.objectKey != allowed:
        raise Invalid("RESULT_KEY_FOREIGN", "The result's key is not this job's.")
    data = storage.get(allowed, max_bytes=settings.MAX_RESULT_BYTES)
    if data is None:
        raise Conflict("RESULT_NOT_STORED", "The result's object is not there.")
    if len(data) != reference.sizeBytes or hashlib.sha256(data).hexdigest() != reference.sha256:
        raise Conflict("RESULT_HASH_MISMATCH", "The result's object is not the one named.")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Invalid("RESULT_INVALID", "The result is not JSON.") from None


def storable(value: Any) -> Any:
    """Without what jsonb refuses: NUL and lone surrogates."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value

"""The end of every job, however Textract was asked: the stored answer is mapped and the API called back."""

from __future__ import annotations

import time
from typing import Any

import orjson

from lambdas import callbacks, store
from lambdas.contracts import INLINE_RESULT_MAX_BYTES, Callback, CallbackError, JobMessage
from lambdas.failures import Permanent
from lambdas.logs import logger, metrics
from lambdas.mapping import UNAVAILABLE, mapped, page_count


def finish(job: JobMessage, envelope: dict[str, Any], *, sent_at_ms: int) -> None:
    """`sent_at_ms`: when the job was submitted, for the latency that is promised to agents."""
    started = time.monotonic()
    result = _result(job, envelope)
    mapped_ms = round((time.monotonic() - started) * 1000)
    logger.info("mapped", mapped_ms=mapped_ms, pages=result["pageCount"], needs_review=result.get("needsReview"))
    if not send(job, _done(job, result)):
        # Without this the agent would wait for ever. Of a job that is unknown or has ended it changes nothing.
        failed(job, Permanent("TEMPORARY", "RESULT_REFUSED", UNAVAILABLE))
        return
    metrics.add_metric(name="JobDone", unit="Count", value=1)
    metrics.add_metric(name="JobSeconds", unit="Seconds", value=max(0.0, time.time() - sent_at_ms / 1000))


def _result(job: JobMessage, envelope: dict[str, Any]) -> dict[str, Any]:
    """Of a sample only where its raw answer is."""
    found = {"pageCount": page_count(envelope)}
    if job.bundleId is not None:
        found = mapped(envelope, job.bundleId, job.docType)
    return {**found, "rawJsonKey": store.raw_json_key(job.jobId)}


def _done(job: JobMessage, result: dict[str, Any]) -> Callback:
    body = orjson.dumps(result)
    if len(body) > INLINE_RESULT_MAX_BYTES:
        return Callback(job.jobId, job.attempt, "DONE", resultRef=store.put_normalized(job, body))
    return Callback(job.jobId, job.attempt, "DONE", result=result)


def processing(job: JobMessage) -> None:
    send(job, Callback(job.jobId, job.attempt, "PROCESSING"))


def failed(job: JobMessage, failure: Permanent) -> None:
    error = CallbackError(failure.code, failure.reason, failure.message)
    send(job, Callback(job.jobId, job.attempt, "FAILED", error=error))
    metrics.add_metric(name="JobFailed", unit="Count", value=1)
    logger.warning("failed", code=failure.code, reason=failure.reason)


def send(job: JobMessage, callback: Callback) -> bool:
    return callbacks.send(callback, url=job.callbackUrl, key_id=job.callbackKeyId)

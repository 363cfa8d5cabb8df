"""A submitted job: look at the upload, ask Textract, and either finish or wait for its completion."""

from __future__ import annotations

import time
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lambdas import asking, store, tail
from lambdas.contracts import JobMessage
from lambdas.environment import settings
from lambdas.failures import Permanent
from lambdas.inspecting import inspect
from lambdas.logs import logger, metrics
from lambdas.mapping import spec_of
from lambdas.records import guarded, handle_batch, receives, sent_at_ms


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    return handle_batch(event, context, _handle)


def _handle(record: SQSRecord) -> None:
    job = JobMessage.from_json(record.body)
    logger.append_keys(job_id=job.jobId, attempt=job.attempt, doc_type=job.docType, correlation_id=job.correlationId)
    logger.info("taken", receives=receives(record), size_bytes=job.sizeBytes)
    guarded(record, job, lambda: process(job, sent_at_ms(record)))


def process(job: JobMessage, submitted_at_ms: int) -> None:
    tail.processing(job)
    envelope = store.answer_of(job.jobId, attempt=job.attempt)
    if envelope is not None:
        logger.info("answer was stored already")
    else:
        envelope = _asked(job, submitted_at_ms)
    if envelope is not None:
        tail.finish(job, envelope, sent_at_ms=submitted_at_ms)


def _asked(job: JobMessage, submitted_at_ms: int) -> dict[str, Any] | None:
    """The stored answer; None while an asynchronous analysis runs."""
    document = store.upload(job)
    if document is None:
        message = "The uploaded file is not there any more. Upload it again."
        raise Permanent("VALIDATION", "UPLOAD_MISSING", message)
    pages = inspect(document, declared=job.mimeType, max_pages=settings().max_pages).pages
    del document  # Textract reads it from the bucket
    request = asking.request_of(_wanted(job))
    if not asking.is_synchronous(job, request, pages):
        _start(job, request, submitted_at_ms, pages)
        return None
    started = time.monotonic()
    answer = asking.ask(job, request)
    asked_ms = round((time.monotonic() - started) * 1000)
    logger.info("synchronous analysis done", pages=pages, textract_ms=asked_ms)
    return store.put_answer(job, request, [answer])


def _start(job: JobMessage, request: dict[str, Any], submitted_at_ms: int, pages: int) -> None:
    waiting = store.waiting(job.jobId)
    if waiting is not None and waiting["job"]["attempt"] > job.attempt:
        # Delivered again, and late: what the newer attempt waits with is not to be overwritten.
        logger.info("superseded by a newer attempt")
        return
    store.put_waiting(job, request, submitted_at_ms)
    textract_job = asking.start(job, request)
    store.put_waiting(job, request, submitted_at_ms, textract_job)
    logger.info("asynchronous analysis started", pages=pages, textract_job_id=textract_job)


def _wanted(job: JobMessage) -> Any:
    return spec_of(job.bundleId, job.docType)[0].textract if job.bundleId is not None else None

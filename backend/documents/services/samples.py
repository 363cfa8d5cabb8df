"""Samples' documents go the way of jobs, without a bundle: read by Textract, reported by callback, not mapped."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from backend.aws import queue, secrets
from backend.documents.services.jobs import CALLBACK_PATH
from backend.errors import DomainError
from backend.specs.models import Sample, SampleState
from lambdas.contracts import JobMessage

log = structlog.get_logger(__name__)

SAMPLE_ATTEMPT = 1
"""A sample that failed is deleted and uploaded again."""


def sample_of(job_id: str) -> Sample | None:
    """The sample a report is about; None where it is about a job."""
    try:
        return Sample.objects.filter(pk=uuid.UUID(job_id)).first()
    except ValueError:
        return None


def sample_send_soon(*, sample_id: uuid.UUID, **_signal: Any) -> None:
    """Send now; where the queue does not answer the sweeper sends, and the analyst need not know."""
    try:
        sample_send(sample_id=sample_id)
    except DomainError as error:
        log.warning("send_postponed", sample_id=str(sample_id), reason=error.reason)


def sample_send(*, sample_id: uuid.UUID) -> None:
    """Send its message and mark it sent, in this order: sent twice it is the same, lost it would wait for ever."""
    sample = Sample.objects.select_related("spec").get(pk=sample_id)
    queue.send(sample_message(sample).to_json())
    Sample.objects.filter(pk=sample_id, sent_at=None).update(sent_at=timezone.now())
    log.info("sent", sample_id=str(sample_id))


def sample_message(sample: Sample) -> JobMessage:
    return JobMessage(
        jobId=str(sample.pk),
        attempt=SAMPLE_ATTEMPT,
        objectKey=sample.document_key,
        objectVersionId=sample.document_version_id,
        docType=sample.spec.doc_type,
        bundleId=None,
        callbackUrl=settings.DJANGO_API_URL + CALLBACK_PATH,
        callbackKeyId=secrets.signing_keys(now=time.monotonic())[0].id,
        correlationId=None,
        mimeType=sample.mime,
        sizeBytes=sample.size_bytes,
    )


def samples_send_unsent() -> int:
    """Send what an upload could not. How many were sent."""
    before = timezone.now() - timedelta(seconds=settings.UNSENT_AFTER_SECONDS)
    waiting = Sample.objects.filter(state=SampleState.UPLOADED, sent_at=None, created_at__lt=before)
    ids = list(waiting.order_by("created_at").values_list("pk", flat=True)[:500])
    for sample_id in ids:
        sample_send(sample_id=sample_id)
    return len(ids)

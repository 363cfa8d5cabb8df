from __future__ import annotations

import time
import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from backend.accounts.models import User
from backend.aws import queue, secrets, storage
from backend.documents import selectors
from backend.documents.models import Document, ExtractionJob, JobState
from backend.errors import Conflict, DomainError, Invalid
from backend.specs.models import Bundle
from backend.specs.selectors import bundle_for
from lambdas.contracts import JobMessage

log = structlog.get_logger(__name__)

CALLBACK_PATH = "/api/docs/callback"


def job_submit(*, user: User, object_key: str, doc_type: str, correlation_id: str = "") -> tuple[ExtractionJob, bool]:
    """The job of (objectKey, docType, correlationId), and whether it is new. Sent to the queue after the commit."""
    document = selectors.document_of(user, object_key)
    identity = {"object_key": object_key, "doc_type": doc_type, "correlation_id": correlation_id}
    if existing := ExtractionJob.objects.filter(**identity).first():
        return existing, False
    bundle = _bundle(doc_type)
    version_id = _arrived(document)
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).update(object_version_id=version_id)
        job, created = ExtractionJob.objects.get_or_create(
            **identity, defaults={"document": document, "bundle": bundle, "object_version_id": version_id}
        )
        if created:
            transaction.on_commit(lambda: _send_soon(job.id))
    log.info("submitted", job_id=str(job.id), doc_type=doc_type, created=created)
    return job, created


def _bundle(doc_type: str) -> Bundle:
    bundle = bundle_for(doc_type)
    if bundle is None:
        raise Invalid("DOC_TYPE_UNKNOWN", "There is no published spec for this docType.", field="docType")
    return bundle


def _arrived(document: Document) -> str:
    """The version of the upload that is in the bucket, if it is what was declared."""
    stored = storage.head(document.object_key)
    if stored is None:
        raise Conflict("NOT_UPLOADED", "The file has not been uploaded yet.")
    if stored.size_bytes != document.size_bytes:
        raise Conflict("SIZE_MISMATCH", "The uploaded file has not the declared size.")
    if stored.content_type != document.mime:
        raise Conflict("TYPE_MISMATCH", "The uploaded file has not the declared type.")
    return stored.version_id


def _send_soon(job_id: uuid.UUID) -> None:
    """Send now; where the queue does not answer the sweeper sends, and the client need not know."""
    try:
        job_send(job_id=job_id)
    except DomainError as error:
        log.warning("send_postponed", job_id=str(job_id), reason=error.reason)


def job_send(*, job_id: uuid.UUID) -> None:
    """Send the present attempt's message and mark it sent.

    Sent first, marked after: a crash between the two sends it twice, which the processor bears; the other order
    would lose it.
    """
    job = ExtractionJob.objects.select_related("document").get(pk=job_id)
    queue.send(job_message(job).to_json())
    now = timezone.now()
    ExtractionJob.objects.filter(pk=job.pk, attempts=job.attempts, sent_at=None).update(sent_at=now, updated_at=now)
    log.info("sent", job_id=str(job_id), attempt=job.attempts)


def job_message(job: ExtractionJob) -> JobMessage:
    return JobMessage(
        jobId=str(job.id),
        attempt=job.attempts,
        objectKey=job.object_key,
        objectVersionId=job.object_version_id,
        docType=job.doc_type,
        bundleId=job.bundle_id,
        callbackUrl=settings.DJANGO_API_URL + CALLBACK_PATH,
        callbackKeyId=secrets.signing_keys(now=time.monotonic())[0].id,
        correlationId=job.correlation_id or None,
        mimeType=job.document.mime,
        sizeBytes=job.document.size_bytes,
    )


def job_retry(*, user: User, job_id: uuid.UUID) -> ExtractionJob:
    """A new attempt of a FAILED job, mapped with the bundle that is current now."""
    job = selectors.job_of(user, job_id)
    bundle = _bundle(job.doc_type)
    with transaction.atomic():
        now = timezone.now()
        changed = ExtractionJob.objects.filter(pk=job.pk, state=JobState.FAILED).update(
            state=JobState.UPLOADED,
            attempts=F("attempts") + 1,
            bundle=bundle,
            last_error=None,
            completed_at=None,
            sent_at=None,
            stuck_at=None,
            updated_at=now,
        )
        if not changed:
            raise Conflict("NOT_FAILED", "Only a failed job can be tried again.", state=job.state)
        transaction.on_commit(lambda: _send_soon(job.id))
    log.info("retried", job_id=str(job_id))
    job.refresh_from_db()
    return job


def jobs_send_unsent() -> int:
    """Send what a submit could not. How many were sent."""
    before = timezone.now() - timedelta(seconds=settings.UNSENT_AFTER_SECONDS)
    waiting = ExtractionJob.objects.filter(state=JobState.UPLOADED, sent_at=None, updated_at__lt=before)
    ids = list(waiting.order_by("created_at").values_list("id", flat=True)[:500])
    for job_id in ids:
        job_send(job_id=job_id)
    return len(ids)


def jobs_mark_stuck() -> int:
    """Mark, once, jobs that neither ended nor moved for STUCK_AFTER_MINUTES; their state stays what it is."""
    now = timezone.now()
    before = now - timedelta(minutes=settings.STUCK_AFTER_MINUTES)
    open_states = Q(state=JobState.PROCESSING) | Q(state=JobState.UPLOADED, sent_at__isnull=False)
    overdue = ExtractionJob.objects.filter(open_states, stuck_at=None, updated_at__lt=before)
    count = overdue.update(stuck_at=now)
    if count:
        log.error("jobs_stuck", count=count)
    return count

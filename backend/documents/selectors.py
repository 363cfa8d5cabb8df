"""Who sees what: an agent the agent's own, staff everything. What one may not see does not exist."""

from __future__ import annotations

import uuid

from django.db.models import F, QuerySet

from backend.accounts.models import User
from backend.documents.models import Document, ExtractionJob, ExtractionResult, JobState
from backend.errors import Conflict, NotFound

PROGRESS_PERCENT = {JobState.UPLOADED: 0, JobState.PROCESSING: 50, JobState.DONE: 100, JobState.FAILED: 100}


def documents_for(user: User) -> QuerySet[Document]:
    if user.is_staff:
        return Document.objects.all()
    if not user.agent_id:
        return Document.objects.none()
    return Document.objects.filter(agent_id=user.agent_id)


def document_of(user: User, object_key: str) -> Document:
    document = documents_for(user).filter(object_key=object_key).first()
    if document is None:
        raise NotFound("OBJECT_NOT_FOUND", "There is no such upload.")
    return document


def job_of(user: User, job_id: uuid.UUID) -> ExtractionJob:
    job = ExtractionJob.objects.filter(pk=job_id, document__in=documents_for(user)).first()
    if job is None:
        raise NotFound("JOB_NOT_FOUND", "There is no such job.")
    return job


def result_of(user: User, job_id: uuid.UUID) -> ExtractionResult:
    """The result of the job's last attempt; raises `Conflict` before DONE."""
    job = job_of(user, job_id)
    if job.state == JobState.FAILED:
        raise Conflict("JOB_FAILED", "The job failed; its status says why.", state=job.state)
    if job.state != JobState.DONE:
        raise Conflict("NOT_DONE", "The result is not there yet.", state=job.state)
    return ExtractionResult.objects.select_related("job").get(job=job, attempt=F("job__attempts"))

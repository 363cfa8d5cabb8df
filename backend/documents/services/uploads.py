from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend import upload_policy
from backend.accounts.models import User
from backend.aws import storage
from backend.documents.models import Document
from backend.errors import Forbidden, Invalid
from backend.specs.selectors import bundle_for

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Presigned:
    document: Document
    put: storage.PresignedPut


def document_presign(
    *,
    user: User,
    filename: str,
    mime_type: str,
    size_bytes: int,
    doc_type: str,
    agent_id: str | None = None,
    quote_id: str = "",
    sha256: str = "",
) -> Presigned:
    """Note the upload and sign a PUT for it. Nothing is stored unless everything about it is acceptable."""
    agent_id = agent_of(user, agent_id)
    mime = upload_policy.mime_check(mime_type)
    slug = upload_policy.filename_slug(filename, mime)
    size_bytes = upload_policy.size_check(size_bytes)
    doc_type_check(doc_type)
    key = object_key(agent_id=agent_id, slug=slug, now=timezone.now())
    put = storage.presign_put(key, content_type=mime, size_bytes=size_bytes, sha256_hex=sha256 or None)
    document = Document.objects.create(
        object_key=key,
        doc_type=doc_type,
        agent_id=agent_id,
        quote_id=quote_id,
        size_bytes=size_bytes,
        mime=mime,
        checksum=sha256,
        created_by=user,
    )
    log.info("presigned", document_id=str(document.id), mime=mime, size_bytes=size_bytes)
    return Presigned(document, put)


def agent_of(user: User, asked: str | None) -> str:
    """Whose upload it is: the caller's own, or for staff any agent's."""
    if user.is_staff and asked:
        if not User.objects.filter(agent_id=asked).exists():
            raise Invalid("UNKNOWN_AGENT", "There is no agent with this id.", field="agentId")
        return asked
    if not user.agent_id:
        raise Forbidden("NO_AGENT", "Your account has no agent id.", field="agentId")
    if asked and asked != user.agent_id:
        raise Forbidden("OTHER_AGENT", "You can upload for yourself only.", field="agentId")
    return user.agent_id


def doc_type_check(doc_type: str) -> None:
    if bundle_for(doc_type) is None:
        raise Invalid("DOC_TYPE_UNKNOWN", "There is no published spec for this docType.", field="docType")


def object_key(*, agent_id: str, slug: str, now: datetime) -> str:
    return storage.prefixed(f"{settings.ENVIRONMENT}/{agent_id}/{now:%Y}/{now:%m}/{uuid.uuid4()}/{slug}")


def document_delete(*, document: Document) -> int:
    """Delete on request: the upload, what was read from it, and its rows. How many stored versions went.

    The objects first: a crash between leaves rows, with which it can be done again.
    """
    jobs = list(document.jobs.all())
    gone = storage.delete_every_version(document.object_key)
    for job in jobs:
        gone += storage.delete_every_version(storage.prefixed(f"results/{job.id}."))
        gone += storage.delete_every_version(storage.prefixed(f"jobs/{job.id}."))
    with transaction.atomic():
        for job in jobs:
            job.delete()
        document.delete()
    log.info("document_deleted", document_id=str(document.pk), jobs=len(jobs), versions=gone)
    return gone


def documents_delete_abandoned() -> int:
    """Forget uploads that were never submitted, and what they left in the bucket. How many were deleted."""
    before = timezone.now() - timedelta(hours=settings.ABANDONED_UPLOAD_AFTER_HOURS)
    deleted = 0
    for document in Document.objects.filter(created_at__lt=before, jobs=None)[:500]:
        # The object first: a crash between the two leaves a row, which the next run finds again.
        storage.delete(document.object_key)
        # Asked again in the same statement: a submit may have come meanwhile.
        gone, _ = Document.objects.filter(pk=document.pk, jobs=None).delete()
        deleted += gone
    if deleted:
        log.info("abandoned_uploads_deleted", count=deleted)
    return deleted

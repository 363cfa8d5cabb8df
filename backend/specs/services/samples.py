"""Samples: documents of a docType to try specs on. Stored first, noted after: a crash between leaves an orphan object."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

import mapping_specs
from backend.accounts.models import User
from backend.aws import storage
from backend.errors import Conflict, Forbidden, Invalid
from backend.specs.models import MappingSpec, Sample, SampleState
from backend.specs.services.runs import live_run_defer
from backend.specs.services.sample_files import Inspected, inspect

log = structlog.get_logger(__name__)

sample_stored = Signal()
"""Sent after the commit with `sample_id`: a document that waits to be read. Who sends it to be read is not known here."""

MAX_PRINTED = 400
"""Labels, and headers, that a sample offers to completion."""


def may_edit(user: User) -> None:
    if not user.has_perm("specs.add_sample"):
        raise Forbidden("SAMPLES_NOT_ALLOWED", "You may not change samples.")


def sample_create(*, spec: MappingSpec, user: User, filename: str, data: bytes) -> Sample:
    """From a document, which goes to be read, or from a response, which is an answer already."""
    may_edit(user)
    file = inspect(filename, data)
    sample = Sample(
        spec=spec,
        name=file.name,
        mime=file.mime,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        page_count=file.pages,
        created_by=user,
    )
    if file.response is not None:
        _answer(sample, data, file.response)
        sample.state = SampleState.DONE
    else:
        _document(sample, data, file)
    with transaction.atomic():
        sample.save(force_insert=True)
        live_run_defer(sample)
        if sample.document_key:
            transaction.on_commit(lambda: sample_stored.send(Sample, sample_id=sample.pk))
    log.info("sample_created", sample_id=str(sample.pk), doc_type=spec.doc_type, mime=sample.mime)
    return sample


def doc_type_create(*, doc_type: str, title: str, user: User, filename: str, data: bytes) -> tuple[MappingSpec, Sample]:
    """A docType and its first sample, or neither."""
    if not user.has_perm("specs.add_mappingspec"):
        raise Forbidden("EDIT_NOT_ALLOWED", "You may not make docTypes.")
    title = " ".join(title.replace("\0", "").split())
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,63}", doc_type) or len(title) > MAX_TITLE_CHARACTERS:
        message = "A docType is a small letter, then small letters, digits and _ (at most 64); a title has at most 200 characters."
        raise Invalid("INVALID_FIELDS", message, field="docType")
    with transaction.atomic():
        spec, created = MappingSpec.objects.get_or_create(doc_type=doc_type, defaults={"title": title})
        if not created:
            raise Conflict("DOC_TYPE_THERE", "There is such a docType already. Add the document to its samples.")
        sample = sample_create(spec=spec, user=user, filename=filename, data=data)
    return spec, sample


MAX_TITLE_CHARACTERS = 200


def object_key(sample: Sample, name: str) -> str:
    """Beside the agents' uploads, which the processor may read; no agent's folder holds ids."""
    return storage.prefixed(f"{settings.ENVIRONMENT}/samples/{sample.pk}/{name}")


def _document(sample: Sample, data: bytes, file: Inspected) -> None:
    key = object_key(sample, file.slug)
    storage.put_if_absent(key, data, content_type=file.mime)
    stored = storage.head(key)
    sample.document_key, sample.document_version_id = key, stored.version_id if stored else "null"


def _answer(sample: Sample, data: bytes, view: mapping_specs.View) -> None:
    key = object_key(sample, "response.json")
    storage.put_if_absent(key, data, content_type="application/json")
    sample.response_key, sample.response_bytes = key, len(data)
    sample.page_count = max(1, len(view.pages))
    sample.asked = dict(view.asked)
    sample.printed = printed_of(view)


def printed_of(view: mapping_specs.View) -> dict[str, list[str]]:
    """What completion offers of a sample."""
    labels = [pair.label for pair in view.key_values] + [field.label for one in view.expenses for field in one.summary]
    headers = [header for table in view.tables for header in table.headers]
    aliases = [query.alias for query in view.queries]
    return {"labels": _distinct(labels), "headers": _distinct(headers), "aliases": _distinct(aliases)}


def _distinct(texts: list[Any]) -> list[str]:
    clean = (" ".join(str(text).replace("\0", "").split()) for text in texts if text)
    return list(dict.fromkeys(text[:200] for text in clean if text))[:MAX_PRINTED]


RANK = {SampleState.UPLOADED: 0, SampleState.PROCESSING: 1, SampleState.DONE: 2, SampleState.FAILED: 2}


def sample_report(
    *, sample: Sample, state: str, error: Mapping[str, Any] | None = None, raw_json_key: str | None = None
) -> bool:
    """What became of a sample that was sent to be read; False if it is known already. States only move forward."""
    if not _is_news(sample, state):
        return False
    if state == SampleState.DONE:
        # S3 outside the transaction: a lock must not wait for the network. Stored twice it is the same object.
        _answer_stored(sample, raw_json_key)
    with transaction.atomic():
        locked = Sample.objects.select_for_update().get(pk=sample.pk)
        if not _is_news(locked, state):
            return False
        for name in ("response_key", "response_bytes", "page_count", "asked", "printed"):
            setattr(locked, name, getattr(sample, name))
        locked.state = SampleState(state)
        locked.error = dict(error) if error else None
        # A report proves that the message arrived, whatever our own mark says.
        locked.sent_at = locked.sent_at or timezone.now()
        locked.save()
        live_run_defer(locked)
    log.info("sample_reported", sample_id=str(sample.pk), state=state)
    return True


def _is_news(sample: Sample, state: str) -> bool:
    now, then = RANK[SampleState(sample.state)], RANK[SampleState(state)]
    if then == now and state != sample.state:
        raise Conflict("ALREADY_ENDED", "The job has ended otherwise.", state=sample.state)
    return then > now


def _answer_stored(sample: Sample, raw_json_key: str | None) -> None:
    """Textract's answer, kept with the sample: results expire and samples don't."""
    if raw_json_key != storage.prefixed(f"results/{sample.pk}.json"):
        raise Invalid("RESULT_KEY_FOREIGN", "The result's key is not this job's.")
    data = storage.get(raw_json_key, max_bytes=settings.MAX_RESULT_BYTES)
    if data is None:
        raise Conflict("RESULT_NOT_STORED", "The result's object is not there.")
    try:
        view = mapping_specs.build_view(orjson.loads(data))
    except (orjson.JSONDecodeError, mapping_specs.ResponseError) as error:
        raise Invalid("RESULT_INVALID", "The stored answer is not Textract's.") from error
    _answer(sample, data, view)
    sample.state = SampleState.DONE


def sample_delete(*, sample: Sample, user: User) -> int:
    """The sample, and every version of what is stored of it; how many stored versions went. Objects first."""
    may_edit(user)
    gone = storage.delete_every_version(object_key(sample, ""))
    for folder in ("results", "jobs"):
        gone += storage.delete_every_version(storage.prefixed(f"{folder}/{sample.pk}."))
    sample.delete()
    log.info("sample_deleted", sample_id=str(sample.pk), versions=gone)
    return gone

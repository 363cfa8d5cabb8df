"""Saving and publishing specs. Permission, change and log of each are here, for the admin and commands alike."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Max

import mapping_specs
from backend.accounts.models import User
from backend.aws import storage
from backend.errors import Conflict, Forbidden, Invalid, Unavailable
from backend.specs.models import Bundle, CurrentBundle, MappingSpec, Publication, SpecRevision
from backend.specs.selectors import bundle_current, live_revisions

log = structlog.get_logger(__name__)

PUBLISH_TRIES = 5


def text_normalize(text: str) -> str:
    """Browsers and editors differ in line ends; a revision must not. NUL, which PostgreSQL cannot hold, becomes U+FFFD."""
    return text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def text_doc_type(text: str) -> str:
    """The docType a text without problems is for; raises `mapping_specs.SpecError`."""
    return str(mapping_specs.load_spec(text).doc_type)


@transaction.atomic
def spec_ensure(*, doc_type: str, title: str = "") -> MappingSpec:
    spec, _ = MappingSpec.objects.get_or_create(doc_type=doc_type, defaults={"title": title})
    return spec


@transaction.atomic
def spec_save(*, spec: MappingSpec, text: str, author: User | None, note: str = "") -> tuple[SpecRevision, bool]:
    """Save `text` as a new revision; (the newest one, False) if nothing changed. A draft may have problems."""
    text = text_normalize(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    MappingSpec.objects.select_for_update().get(pk=spec.pk)
    newest = spec.revisions.order_by("-number").first()
    if newest and newest.sha256 == sha256 and (newest.resolved is None) == bool(newest.problems):
        return newest, False
    resolved, problems = _resolve(spec, text)
    number = (spec.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    revision = SpecRevision.objects.create(
        spec=spec,
        number=number,
        text=text,
        sha256=sha256,
        resolved=resolved,
        problems=problems,
        author=author,
        note=note,
    )
    if resolved and resolved["title"] != spec.title:
        MappingSpec.objects.filter(pk=spec.pk).update(title=resolved["title"])
    log.info("spec_saved", doc_type=spec.doc_type, revision=number, problems=len(problems))
    return revision, True


def _resolve(spec: MappingSpec, text: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    try:
        loaded = mapping_specs.load_spec(text)
    except mapping_specs.SpecError as error:
        return None, [_problem(problem) for problem in error.problems]
    if loaded.doc_type != spec.doc_type:
        message = f"doc_type must be {spec.doc_type}: a spec's revisions are all of one docType."
        return None, [
            {"code": "DOC_TYPE_CHANGED", "message": message, "path": "doc_type", "line": None, "column": None}
        ]
    return dict(loaded.resolved), []


def _problem(problem: Any) -> dict[str, Any]:
    return {
        "code": str(problem.code),
        "message": problem.message,
        "path": str(problem.path),
        "line": problem.line,
        "column": problem.column,
    }


def revisions_publish(
    *, revisions: Sequence[SpecRevision], user: User | None, reason: str = "", trusted: bool = False
) -> Bundle:
    """Make the revisions live, all together with the bundle that holds them. Rollback is publishing older ones.

    `trusted` is for management commands, whose caller has the server already.
    """
    _publish_check(revisions, user, trusted)
    for _ in range(PUBLISH_TRIES):
        base = bundle_current()
        bundle = _pack(revisions)
        # S3 outside the transaction: a lock must not wait for the network. A crash here leaves an orphan at worst.
        packed, row = bundle
        storage.put_if_absent(storage.prefixed(row.object_key), packed, content_type="application/gzip")
        if _make_current(row, base, revisions, user, reason):
            log.info("specs_published", bundle_id=row.id, doc_types=[found.spec.doc_type for found in revisions])
            return row
    raise Unavailable("PUBLISHING_BUSY", "Others are publishing at this moment. Try again.")


def _publish_check(revisions: Sequence[SpecRevision], user: User | None, trusted: bool) -> None:
    if not trusted and not (user and user.has_perm("specs.publish_specrevision")):
        raise Forbidden("PUBLISH_NOT_ALLOWED", "You may not publish specs.")
    doc_types = [revision.spec.doc_type for revision in revisions]
    if len(set(doc_types)) != len(doc_types):
        raise Invalid("PUBLISH_AMBIGUOUS", "Publish one revision of a docType at a time.")
    broken = [str(revision) for revision in revisions if revision.resolved is None]
    if broken:
        raise Conflict("SPEC_HAS_PROBLEMS", f"Has problems: {', '.join(broken)}.", revisions=broken)


def _pack(revisions: Sequence[SpecRevision]) -> tuple[bytes, Bundle]:
    live = {found.spec.doc_type: found for found in live_revisions()}
    live.update({found.spec.doc_type: found for found in revisions})
    packed = mapping_specs.pack([(_spec(found), found.number) for found in live.values()])
    numbers = {doc_type: found.number for doc_type, found in sorted(live.items())}
    row = Bundle(
        id=packed.id, revisions=numbers, engine_version=mapping_specs.ENGINE_VERSION, size_bytes=len(packed.data)
    )
    return packed.data, row


def _spec(revision: SpecRevision) -> Any:
    return mapping_specs.load_spec(revision.text)


@transaction.atomic
def _make_current(
    row: Bundle, base: Bundle | None, revisions: Sequence[SpecRevision], user: User | None, reason: str
) -> bool:
    """False if another publication came between: what was packed is then not what is live."""
    CurrentBundle.objects.get_or_create(id=1)
    current = CurrentBundle.objects.select_for_update().get(id=1)
    if current.bundle_id != (base.id if base else None):
        return False
    bundle, _ = Bundle.objects.get_or_create(
        id=row.id,
        defaults={"revisions": row.revisions, "engine_version": row.engine_version, "size_bytes": row.size_bytes},
    )
    changed = [found for found in revisions if found.spec.live_revision_id != found.pk]
    for revision in changed:
        MappingSpec.objects.filter(pk=revision.spec_id).update(live_revision=revision)
        Publication.objects.create(revision=revision, bundle=bundle, published_by=user, reason=reason)
    current.bundle = bundle
    current.save()
    return True

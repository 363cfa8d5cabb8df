"""Publishing specs: live revisions and the bundle that holds them move together. Rollback is publishing older ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction

import mapping_specs
from backend.accounts.models import User
from backend.aws import storage
from backend.errors import Conflict, Forbidden, Invalid, Unavailable
from backend.specs.models import Bundle, CurrentBundle, MappingSpec, Publication, SpecRevision
from backend.specs.selectors import bundle_current, live_revisions

log = structlog.get_logger(__name__)

PUBLISH_TRIES = 5


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

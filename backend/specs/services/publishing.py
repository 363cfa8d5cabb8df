"""Publishing specs: live revisions and the bundle that holds them move together. Rollback is publishing older ones."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import transaction
from django.utils import timezone

import mapping_specs
from backend.accounts.models import User
from backend.aws import storage
from backend.errors import Conflict, Unavailable
from backend.specs.calibrating import calibrated, calibrations_of
from backend.specs.models import (
    Bundle,
    CurrentBundle,
    MappingSpec,
    Publication,
    PublicationRequest,
    RequestState,
    SpecRevision,
)
from backend.specs.publication_report import PublicationReport, publication_report
from backend.specs.reading import readings_of
from backend.specs.selectors import bundle_current, live_revisions
from backend.specs.services import gate
from backend.specs.services.gate import Consent

log = structlog.get_logger(__name__)

PUBLISH_TRIES = 5
NO_QUESTIONS = Consent()


def revisions_publish(
    *, revisions: Sequence[SpecRevision], user: User | None, consent: Consent = NO_QUESTIONS, trusted: bool = False
) -> Bundle:
    """Make the revisions live, all together with the bundle that holds them. Rollback is publishing older ones.

    Raises what the gate says; `Unavailable` PUBLISHING_BUSY. `trusted` is for management commands.
    """
    gate.may_publish(user, trusted)
    gate.one_of_each(revisions)
    for _ in range(PUBLISH_TRIES):
        base = bundle_current()
        # After the bundle: whatever is published from here on changes it, and this try is then given up.
        reports = [publication_report(revision) for revision in revisions]
        gate.second_person(reports, consent, trusted)
        for report in reports:
            gate.pass_gate(report, consent)
        packed, row = _pack(reports)
        # S3 outside the transaction: a lock must not wait for the network. A crash here leaves an orphan at worst.
        storage.put_if_absent(storage.prefixed(row.object_key), packed, content_type="application/gzip")
        if _make_current(row, base, reports, user, consent):
            log.info("specs_published", bundle_id=row.id, doc_types=[found.spec.doc_type for found in revisions])
            return row
    raise Unavailable("PUBLISHING_BUSY", "Others are publishing at this moment. Try again.")


def _pack(reports: Sequence[PublicationReport]) -> tuple[bytes, Bundle]:
    live = {found.spec.doc_type: found for found in live_revisions()}
    live.update({report.revision.spec.doc_type: report.revision for report in reports})
    readings = readings_of(list(live.values()))
    specs = {pk: reading.spec for pk, reading in readings.items()}
    broken = [str(found) for found in live.values() if found.resolved is None or specs[found.pk] is None]
    if broken:
        message = (
            f"Live, and cannot be read by this engine: {', '.join(broken)}. Publish a mended one with it, or before."
        )
        raise Conflict("LIVE_HAS_PROBLEMS", message, revisions=broken)
    calibrations = calibrations_of(live.values()) | {report.revision.pk: report.calibration for report in reports}
    packed = mapping_specs.pack(
        (calibrated(spec, calibrations.get(found.pk)), found.number)
        for found in live.values()
        if (spec := specs[found.pk])
    )
    numbers = {doc_type: found.number for doc_type, found in sorted(live.items())}
    row = Bundle(
        id=packed.id, revisions=numbers, engine_version=mapping_specs.ENGINE_VERSION, size_bytes=len(packed.data)
    )
    return packed.data, row


@transaction.atomic
def _make_current(
    row: Bundle, base: Bundle | None, reports: Sequence[PublicationReport], user: User | None, consent: Consent
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
    for report in reports:
        if not report.is_live:
            MappingSpec.objects.filter(pk=report.revision.spec_id).update(live_revision=report.revision)
            _write_down(report, bundle, user, consent)
    if consent.request:
        _approve(consent.request, user)
    current.bundle = bundle
    current.save()
    return True


def _write_down(report: PublicationReport, bundle: Bundle, user: User | None, consent: Consent) -> None:
    Publication.objects.create(
        revision=report.revision,
        bundle=bundle,
        published_by=user,
        command=consent.command,
        reason=consent.reason,
        kind=report.kind,
        from_revision=report.live,
        breaks=[change.to_dict() for change in report.breaks],
        asked_by=consent.request.asked_by if consent.request else None,
        samples_total=report.samples.total,
        samples_passed=report.samples.passed,
        calibration=report.calibration.to_dict() if report.calibration else None,
    )


def _approve(request: PublicationRequest, user: User | None) -> None:
    waiting = PublicationRequest.objects.filter(pk=request.pk, state=RequestState.WAITING)
    if not waiting.update(state=RequestState.APPROVED, decided_by=user, decided_at=timezone.now()):
        raise Conflict("REQUEST_DECIDED", "This request was decided or withdrawn meanwhile.")

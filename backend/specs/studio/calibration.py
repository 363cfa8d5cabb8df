"""The calibration that a text would have, were it published now: a preview shows confidences as the processor would."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max

import mapping_specs
from backend.specs.calibrating import Evidence, calibrations_of, evidence_of, learned
from backend.specs.models import MappingSpec, Publication, PublicationKind, SampleRun, SpecRevision
from backend.specs.publication_report import kind_of
from backend.specs.studio import kept

BYTES_PER_VALUE = 300


def calibration_now(
    doc_type: MappingSpec, spec: mapping_specs.Spec, sha256: str, revision: SpecRevision | None = None
) -> mapping_specs.Calibration | None:
    """What is live keeps its own, and `revision`, where it was live before, has it back. As many queries for many samples."""
    live = SpecRevision.objects.filter(live_of=doc_type).defer("text", "resolved").first()
    if revision is not None and kind_of(revision, live) == PublicationKind.ROLLBACK:
        return calibrations_of([revision]).get(revision.pk)
    if live is not None and live.sha256 == sha256:
        return calibrations_of([live]).get(live.pk)
    return learned(_evidence(doc_type.pk), spec.resolved).calibration


def _evidence(spec_id: int) -> Evidence:
    def make() -> tuple[Evidence, int]:
        found = evidence_of(spec_id)
        return found, BYTES_PER_VALUE * sum(map(len, found.documents))

    return kept.evidence.get((spec_id, *_as_of(spec_id)), make)


def _as_of(spec_id: int) -> tuple[Any, ...]:
    """Another one where anything that the evidence is made of is another: what is expected of a sample drops its runs."""
    runs = SampleRun.objects.filter(sample__spec=spec_id).aggregate(count=Count("id"), last=Max("ran_at"))
    published = Publication.objects.filter(revision__spec=spec_id).aggregate(last=Max("id"))
    return runs["count"], runs["last"], published["last"]

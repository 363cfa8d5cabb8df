"""The calibration that a text would have, were it published now: previews and runs are shown as the processor would read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max

import mapping_specs
from backend.specs.calibrating import Evidence, calibrations_of, evidence_of, learned
from backend.specs.models import MappingSpec, MatrixRun, Publication, PublicationKind, SampleRun, SpecRevision
from backend.specs.publication_report import kind_of
from backend.specs.reading import pinned_read
from backend.specs.studio import kept
from mapping_specs.engine.recalibrating import recalibrated

BYTES_PER_VALUE = 300


def calibration_now(
    doc_type: MappingSpec, resolved: Mapping[str, Any], sha256: str, revision: SpecRevision | None = None
) -> mapping_specs.Calibration | None:
    """What is live keeps its own, and `revision`, where it was live before, has it back. As many queries for many samples."""
    live = SpecRevision.objects.filter(live_of=doc_type).defer("text", "resolved").first()
    if revision is not None and kind_of(revision, live) == PublicationKind.ROLLBACK:
        return calibrations_of([revision]).get(revision.pk)
    if live is not None and live.sha256 == sha256:
        return calibrations_of([live]).get(live.pk)
    return learned(_evidence(doc_type.pk), resolved).calibration


def calibration_of_runs(
    doc_type: MappingSpec, sha256: str, revision: SpecRevision | None = None
) -> mapping_specs.Calibration | None:
    """What a preview of the same text is shown with; `revision`: the saved one that is only looked at."""
    resolved = _resolved(doc_type, sha256)
    return calibration_now(doc_type, resolved, sha256, revision) if resolved else None


def _resolved(doc_type: MappingSpec, sha256: str) -> Mapping[str, Any] | None:
    """Whatever has runs was saved, or run as a draft."""
    saved = doc_type.revisions.filter(sha256=sha256, resolved__isnull=False)
    resolved = saved.order_by("-number").values_list("resolved", flat=True).first()
    if resolved is not None:
        return dict(resolved)
    run = MatrixRun.objects.filter(spec=doc_type, text_sha256=sha256).first()
    read = pinned_read(run.text, run.libraries, sha256) if run else None
    return read.spec.resolved if read and read.spec else None


def learned_from(calibration: mapping_specs.Calibration | None) -> dict[str, int] | None:
    return {"samples": calibration.samples, "values": calibration.values} if calibration else None


SHOWN = ("outcome", "status", "confidence", "uncalibrated", "wanted")


def run_shown(run: SampleRun, calibration: mapping_specs.Calibration | None) -> dict[str, Any]:
    """The run is kept as the evidence says; this is what a preview would show of it."""
    fields = run.outcome.get("fields", {})
    if calibration is not None:
        fields = recalibrated(fields, calibration)
    shown = {name: {key: found[key] for key in SHOWN if key in found} for name, found in fields.items()}
    return {"passed": run.passed, **run.outcome, "fields": shown}


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

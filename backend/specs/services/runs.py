"""A text over the samples of its docType: one run a sample, kept by the text's hash; of many in the background."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

import mapping_specs
from backend.accounts.models import User
from backend.errors import Conflict, DomainError, Forbidden
from backend.specs.calibrating import first_readers
from backend.specs.models import MappingSpec, MatrixRun, MatrixState, Sample, SampleRun, SampleState, SpecRevision
from backend.specs.reading import ReadText, pinned_read, revision_read
from backend.specs.studio import kept
from backend.specs.studio.preview import mark_not_asked, outcome_of, wanted_names
from backend.specs.verdicts import is_expected
from mapping_specs.engine.extraction import Extraction
from mapping_specs.engine.recalibrating import grounds_of
from mapping_specs.engine.samples import Scored, scored

log = structlog.get_logger(__name__)

PROGRESS_STEPS = 10
"""Progress is told, and runs are stored, this many times at most: the database is asked as often for 50 samples as for 500."""


OUTCOME_FORMAT = 2
"""Of `SampleRun.outcome`. One of an earlier format, which cannot be calibrated, is shown as it is and run again."""

LOST_AFTER_MINUTES = 15


def matrix_start(*, spec: MappingSpec, read: ReadText, user: User) -> MatrixRun:
    """A run of the text over every sample that has an answer; the one that is under way where there is one."""
    if not user.has_perm("specs.add_specrevision"):
        raise Forbidden("EDIT_NOT_ALLOWED", "You may not run samples.")
    _spec_of(read)
    with transaction.atomic():
        MappingSpec.objects.select_for_update().get(pk=spec.pk)
        under_way = _under_way(spec, read.sha256)
        if under_way:
            return under_way
        total = spec.samples.filter(state=SampleState.DONE).count()
        run = MatrixRun.objects.create(
            spec=spec, text=read.text, text_sha256=read.sha256, libraries=read.pins, total=total, started_by=user
        )
        _defer(run)
    log.info("matrix_started", run_id=str(run.pk), doc_type=spec.doc_type, samples=total)
    return run


def _under_way(spec: MappingSpec, sha256: str) -> MatrixRun | None:
    """One that began long ago has lost its worker."""
    open_states = (MatrixState.QUEUED, MatrixState.RUNNING)
    since = timezone.now() - timedelta(minutes=LOST_AFTER_MINUTES)
    return spec.matrix_runs.filter(text_sha256=sha256, state__in=open_states, started_at__gt=since).first()


def _defer(run: MatrixRun) -> None:
    """In this very transaction: a run that is noted is a run that will be done."""
    from backend.specs.tasks import run_matrix

    run_matrix.defer(run_id=str(run.pk))


def matrix_run(*, run_id: uuid.UUID) -> None:
    """Do what `matrix_start` noted. What ran before with this text and engine is not run again."""
    run = MatrixRun.objects.select_related("spec").get(pk=run_id)
    samples = list(run.spec.samples.filter(state=SampleState.DONE).defer("printed"))
    MatrixRun.objects.filter(pk=run_id).update(state=MatrixState.RUNNING, total=len(samples), done=0)
    state = MatrixState.FAILED
    try:
        read = pinned_read(run.text, run.libraries, run.text_sha256)
        for done in samples_run(spec=run.spec, read=read, samples=samples):
            MatrixRun.objects.filter(pk=run_id).update(done=done)
        _run_first_readers(run.spec, samples)
        state = MatrixState.DONE
    except DomainError as error:
        log.warning("matrix_failed", run_id=str(run_id), reason=error.reason)
    finally:
        MatrixRun.objects.filter(pk=run_id).update(state=state, ended_at=timezone.now())


def _run_first_readers(spec: MappingSpec, samples: Sequence[Sample]) -> None:
    """Each labelled sample with the revision that was live when it came: confidences are calibrated by that."""
    for revision, came in first_readers(spec.pk, filter(is_expected, samples)).items():
        read = revision_read(revision)
        if read.spec is not None:
            _run_all(spec, read, came)


def _run_all(spec: MappingSpec, read: ReadText, samples: Sequence[Sample]) -> None:
    """Whoever waits needs no progress."""
    for _ in samples_run(spec=spec, read=read, samples=samples):
        pass


def live_run_defer(sample: Sample) -> None:
    """What is live runs over the sample in the background, so that whoever opens it next finds it run. In the
    transaction that changed it. Asked again before it has run, it runs once."""
    if sample.state != SampleState.DONE:
        return
    if not MappingSpec.objects.filter(pk=sample.spec_id, live_revision__isnull=False).exists():
        return
    from backend.specs.tasks import run_live

    with suppress(AlreadyEnqueued), transaction.atomic():
        run_live.configure(queueing_lock=f"run_live {sample.pk}").defer(sample_id=str(sample.pk))


def live_run(*, sample_id: uuid.UUID) -> None:
    """Do what `live_run_defer` noted, with what is live by now. A sample that is gone needs none."""
    sample = Sample.objects.filter(pk=sample_id).select_related("spec__live_revision").defer("printed").first()
    live = sample.spec.live_revision if sample is not None else None
    if sample is None or live is None:
        return
    read = revision_read(live)
    if read.spec is not None:
        _run_all(sample.spec, read, [sample])


def revision_run_samples(*, revision: SpecRevision) -> None:
    """Every sample with the revision's text, here and now; what has run is not run again."""
    samples = list(revision.spec.samples.filter(state=SampleState.DONE).defer("printed"))
    _run_all(revision.spec, revision_read(revision), samples)


def samples_run(*, spec: MappingSpec, read: ReadText, samples: Sequence[Sample]) -> Iterator[int]:
    """Run what has not run; after each step the number of samples that are done."""
    loaded, sha256 = _spec_of(read), read.sha256
    revision = spec.revisions.filter(sha256=sha256).order_by("-number").first()
    known = SampleRun.objects.filter(
        sample__in=samples, text_sha256=sha256, engine_version=mapping_specs.ENGINE_VERSION
    )
    known = known.annotate(format=KeyTextTransform("format", "outcome")).filter(format=str(OUTCOME_FORMAT))
    ran = set(known.values_list("sample_id", flat=True))
    waiting = [sample for sample in samples if sample.pk not in ran]
    yield len(samples) - len(waiting)
    size = max(1, math.ceil(len(waiting) / PROGRESS_STEPS))
    for start in range(0, len(waiting), size):
        runs = [run_of(loaded, sample, sha256, revision) for sample in waiting[start : start + size]]
        _store(runs)
        yield len(samples) - len(waiting) + start + len(runs)


def _store(runs: list[SampleRun]) -> None:
    """Without those of samples of which something else is expected by now, or which are gone: they do not count."""
    with transaction.atomic():
        samples = Sample.objects.select_for_update().filter(pk__in=[run.sample_id for run in runs])
        expected = dict(samples.order_by("pk").values_list("pk", "expected"))
        SampleRun.objects.bulk_create(
            [run for run in runs if run.sample_id in expected and expected[run.sample_id] == run.sample.expected],
            update_conflicts=True,
            unique_fields=["sample", "text_sha256", "engine_version"],
            update_fields=["revision", "outcome", "passed", "ran_at"],
        )


def _spec_of(read: ReadText) -> mapping_specs.Spec:
    if read.spec is None:
        message = "The text has problems. Mend them, then run the samples."
        raise Conflict("SPEC_HAS_PROBLEMS", message, problems=len(read.problems))
    return read.spec


def run_of(spec: mapping_specs.Spec, sample: Sample, sha256: str, revision: SpecRevision | None) -> SampleRun:
    """What the spec makes of the sample, not stored yet."""
    extraction = Extraction(kept.view_of(sample), spec)
    result, grounds = extraction.result(None), grounds_of(extraction)
    mark_not_asked(result)
    found = scored(result, sample.expected)
    outcomes = {verdict.path: outcome_of(verdict, result) for verdict in found.fields}
    wanted, rows = wanted_names(result), sample.expected.get("tables") or {}
    checked = is_expected(sample)
    return SampleRun(
        sample=sample,
        revision=revision,
        text_sha256=sha256,
        engine_version=mapping_specs.ENGINE_VERSION,
        passed=checked and not found.misses,
        outcome={
            "format": OUTCOME_FORMAT,
            "checked": checked,
            "fields": {
                name: {**_field(name, outcomes, result, wanted), **grounds.get(name, {})}
                for name in {**result["fieldStatus"], **outcomes}
            },
            "tables": {name: _table(name, rows, found, result, wanted) for name in {**result["tables"], **rows}},
            "cells": {"right": sum(cell.right for cell in found.cells), "total": len(found.cells)},
            "misses": [verdict.path for verdict in found.misses],
        },
    )


def _field(name: str, outcomes: dict[str, str], result: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    """`outcome` is None where nobody has said what is expected; `wanted`: the spec itself asks for what is not there."""
    return {
        "outcome": outcomes.get(name),
        "status": result["fieldStatus"].get(name),
        "confidence": result["confidenceScores"].get(name),
        "wanted": result["fieldStatus"].get(name) == "missing" and name in wanted,
    }


def _table(
    name: str, expected: dict[str, Any], found: Scored, result: dict[str, Any], wanted: set[str]
) -> dict[str, Any]:
    """As of a field."""
    rows = result["tables"].get(name) or []
    is_missed = any(cell.path.startswith(f"{name}[") for cell in found.misses)
    return {
        "outcome": _rows_outcome(expected[name], rows, is_missed) if name in expected else None,
        "status": "ok" if rows else "missing",
        "confidence": None,
        "wanted": not rows and name in wanted,
    }


def _rows_outcome(expected: list[Any], rows: list[Any], is_missed: bool) -> str:
    if not is_missed:
        return "right"
    return "missing" if not rows else "extra" if not expected else "wrong"

"""What a docType's labelled samples say of its confidences, and the calibration that each revision went live with.

A revision goes live only once its samples pass, so its own reading of them holds no wrong value and proves nothing. What
counts is how the revision that was live when a sample came read it: nobody had fitted that one to this sample.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import mapping_specs
from backend.specs.models import Publication, Sample, SampleRun, SpecRevision
from backend.specs.verdicts import samples_by_spec
from mapping_specs.engine.calibration import MIN_SAMPLES, MIN_VALUES


class Value(NamedTuple):
    """One value that was put out on a labelled sample."""

    name: str
    percent: float
    is_right: bool
    shape: Any
    """Of its field, in the revision that read it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    labelled: int
    """Samples with expected values."""
    later: int
    """Those of them that came while a revision was live."""
    documents: tuple[tuple[Value, ...], ...]
    """The values of each of these that the revision of then has read with this engine."""


@dataclass(frozen=True, slots=True)
class Learned:
    calibration: mapping_specs.Calibration | None
    """None: too few samples or values."""
    samples: int
    values: int
    """How many of each were counted, enough or not."""
    labelled: int
    later: int
    samples_needed: int = MIN_SAMPLES
    values_needed: int = MIN_VALUES


def learned(evidence: Evidence, resolved: Mapping[str, Any]) -> Learned:
    """For a spec about to go live. A field of another type than it had then is not counted: it was not read wrong."""
    shapes = _shapes(resolved)
    documents = [
        [(value.percent, value.is_right) for value in document if value.shape == shapes.get(value.name)]
        for document in evidence.documents
    ]
    return Learned(
        calibration=mapping_specs.calibrate(documents),
        samples=sum(map(bool, documents)),
        values=sum(map(len, documents)),
        labelled=evidence.labelled,
        later=evidence.later,
    )


def evidence_of(spec_id: int) -> Evidence:
    """Four queries, however many samples and publications."""
    labelled = samples_by_spec({spec_id}).get(spec_id, [])
    readers = first_readers(spec_id, labelled)
    outcomes = _outcomes(readers)
    return Evidence(
        labelled=len(labelled),
        later=sum(map(len, readers.values())),
        documents=tuple(
            tuple(_values(outcomes[revision.sha256, sample.pk], _shapes(revision.resolved)))
            for revision, samples in readers.items()
            for sample in samples
            if (revision.sha256, sample.pk) in outcomes
        ),
    )


def first_readers(spec_id: int, samples: Iterable[Sample]) -> dict[SpecRevision, list[Sample]]:
    """The samples by the revision that was live when they came; those from before the first one are left out."""
    published = list(
        Publication.objects.filter(revision__spec=spec_id)
        .order_by("published_at", "id")
        .values_list("published_at", "revision_id")
    )
    times = [published_at for published_at, _ in published]
    came: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        if place := bisect_right(times, sample.created_at):
            came[published[place - 1][1]].append(sample)
    revisions = SpecRevision.objects.filter(pk__in=came, resolved__isnull=False).defer("text")
    return {revision: came[revision.pk] for revision in revisions.order_by("number")}


def _outcomes(readers: Mapping[SpecRevision, list[Sample]]) -> dict[tuple[str, Any], dict[str, Any]]:
    runs = SampleRun.objects.filter(
        sample__in=[sample.pk for samples in readers.values() for sample in samples],
        text_sha256__in={revision.sha256 for revision in readers},
        engine_version=mapping_specs.ENGINE_VERSION,
    )
    return {(sha256, pk): found for sha256, pk, found in runs.values_list("text_sha256", "sample_id", "outcome")}


def _values(outcome: Mapping[str, Any], shapes: Mapping[str, Any]) -> Iterator[Value]:
    """What was put out and somebody has said is right or wrong; nothing was put out for what is missing."""
    for name, found in outcome.get("fields", {}).items():
        if found["confidence"] is not None and found["outcome"] in ("right", "wrong", "extra"):
            yield Value(name, found["confidence"], found["outcome"] == "right", shapes.get(name))


def _shapes(resolved: Mapping[str, Any]) -> dict[str, Any]:
    return {name: (field["type"], field.get("options")) for name, field in resolved["fields"].items()}


def calibrations_of(revisions: Collection[SpecRevision]) -> dict[int, mapping_specs.Calibration]:
    """What each went live with, the last time that it did, by primary key; one that has none is left out."""
    last = (
        Publication.objects.filter(revision__in=[revision.pk for revision in revisions])
        .order_by("revision_id", "-published_at", "-id")
        .distinct("revision_id")
    )
    stored = last.values_list("revision_id", "calibration")
    return {pk: mapping_specs.Calibration.from_dict(found) for pk, found in stored if found}


def calibrated(spec: mapping_specs.Spec, calibration: mapping_specs.Calibration | None) -> mapping_specs.Spec:
    """A spec of its own: loaded ones are shared, and samples are read as the evidence says."""
    return mapping_specs.Spec(spec.resolved, calibration) if calibration else spec

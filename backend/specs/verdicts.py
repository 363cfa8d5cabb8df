"""Do a docType's samples pass with a revision? What publishing asks before it goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mapping_specs
from backend.specs.models import Sample, SampleRun, SampleState, SpecRevision


@dataclass(frozen=True, slots=True)
class SamplesVerdict:
    """Samples with expected values, against exactly this text and this engine version."""

    total: int = 0
    passed: int = 0
    failing: list[str] = field(default_factory=list)
    """Names of samples that ran and miss something."""
    not_run: list[str] = field(default_factory=list)
    """Names of samples that have not run with this text."""

    @property
    def ok(self) -> bool:
        return self.passed == self.total


def samples_verdict(revision: SpecRevision) -> SamplesVerdict:
    """A docType without samples has nothing to miss."""
    return verdicts_of([revision])[revision.pk]


def verdicts_of(revisions: Sequence[SpecRevision]) -> dict[int, SamplesVerdict]:
    """By the revision's primary key; two queries, however many. Reads no text: `sha256` names it."""
    samples = samples_by_spec({revision.spec_id for revision in revisions})
    runs = SampleRun.objects.filter(
        sample__in=[sample.pk for group in samples.values() for sample in group],
        text_sha256__in={revision.sha256 for revision in revisions},
        engine_version=mapping_specs.ENGINE_VERSION,
    )
    passed: dict[str, dict[Any, bool]] = defaultdict(dict)
    for sha256, sample, is_passed in runs.values_list("text_sha256", "sample_id", "passed"):
        passed[sha256][sample] = is_passed
    return {found.pk: _verdict(samples.get(found.spec_id, []), passed[found.sha256]) for found in revisions}


def samples_by_spec(spec_ids: set[int]) -> dict[int, list[Sample]]:
    """Those with expected values: somebody has said what they hold."""
    found: dict[int, list[Sample]] = defaultdict(list)
    samples = Sample.objects.filter(spec_id__in=spec_ids, state=SampleState.DONE)
    for sample in samples.only("name", "spec_id", "expected", "created_at").order_by("created_at"):
        if is_expected(sample):
            found[sample.spec_id].append(sample)
    return found


def _verdict(samples: list[Sample], passed: dict[Any, bool]) -> SamplesVerdict:
    return SamplesVerdict(
        total=len(samples),
        passed=sum(passed.get(sample.pk, False) for sample in samples),
        failing=[sample.name for sample in samples if passed.get(sample.pk) is False],
        not_run=[sample.name for sample in samples if sample.pk not in passed],
    )


def is_expected(sample: Sample) -> bool:
    return bool(sample.expected.get("fields") or sample.expected.get("tables"))

"""Do a docType's samples pass with a revision? What publishing asks before it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    samples = [
        sample
        for sample in Sample.objects.filter(spec_id=revision.spec_id, state=SampleState.DONE).only("name", "expected")
        if is_expected(sample)
    ]
    runs = SampleRun.objects.filter(
        sample__in=samples, text_sha256=revision.sha256, engine_version=mapping_specs.ENGINE_VERSION
    )
    passed = dict(runs.values_list("sample_id", "passed"))
    return SamplesVerdict(
        total=len(samples),
        passed=sum(passed.values()),
        failing=[sample.name for sample in samples if passed.get(sample.pk) is False],
        not_run=[sample.name for sample in samples if sample.pk not in passed],
    )


def is_expected(sample: Sample) -> bool:
    """Somebody has said what it holds."""
    return bool(sample.expected.get("fields") or sample.expected.get("tables"))

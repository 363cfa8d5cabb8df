"""Do a docType's samples pass with a revision? What publishing asks before it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.specs.models import SpecRevision


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
    return SamplesVerdict()

"""What publishing a revision would do: what changes, what breaks a client, what it costs, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass

import mapping_specs
from backend.specs import calibrating
from backend.specs.library_uses import Pinned, pinned_of
from backend.specs.models import MappingSpec, Publication, PublicationKind, SpecRevision
from backend.specs.reading import is_readable, readings_of, spec_of
from backend.specs.verdicts import SamplesVerdict, samples_verdict
from mapping_specs.engine.features import price_usd


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why it cannot be published as it is; `reason` is the error's."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class PublicationReport:
    revision: SpecRevision
    live: SpecRevision | None
    kind: PublicationKind
    problems: list[mapping_specs.Problem]
    """As the engine of today sees them: it may refuse what an earlier one accepted."""
    hints: list[mapping_specs.Problem]
    """What is allowed and seldom meant; none of them stands against publishing."""
    changes: list[mapping_specs.Change]
    samples: SamplesVerdict
    libraries: list[Pinned]
    """What it resolves, beside what is newest."""
    cost_before_usd: float | None
    """Textract's listed price of a page; None where nothing is live."""
    cost_after_usd: float | None
    """None while the text has problems."""
    calibration: mapping_specs.Calibration | None
    """What it goes live with."""
    learned: calibrating.Learned | None
    """What the calibration was learned from; None where it keeps the one it had, and while the text has problems."""

    @property
    def breaks(self) -> list[mapping_specs.Change]:
        return [change for change in self.changes if change.breaks]

    @property
    def is_live(self) -> bool:
        return self.live is not None and self.live.pk == self.revision.pk

    @property
    def is_rollback(self) -> bool:
        return self.kind == PublicationKind.ROLLBACK

    @property
    def live_number(self) -> int:
        """0: nothing is live."""
        return self.live.number if self.live else 0

    @property
    def obstacles(self) -> list[Obstacle]:
        found = []
        if not is_readable(self.revision):
            found.append(Obstacle("SPEC_HAS_PROBLEMS", f"Has problems: {self.revision}."))
        if not self.is_rollback and not self.samples.ok:
            found.append(Obstacle("SAMPLES_FAIL", _said_of(self.samples)))
        return found


def publication_report(revision: SpecRevision) -> PublicationReport:
    """Read against what is live now."""
    spec = MappingSpec.objects.select_related("live_revision").get(pk=revision.spec_id)
    live, kind = spec.live_revision, kind_of(revision, spec.live_revision)
    learned = None if kind == PublicationKind.ROLLBACK or live == revision else _learned(revision)
    reading = readings_of([revision])[revision.pk]
    return PublicationReport(
        revision=revision,
        live=live,
        kind=kind,
        problems=reading.problems,
        hints=reading.hints,
        changes=changes_between(live, revision),
        samples=samples_verdict(revision),
        libraries=pinned_of([revision.libraries])[0],
        cost_before_usd=cost_of(live),
        cost_after_usd=cost_of(revision),
        calibration=learned.calibration if learned else calibrating.calibrations_of([revision]).get(revision.pk),
        learned=learned,
    )


def _learned(revision: SpecRevision) -> calibrating.Learned | None:
    if revision.resolved is None:
        return None
    return calibrating.learned(calibrating.evidence_of(revision.spec_id), revision.resolved)


def changes_between(old: SpecRevision | None, new: SpecRevision) -> list[mapping_specs.Change]:
    """In words; nothing where there is no old one, or where `new` has problems and cannot be read."""
    if old is None or old.pk == new.pk or not is_readable(new):
        return []
    if not is_readable(old):
        message = f"revision {old.number} cannot be read by this engine, so nothing can be compared with it"
        return [mapping_specs.Change("spec", message, "what a client reads may change")]
    return mapping_specs.differences(spec_of(old), spec_of(new))


def cost_of(revision: SpecRevision | None) -> float | None:
    return price_usd(revision.resolved["textract"]) if revision and revision.resolved else None


def kind_of(revision: SpecRevision, live: SpecRevision | None) -> PublicationKind:
    """Going back to what was live before. It passed once, so it needs neither samples nor a second person."""
    back = live is not None and revision.number < live.number
    if back and Publication.objects.filter(revision=revision).exists():
        return PublicationKind.ROLLBACK
    return PublicationKind.PUBLISH


def _said_of(samples: SamplesVerdict) -> str:
    parts = [f"{samples.passed} of {samples.total} samples pass"]
    if samples.failing:
        parts.append(f"not right: {', '.join(samples.failing)}")
    if samples.not_run:
        parts.append(f"not run with this revision: {', '.join(samples.not_run)}")
    return "; ".join(parts) + "."

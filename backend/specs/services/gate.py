"""What stands between a revision and being live. Every way of publishing passes here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from backend.accounts.models import User
from backend.errors import Conflict, Forbidden, Invalid
from backend.specs.models import Publication, PublicationRequest, SpecRevision
from backend.specs.publication_report import PublicationReport

REASON_MAX_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Consent:
    """What the publisher was shown, agreed to and says of it."""

    reason: str = ""
    breaks_confirmed: bool = False
    against: int | None = None
    """The number that was live on the page they saw, 0 for none; None: whatever is live."""
    request: PublicationRequest | None = None
    """Where a second person approves what the first asked for."""
    command: str = ""
    """The management command that publishes, where no user does."""


def may_publish(user: User | None, trusted: bool) -> None:
    """`trusted` is for management commands, whose caller has the server already."""
    if not trusted and not (user and user.has_perm("specs.publish_specrevision")):
        raise Forbidden("PUBLISH_NOT_ALLOWED", "You may not publish specs.")


def one_of_each(revisions: Sequence[SpecRevision]) -> None:
    doc_types = [revision.spec.doc_type for revision in revisions]
    if len(set(doc_types)) != len(doc_types):
        raise Invalid("PUBLISH_AMBIGUOUS", "Publish one revision of a docType at a time.")


def pass_gate(report: PublicationReport, consent: Consent) -> None:
    """Raise what stands against publishing; nothing stands against what is live already."""
    not_published_meanwhile(report, consent.against)
    if report.is_live:
        return
    for obstacle in report.obstacles:
        raise Conflict(obstacle.reason, obstacle.message, revision=str(report.revision))
    if len(consent.reason) > REASON_MAX_CHARACTERS:
        raise Invalid("REASON_TOO_LONG", f"The reason is longer than {REASON_MAX_CHARACTERS} characters.")
    breaks_agreed(report, consent)


def not_published_meanwhile(report: PublicationReport, against: int | None) -> None:
    if against is None or against == report.live_number:
        return
    last = Publication.objects.select_related("published_by").filter(revision=report.live).first()
    who = last.actor if last else "a command"
    raise Conflict(
        "PUBLISHED_MEANWHILE",
        f"{who} made revision {report.live_number} live meanwhile; you were shown revision {against or 'nothing'} as "
        "live. Look again at what changes.",
        liveNumber=report.live_number,
    )


def breaks_agreed(report: PublicationReport, consent: Consent) -> None:
    broken = report.breaks
    if not broken or (consent.breaks_confirmed and consent.reason.strip()):
        return
    named = ", ".join(f"{change.path} {change.message}" for change in broken)
    asked = "say why" if consent.breaks_confirmed else "confirm it and say why"
    raise Conflict(
        "BREAKS_CLIENT",
        f"{report.revision} breaks clients ({named}): {asked}.",
        breaks=[change.to_dict() for change in broken],
    )


def second_person(reports: Sequence[PublicationReport], consent: Consent, trusted: bool) -> None:
    wanted = [report for report in reports if not report.is_live and not report.is_rollback]
    if trusted or not settings.PUBLISH_NEEDS_SECOND_PERSON or not wanted or consent.request:
        return
    raise Conflict(
        "NEEDS_SECOND_PERSON", "Publishing needs a second person here: ask for it; another publisher approves."
    )

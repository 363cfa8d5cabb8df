"""Publishing by two people: one asks, another approves. What was asked for is published exactly so, or not at all."""

from __future__ import annotations

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from backend.accounts.models import User
from backend.errors import Conflict, Forbidden
from backend.specs.models import Bundle, PublicationRequest, RequestState, SpecRevision
from backend.specs.publication_report import publication_report
from backend.specs.reading import note_normalize
from backend.specs.services import gate
from backend.specs.services.gate import Consent
from backend.specs.services.publishing import revisions_publish

log = structlog.get_logger(__name__)


def publication_ask(*, revision: SpecRevision, user: User, consent: Consent) -> PublicationRequest:
    """Wait for a second person. It passes the same gate now as it will when approved."""
    if not user.has_perm("specs.add_specrevision"):
        raise Forbidden("ASK_NOT_ALLOWED", "You may not ask for a publication.")
    report = publication_report(revision)
    gate.pass_gate(report, consent)
    try:
        with transaction.atomic():
            _give_way(revision, user)
            request = PublicationRequest.objects.create(
                revision=revision,
                spec_id=revision.spec_id,
                against=report.live,
                asked_by=user,
                reason=consent.reason,
                breaks_confirmed=consent.breaks_confirmed,
            )
    except IntegrityError:
        raise Conflict(
            "REQUEST_WAITING", "Another request for this docType waits already. Decide that one first."
        ) from None
    log.info("publication_asked", doc_type=revision.spec.doc_type, revision=revision.number)
    return request


def _give_way(revision: SpecRevision, user: User) -> None:
    """One's own earlier request, and one made against what is no longer live, make room for a new one."""
    for waiting in request_rows().filter(spec_id=revision.spec_id, state=RequestState.WAITING):
        if waiting.asked_by_id == user.pk or is_outdated(waiting):
            _decide(waiting, user, RequestState.WITHDRAWN, f"Replaced by revision {revision.number}")


def request_rows() -> QuerySet[PublicationRequest]:
    return PublicationRequest.objects.select_related("revision__spec", "against", "asked_by", "spec")


def is_outdated(request: PublicationRequest) -> bool:
    return bool(request.spec.live_revision_id != request.against_id)


def publication_approve(*, request: PublicationRequest, user: User) -> Bundle:
    """Publish what was asked for. Raises what the gate says; the asker cannot approve."""
    if request.asked_by_id == user.pk:
        raise Forbidden("APPROVER_IS_ASKER", "You asked for this: another person has to approve it.")
    if request.state != RequestState.WAITING:
        raise Conflict("REQUEST_DECIDED", f"This request is {request.get_state_display()}.")
    consent = Consent(
        reason=request.reason,
        breaks_confirmed=request.breaks_confirmed,
        against=request.against.number if request.against else 0,
        request=request,
    )
    return revisions_publish(revisions=[request.revision], user=user, consent=consent)


def publication_refuse(*, request: PublicationRequest, user: User, note: str = "") -> None:
    """By a publisher, or withdrawn by the asker."""
    own = request.asked_by_id == user.pk
    if not own:
        gate.may_publish(user, trusted=False)
    _decide(request, user, RequestState.WITHDRAWN if own else RequestState.REFUSED, note)


def _decide(request: PublicationRequest, user: User, state: RequestState, note: str) -> None:
    waiting = PublicationRequest.objects.filter(pk=request.pk, state=RequestState.WAITING)
    if not waiting.update(state=state, decided_by=user, decided_at=timezone.now(), note=note_normalize(note)):
        raise Conflict("REQUEST_DECIDED", "This request was decided or withdrawn meanwhile.")
    log.info("publication_not_made", revision=request.revision_id, state=str(state))

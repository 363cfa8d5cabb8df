"""The docTypes as the admin's first page shows them, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from backend.specs.models import MappingSpec, PublicationRequest, RequestState, SpecRevision
from backend.specs.verdicts import SamplesVerdict, verdicts_of


@dataclass(frozen=True, slots=True)
class DocTypeRow:
    spec: MappingSpec
    newest: SpecRevision | None
    samples: SamplesVerdict
    """Of the newest revision."""
    waiting: PublicationRequest | None

    @property
    def is_draft(self) -> bool:
        """Something newer than what is live."""
        return self.newest is not None and self.newest.pk != self.spec.live_revision_id


def doc_type_rows() -> list[DocTypeRow]:
    last = SpecRevision.objects.filter(spec=OuterRef("pk")).order_by("-number").values("pk")[:1]
    specs = MappingSpec.objects.annotate(newest_id=Subquery(last)).select_related("live_revision")
    specs = specs.defer("live_revision__text", "live_revision__resolved")
    revisions = SpecRevision.objects.select_related("author", "spec").defer("text", "resolved")
    newest = revisions.in_bulk([spec.newest_id for spec in specs if spec.newest_id])
    verdicts = verdicts_of(list(newest.values()))
    requests = PublicationRequest.objects.select_related("asked_by", "revision").filter(state=RequestState.WAITING)
    waiting = {request.spec_id: request for request in requests.defer("revision__text", "revision__resolved")}
    return [
        DocTypeRow(
            spec,
            newest.get(spec.newest_id or 0),
            verdicts.get(spec.newest_id or 0, SamplesVerdict()),
            waiting.get(spec.pk),
        )
        for spec in specs
    ]

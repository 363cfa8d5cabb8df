"""A docType's revisions as a list shows them, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef

from backend.specs.models import MappingSpec, Publication, SpecRevision
from backend.specs.verdicts import SamplesVerdict, verdicts_of

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class RevisionRow:
    revision: SpecRevision
    state: str
    """live, was live, has problems, ready"""
    samples: SamplesVerdict
    can_roll_back: bool


def revision_page(spec: MappingSpec, number: int) -> tuple[list[RevisionRow], Page[Any]]:
    """One page, newest first. The texts stay in the database."""
    revisions = (
        spec.revisions.select_related("author")
        .defer("text", "resolved")
        .annotate(was_published=Exists(Publication.objects.filter(revision=OuterRef("pk"))))
        .order_by("-number")
    )
    page = Paginator(revisions, PAGE_SIZE).get_page(number)
    found = list(page.object_list)
    verdicts = verdicts_of(found)
    return [_row(spec, revision, verdicts[revision.pk]) for revision in found], page


def _row(spec: MappingSpec, revision: SpecRevision, samples: SamplesVerdict) -> RevisionRow:
    live, was_published = spec.live_revision, revision.was_published  # type: ignore[attr-defined]
    back = bool(live and was_published and revision.number < live.number)
    return RevisionRow(revision, _state(spec, revision, was_published), samples, back)


def _state(spec: MappingSpec, revision: SpecRevision, was_published: bool) -> str:
    if spec.live_revision_id == revision.pk:
        return "live"
    if revision.problems:
        return "has problems"
    return "was live" if was_published else "ready"

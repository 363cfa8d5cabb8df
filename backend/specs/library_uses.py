"""Which specs read which revision of a library, and what a newer one would do to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import OuterRef, Q, Subquery

from backend.specs.models import Library, LibraryRevision, MappingSpec, SpecRevision
from backend.specs.reading import Pins, draft_read, libraries_newest


@dataclass(frozen=True, slots=True)
class Pinned:
    """A library revision that a saved spec is read with."""

    library: Library
    number: int
    newest: int
    is_behind: bool
    """The newest one has another text."""


@dataclass(frozen=True, slots=True)
class Use:
    revision: SpecRevision
    is_live: bool
    is_newest: bool
    pinned: Pinned


@dataclass(frozen=True, slots=True)
class LibraryRow:
    library: Library
    newest: LibraryRevision | None
    uses: list[Use] = field(default_factory=list)

    @property
    def doc_types(self) -> set[str]:
        return {use.revision.spec.doc_type for use in self.uses}

    @property
    def behind(self) -> set[str]:
        """DocTypes whose newest revision has an older text of it."""
        return {use.revision.spec.doc_type for use in self.uses if use.is_newest and use.pinned.is_behind}


def library_rows() -> list[LibraryRow]:
    """Every library, with what uses it; four queries, however many."""
    uses = library_uses()
    last = LibraryRevision.objects.select_related("author", "library").defer("text")
    newest = {one.library_id: one for one in last.order_by("library_id", "-number").distinct("library_id")}
    return [LibraryRow(one, newest.get(one.pk), uses.get(one.name, [])) for one in Library.objects.all()]


def library_uses() -> dict[str, list[Use]]:
    """By the library's name, of every spec what is live and what is newest."""
    last = SpecRevision.objects.filter(spec=OuterRef("pk")).order_by("-number").values("pk")[:1]
    newest = dict(MappingSpec.objects.annotate(last=Subquery(last)).values_list("pk", "last"))
    revisions = SpecRevision.objects.select_related("spec").defer("text", "resolved").exclude(libraries={})
    found = list(
        revisions.filter(Q(pk__in=newest.values()) | Q(live_of__isnull=False)).order_by("spec__doc_type", "-number")
    )
    uses: dict[str, list[Use]] = defaultdict(list)
    for revision, pins in zip(found, pinned_of([one.libraries for one in found]), strict=True):
        for pinned in pins:
            is_live = revision.spec.live_revision_id == revision.pk
            uses[pinned.library.name].append(Use(revision, is_live, newest[revision.spec_id] == revision.pk, pinned))
    return uses


def pinned_of(several: Collection[Pins]) -> list[list[Pinned]]:
    """For each the revisions it pins, beside what is newest. One query; none where nothing is pinned."""
    names = {name for pins in several for name in pins}
    if not names:
        return [[] for _ in several]
    known: dict[str, dict[int, LibraryRevision]] = defaultdict(dict)
    rows = LibraryRevision.objects.select_related("library").defer("text").filter(library__name__in=names)
    for one in rows:
        known[one.library.name][one.number] = one
    return [[_pinned(known[name], number) for name, number in sorted(pins.items())] for pins in several]


def _pinned(known: Mapping[int, LibraryRevision], number: int) -> Pinned:
    newest = known[max(known)]
    return Pinned(newest.library, number, newest.number, known[number].sha256 != newest.sha256)


def broken_by(library: Library) -> list[tuple[SpecRevision, str]]:
    """Newest revisions without problems that would have some over the newest libraries, and the first of them."""
    pks = [use.revision.pk for use in library_uses().get(library.name, []) if use.is_newest]
    libraries = libraries_newest()
    sound = SpecRevision.objects.select_related("spec").filter(pk__in=pks, resolved__isnull=False)
    reads = [(revision, draft_read(revision.text, libraries)) for revision in sound.order_by("spec__doc_type")]
    return [(revision, read.problems[0].message) for revision, read in reads if read.problems]

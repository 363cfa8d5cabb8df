"""A staged upload as its page shows it: each spec against the newest revision, by meaning and as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import mapping_specs
from backend.specs.models import LibraryRevision, SpecRevision, StagedImport
from backend.specs.reading import (
    Libraries,
    draft_read,
    is_readable,
    libraries_newest,
    libraries_with,
    pins_moved,
    readings_of,
    spec_of,
)
from backend.specs.text_diff import DiffLine, is_comparable, side_by_side, unified


@dataclass(frozen=True, slots=True)
class StagedSpec:
    doc_type: str
    """Of a library its name."""
    kind: str
    """new, changed, unchanged"""
    newest: SpecRevision | LibraryRevision | None
    is_outdated: bool
    """Somebody saved since the upload was read."""
    problems: list[mapping_specs.Problem]
    lines: list[DiffLine]
    errors: list[str]
    moved: list[str] = field(default_factory=list)
    """Libraries that saving it takes anew, in words."""
    changes: list[mapping_specs.Change] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    is_library: bool = False

    @property
    def is_sheet(self) -> bool:
        return bool(self.headers)


def staged_specs(staged: StagedImport) -> list[StagedSpec]:
    """Libraries first; the specs are read with them, as saving all of it would."""
    specs = [one for one in staged.texts if "doc_type" in one]
    newest = _newest([one["doc_type"] for one in specs])
    texts = {one["library"]: one["text"] for one in staged.texts if "library" in one}
    known, libraries = libraries_newest(), libraries_with(texts)
    readings_of(list(newest.values()))
    return [
        *(_library(one, known.revisions.get(one["library"]), libraries) for one in staged.texts if "library" in one),
        *(_staged(one, newest.get(one["doc_type"]), libraries) for one in specs),
    ]


def _newest(doc_types: list[str]) -> dict[str, SpecRevision]:
    revisions = SpecRevision.objects.select_related("spec", "author").filter(spec__doc_type__in=doc_types)
    return {found.spec.doc_type: found for found in revisions.order_by("spec_id", "-number").distinct("spec_id")}


def _library(one: dict[str, Any], newest: LibraryRevision | None, libraries: Libraries) -> StagedSpec:
    text, before = one["text"], newest.text if newest else ""
    problems = mapping_specs.check_library(text, libraries.texts)
    return StagedSpec(
        doc_type=one["library"],
        kind="new" if newest is None else "unchanged" if before == text else "changed",
        newest=newest,
        is_outdated=(newest.number if newest else 0) != one["base"],
        problems=problems,
        lines=unified(side_by_side(before, text)) if newest and is_comparable(before, text) else [],
        errors=["A library is saved only without problems."] if problems else [],
        is_library=True,
    )


def _staged(one: dict[str, Any], newest: SpecRevision | None, libraries: Libraries) -> StagedSpec:
    text, before = one["text"], newest.text if newest else ""
    read = draft_read(text, libraries)
    comparable = is_comparable(before, text)
    return StagedSpec(
        doc_type=one["doc_type"],
        kind="new" if newest is None else "unchanged" if newest.sha256 == read.sha256 else "changed",
        newest=newest,
        is_outdated=(newest.number if newest else 0) != one["base"],
        problems=read.problems,
        moved=pins_moved(newest.libraries, read.pins) if newest else [],
        changes=_changes(newest, read.spec),
        lines=unified(side_by_side(before, text)) if newest and comparable else [],
        errors=one.get("errors", []),
        headers=one.get("headers", []),
        rows=one.get("rows", []),
        missing=one.get("missing", []),
        kept=one.get("kept", []),
    )


def _changes(newest: SpecRevision | None, spec: mapping_specs.Spec | None) -> list[mapping_specs.Change]:
    if newest is None or spec is None or not is_readable(newest):
        return []
    return mapping_specs.differences(spec_of(newest), spec)

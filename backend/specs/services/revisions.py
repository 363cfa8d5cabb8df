"""Saving specs: every save that changes something is an immutable, numbered revision."""

from __future__ import annotations

import difflib
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Max

from backend.accounts.models import User
from backend.errors import Conflict, Forbidden, NotFound
from backend.specs.models import MappingSpec, SpecRevision
from backend.specs.reading import Libraries, Pins, ReadText, draft_read, draft_spec, note_normalize, pins_moved
from backend.specs.services.libraries import shipped_enter

log = structlog.get_logger(__name__)


def text_doc_type(text: str, libraries: Libraries | None = None) -> str:
    """The docType a text without problems is for; raises `mapping_specs.SpecError`."""
    return draft_spec(text, libraries).doc_type


@transaction.atomic
def spec_ensure(*, doc_type: str, title: str = "") -> MappingSpec:
    spec, _ = MappingSpec.objects.get_or_create(doc_type=doc_type, defaults={"title": title})
    return spec


@transaction.atomic
def spec_save(
    *, spec: MappingSpec, text: str, author: User | None, note: str = "", base: int | None = None
) -> tuple[SpecRevision, bool]:
    """Save `text` as a new revision; (the newest one, False) if nothing changed. A draft may have problems.

    It pins the newest revisions of the libraries it extends: one that is newer than what was pinned is a change too, and
    the note says so.
    `author` None is a command. `base` is the number of the revision the text was made from, 0 for none. Another newest one raises
    `Conflict` CHANGED_MEANWHILE: its author is told of before anything of theirs is overwritten.
    """
    _may_edit(author)
    read = draft_read(text)
    MappingSpec.objects.select_for_update().get(pk=spec.pk)
    newest = spec.revisions.order_by("-number").first()
    if newest and newest.sha256 == read.sha256 and (newest.resolved is None) == bool(newest.problems):
        return newest, False
    _unchanged_since(base, newest, read.text)
    if shipped_enter(read):
        read = draft_read(text)
    resolved, problems = _resolve(spec, read)
    number = (spec.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    revision = SpecRevision.objects.create(
        spec=spec,
        number=number,
        text=read.text,
        sha256=read.sha256,
        libraries=read.pins,
        resolved=resolved,
        problems=problems,
        author=author,
        note=_noted(note_normalize(note), newest, read.pins),
    )
    if resolved and resolved["title"] != spec.title:
        MappingSpec.objects.filter(pk=spec.pk).update(title=resolved["title"])
    log.info("spec_saved", doc_type=spec.doc_type, revision=number, problems=len(problems))
    return revision, True


def _noted(note: str, newest: SpecRevision | None, pins: Pins) -> str:
    """What the author says, and the libraries that a save takes beside it."""
    moved = "; ".join(pins_moved(newest.libraries, pins)) if newest else ""
    return f"{note[: 498 - len(moved)]}; {moved}" if note and moved else (note or moved)[:500]


def _may_edit(user: User | None) -> None:
    if user and not user.has_perm("specs.add_specrevision"):
        raise Forbidden("EDIT_NOT_ALLOWED", "You may not edit specs.")


def revision_restore(*, spec: MappingSpec, number: int, user: User) -> tuple[SpecRevision, bool]:
    """The text of an older revision as the newest one. Nothing in between is lost."""
    _may_edit(user)
    older = spec.revisions.filter(number=number).first()
    if older is None:
        raise NotFound("REVISION_NOT_FOUND", f"{spec.doc_type} has no revision {number}.")
    return spec_save(spec=spec, text=older.text, author=user, note=f"Restored from revision {number}")


DIFF_LINES_MAX = 400


def _unchanged_since(base: int | None, newest: SpecRevision | None, text: str) -> None:
    number = newest.number if newest else 0
    if base is None or base == number:
        return
    if newest is None:
        raise Conflict("CHANGED_MEANWHILE", f"Revision {base} does not exist.", newestNumber=0)
    author = newest.author.get_username() if newest.author else "a command"
    difference = difflib.unified_diff(
        newest.text.splitlines(), text.splitlines(), f"revision {number}", "your text", lineterm=""
    )
    raise Conflict(
        "CHANGED_MEANWHILE",
        f"{author} saved revision {number} meanwhile; your text was made from revision {base}. Nothing was saved.",
        newestNumber=number,
        author=author,
        createdAt=newest.created_at.isoformat(),
        diff="\n".join(list(difference)[:DIFF_LINES_MAX]),
    )


def _resolve(spec: MappingSpec, read: ReadText) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    loaded = read.spec
    if loaded is None:
        return None, [_problem(problem) for problem in read.problems]
    if loaded.doc_type != spec.doc_type:
        message = f"doc_type must be {spec.doc_type}: a spec's revisions are all of one docType."
        return None, [
            {"code": "DOC_TYPE_CHANGED", "message": message, "path": "doc_type", "line": None, "column": None}
        ]
    return dict(loaded.resolved), []


def _problem(problem: Any) -> dict[str, Any]:
    return {
        "code": str(problem.code),
        "message": problem.message,
        "path": str(problem.path),
        "line": problem.line,
        "column": problem.column,
    }

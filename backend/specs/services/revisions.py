"""Saving specs: every save that changes something is an immutable, numbered revision."""

from __future__ import annotations

import hashlib
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Max

import mapping_specs
from backend.accounts.models import User
from backend.specs.models import MappingSpec, SpecRevision

log = structlog.get_logger(__name__)


def text_normalize(text: str) -> str:
    """Browsers and editors differ in line ends; a revision must not. NUL, which PostgreSQL cannot hold, becomes U+FFFD."""
    return text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def text_doc_type(text: str) -> str:
    """The docType a text without problems is for; raises `mapping_specs.SpecError`."""
    return str(mapping_specs.load_spec(text).doc_type)


@transaction.atomic
def spec_ensure(*, doc_type: str, title: str = "") -> MappingSpec:
    spec, _ = MappingSpec.objects.get_or_create(doc_type=doc_type, defaults={"title": title})
    return spec


@transaction.atomic
def spec_save(*, spec: MappingSpec, text: str, author: User | None, note: str = "") -> tuple[SpecRevision, bool]:
    """Save `text` as a new revision; (the newest one, False) if nothing changed. A draft may have problems."""
    text = text_normalize(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    MappingSpec.objects.select_for_update().get(pk=spec.pk)
    newest = spec.revisions.order_by("-number").first()
    if newest and newest.sha256 == sha256 and (newest.resolved is None) == bool(newest.problems):
        return newest, False
    resolved, problems = _resolve(spec, text)
    number = (spec.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    revision = SpecRevision.objects.create(
        spec=spec,
        number=number,
        text=text,
        sha256=sha256,
        resolved=resolved,
        problems=problems,
        author=author,
        note=note,
    )
    if resolved and resolved["title"] != spec.title:
        MappingSpec.objects.filter(pk=spec.pk).update(title=resolved["title"])
    log.info("spec_saved", doc_type=spec.doc_type, revision=number, problems=len(problems))
    return revision, True


def _resolve(spec: MappingSpec, text: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    try:
        loaded = mapping_specs.load_spec(text)
    except mapping_specs.SpecError as error:
        return None, [_problem(problem) for problem in error.problems]
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

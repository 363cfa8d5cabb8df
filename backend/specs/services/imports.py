"""Bringing specs in: an upload is staged, shown, and saved as draft revisions only when confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from backend.accounts.models import User
from backend.errors import Conflict, Forbidden, Invalid
from backend.specs.exchange.field_rows import not_held, rows_of
from backend.specs.exchange.field_table import WAS, FieldTable, sheet_changes, text_with
from backend.specs.exchange.sheets import dataset_of
from backend.specs.exchange.spec_files import texts_in
from backend.specs.models import LibraryRevision, MappingSpec, SpecRevision, StagedImport
from backend.specs.reading import draft_read, libraries_newest, revision_read
from backend.specs.services.libraries import libraries_save
from backend.specs.services.revisions import spec_ensure, spec_save

log = structlog.get_logger(__name__)

STAGED_FOR = timedelta(hours=24)


def specs_stage(*, user: User, file_name: str, data: bytes) -> StagedImport:
    """A YAML file or a zip of them. Raises what reading it raises."""
    _may_edit(user)
    found = texts_in(file_name, data)
    specs = {spec.doc_type: spec for spec in MappingSpec.objects.filter(doc_type__in=[name for name, _ in found.specs])}
    known = libraries_newest().revisions
    staged = [
        {"library": name, "text": text, "base": known[name].number if name in known else 0}
        for name, text in sorted(found.libraries.items())
    ]
    staged += [
        {"doc_type": doc_type, "text": text, "base": _newest_number(specs.get(doc_type))}
        for doc_type, text in found.specs
    ]
    return _staged(user, file_name, staged)


def fields_stage(
    *, user: User, spec: MappingSpec, file_name: str, data: bytes, remove_missing: bool = False
) -> StagedImport:
    """A field table that was exported and edited. What it changed is worked into the newest text."""
    _may_edit(user)
    newest = spec.revisions.order_by("-number").first()
    dataset = dataset_of(file_name, data)
    exported = _exported_from(spec, dataset.headers or [])
    if newest is None:
        raise Conflict("REVISION_NOT_FOUND", f"{spec.doc_type} has no revision yet.")
    table = FieldTable(rows_of(revision_read(exported).reading), exported.number)
    changes = sheet_changes(table, dataset, remove_missing=remove_missing)
    text = text_with(newest.text, changes)
    one = {
        "doc_type": spec.doc_type,
        "text": text,
        "base": newest.number,
        "exported": exported.number,
        "headers": changes.headers,
        "rows": changes.rows,
        "errors": changes.errors,
        "missing": [] if remove_missing else changes.missing,
        "kept": not_held(draft_read(newest.text)),
    }
    return _staged(user, file_name, [one])


def _exported_from(spec: MappingSpec, headers: list[str]) -> SpecRevision:
    """A table says which revision it shows, so that what others changed since is not undone by it."""
    match = next((found for header in headers if (found := WAS.fullmatch(header))), None)
    if match is None:
        raise Invalid("SHEET_COLUMNS", "The first column is “was in revision N”. Export the table and edit that.")
    revision = spec.revisions.filter(number=int(match[1])).first()
    if revision is None:
        raise Invalid(
            "SHEET_OF_ANOTHER", f"{spec.doc_type} has no revision {match[1]}: this table is of another docType."
        )
    return revision


def _staged(user: User, file_name: str, texts: list[dict[str, Any]]) -> StagedImport:
    staged_delete_old()
    return StagedImport.objects.create(user=user, file_name=file_name.replace("\0", "")[-200:], texts=texts)


def staged_delete_old() -> None:
    StagedImport.objects.filter(created_at__lt=timezone.now() - STAGED_FOR).delete()


@transaction.atomic
def staged_save(*, staged: StagedImport, user: User) -> list[LibraryRevision | SpecRevision]:
    """All of it, or nothing: libraries before the specs over them. What was there already is left out.

    Raises `Conflict` CHANGED_MEANWHILE where somebody saved since it was shown, `Invalid` as a library's save does.
    """
    _may_edit(user)
    if staged.user_id != user.pk:
        raise Forbidden("IMPORT_OF_ANOTHER", "Another person uploaded this.")
    if any(one.get("errors") for one in staged.texts):
        raise Conflict("IMPORT_HAS_ERRORS", "The file has errors; mend them and upload it again.")
    note = f"Imported from {staged.file_name}"[:500]
    libraries = {one["library"]: one for one in staged.texts if "library" in one}
    results: list[tuple[LibraryRevision | SpecRevision, bool]] = [
        *libraries_save(
            texts={name: one["text"] for name, one in libraries.items()},
            author=user,
            note=note,
            bases={name: one["base"] for name, one in libraries.items()},
        )
    ]
    for one in staged.texts:
        if "doc_type" in one:
            spec = _spec_of(one["doc_type"], user)
            results.append(spec_save(spec=spec, text=one["text"], author=user, note=note, base=one["base"]))
    staged.delete()
    saved = [revision for revision, is_new in results if is_new]
    log.info("specs_imported", revisions=list(map(str, saved)))
    return saved


def _spec_of(doc_type: str, user: User) -> MappingSpec:
    known = MappingSpec.objects.filter(doc_type=doc_type).first()
    if known is None and not user.has_perm("specs.add_mappingspec"):
        raise Forbidden("EDIT_NOT_ALLOWED", f"You may not make a new docType ({doc_type}).")
    return known or spec_ensure(doc_type=doc_type)


def _may_edit(user: User) -> None:
    if not user.has_perm("specs.add_specrevision"):
        raise Forbidden("EDIT_NOT_ALLOWED", "You may not edit specs.")


def _newest_number(spec: MappingSpec | None) -> int:
    newest = spec.revisions.order_by("-number").first() if spec else None
    return newest.number if newest else 0

"""Import and export: specs as YAML or zip, a docType's fields as a spreadsheet; shown before anything is saved."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.http import require_safe

from backend.errors import DomainError, Invalid, TooLarge
from backend.specs.admin.pages import EDIT, number_in, page_url, refusals_told, revision_or_404, shown, spec_or_404, to
from backend.specs.exchange.field_rows import not_held, rows_of
from backend.specs.exchange.field_table import FieldTable
from backend.specs.exchange.sheets import FORMATS, MAX_SHEET_BYTES
from backend.specs.exchange.spec_files import zipped
from backend.specs.exchange.staged import staged_specs
from backend.specs.models import LibraryRevision, MappingSpec, SpecRevision, StagedImport
from backend.specs.reading import revision_read
from backend.specs.selectors import live_revisions
from backend.specs.services import imports


def urls(model_admin: admin.ModelAdmin[MappingSpec]) -> list[URLPattern]:
    return [
        page_url("exchange/", exchange_all, "specs_exchange_all"),
        page_url("exchange/specs.zip", export_zip, "specs_export_zip"),
        page_url("exchange/staged/<uuid:staged_id>/", staged, "specs_staged", needs=EDIT),
        page_url("<int:spec_id>/exchange/", exchange, "specs_exchange"),
        page_url("<int:spec_id>/exchange/<str:ending>", export_one, "specs_export"),
    ]


def exchange_all(request: HttpRequest) -> HttpResponse:
    """Every docType, to choose from; POST stages a YAML file or a zip."""
    if request.method == "POST":
        with refusals_told(request):
            name, data = _uploaded(request)
            made = imports.specs_stage(user=request.user, file_name=name, data=data)  # type: ignore[arg-type]
            return to("specs_staged", made.pk)
    specs = MappingSpec.objects.select_related("live_revision").defer("live_revision__text", "live_revision__resolved")
    return shown(request, "exchange_all.html", "Import and export", specs=specs)


def _uploaded(request: HttpRequest) -> tuple[str, bytes]:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid("FILE_MISSING", "Choose a file first.")
    if (file.size or 0) > MAX_SHEET_BYTES:
        raise TooLarge("FILE_TOO_LARGE", f"The file is larger than {MAX_SHEET_BYTES // 10**6} MB.")
    return str(file.name), file.read()


@require_safe
def export_zip(request: HttpRequest) -> HttpResponse:
    """`?spec=<id>…&which=live | newest`; without any spec, all."""
    chosen = {int(value) for value in request.GET.getlist("spec") if value.isdecimal()}
    revisions = _newest() if request.GET.get("which") == "newest" else live_revisions()
    wanted = [found for found in revisions if not chosen or found.spec_id in chosen]
    return _file(zipped(wanted), "specs.zip", "application/zip")


def _newest() -> list[SpecRevision]:
    return list(
        SpecRevision.objects.select_related("spec").order_by("spec__doc_type", "-number").distinct("spec__doc_type")
    )


def exchange(request: HttpRequest, spec_id: int) -> HttpResponse:
    """What can be taken out of a docType; POST stages its edited field table."""
    spec = spec_or_404(spec_id)
    newest = spec.revisions.order_by("-number").first()
    if request.method == "POST":
        with refusals_told(request):
            name, data = _uploaded(request)
            wants = {"remove_missing": "remove_missing" in request.POST}
            made = imports.fields_stage(user=request.user, spec=spec, file_name=name, data=data, **wants)  # type: ignore[arg-type]
            return to("specs_staged", made.pk)
    kept = not_held(revision_read(newest)) if newest else []
    return shown(
        request, "exchange.html", f"{spec.title or spec}: import and export", spec=spec, newest=newest, kept=kept
    )


@require_safe
def export_one(request: HttpRequest, spec_id: int, ending: str) -> HttpResponse:
    """`fields.xlsx`, `fields.csv` or `spec.yaml` of `?revision=`, else of the newest."""
    spec = spec_or_404(spec_id)
    newest = spec.revisions.order_by("-number").values_list("number", flat=True).first()
    revision = revision_or_404(spec, number_in(request.GET.get("revision"), newest or 0))
    name = f"{spec.doc_type}-r{revision.number}"
    if ending == "spec.yaml":
        return _file(revision.text.encode(), f"{name}.yaml", "application/yaml")
    kind = ending.removeprefix("fields.")
    if kind not in FORMATS or not ending.startswith("fields."):
        raise Http404("There is no such export.")
    try:
        return _sheet(revision, kind, f"{name}-fields.{kind}")
    except DomainError as error:
        messages.error(request, error.message)
        return to("specs_exchange", spec_id)


def _sheet(revision: SpecRevision, kind: str, name: str) -> HttpResponse:
    read = revision_read(revision)
    rows = rows_of(read.reading)
    dataset = FieldTable(rows, revision.number).export(rows)
    notes = ["This table does not hold, and an import leaves as it is:", *not_held(read)]
    data: Any = FORMATS[kind].export_data(dataset, notes=notes)
    return _file(data, name, FORMATS[kind].get_content_type())


def _file(data: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=content_type, headers=headers)


def staged(request: HttpRequest, staged_id: uuid.UUID) -> HttpResponse:
    """The dry run: what the upload would save. POST saves exactly that."""
    found = StagedImport.objects.filter(pk=staged_id, user=request.user).first()  # type: ignore[misc]
    if found is None:
        messages.info(request, "This upload is not there any more: it was saved, or it is older than a day.")
        return to("specs_exchange_all")
    if request.method == "POST":
        with refusals_told(request):
            saved = imports.staged_save(staged=found, user=request.user)  # type: ignore[arg-type]
            messages.success(request, _said(saved))
            only = saved[0] if len(saved) == 1 else None
            return to("specs_revisions", only.spec_id) if isinstance(only, SpecRevision) else to("index")
    specs = staged_specs(found)
    return shown(request, "staged.html", f"Import {found.file_name}", staged=found, specs=specs, **_totals(specs))


def _said(saved: list[LibraryRevision | SpecRevision]) -> str:
    return f"Saved as drafts: {', '.join(map(str, saved))}." if saved else "Nothing changed: no revision was made."


def _totals(specs: list[Any]) -> dict[str, Any]:
    errors = any(one.errors for one in specs)
    outdated = any(one.is_outdated for one in specs)
    changes = sum(one.kind != "unchanged" for one in specs)
    return {
        "has_errors": errors,
        "is_outdated": outdated,
        "changes": changes,
        "can_save": changes and not errors and not outdated,
    }

"""Publishing, asking for it, approving it and rolling back: one page that says what will happen, then the button."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from backend.specs import services
from backend.specs.admin.pages import (
    EDIT,
    PUBLISH,
    number_in,
    page_url,
    refusals_told,
    revision_or_404,
    shown,
    spec_or_404,
    to,
)
from backend.specs.models import MappingSpec, MatrixRun, MatrixState, PublicationRequest, RequestState
from backend.specs.publication_report import PublicationReport, publication_report
from backend.specs.reading import revision_read
from backend.specs.services.requests import is_outdated, request_rows
from backend.specs.services.runs import matrix_start
from mapping_specs.engine.features import PRICES_DATE, PRICES_REGION


def urls(model_admin: admin.ModelAdmin[MappingSpec]) -> list[URLPattern]:
    return [
        page_url("<int:spec_id>/publish/<int:number>/", publish, "specs_publish"),
        page_url("<int:spec_id>/publish/<int:number>/samples/", run_samples, "specs_run_samples", needs=EDIT),
        page_url("<int:spec_id>/requests/<int:request_id>/approve/", approve, "specs_approve", needs=PUBLISH),
        page_url("<int:spec_id>/requests/<int:request_id>/refuse/", refuse, "specs_refuse"),
    ]


def publish(request: HttpRequest, spec_id: int, number: int) -> HttpResponse:
    spec = spec_or_404(spec_id)
    revision = revision_or_404(spec, number)
    if request.method == "POST":
        with refusals_told(request):
            return _done(request, spec, number)
    report = publication_report(revision)
    title = f"{spec.title or spec}: {'roll back to' if report.is_rollback else 'publish'} revision {number}"
    page = shown(request, "publish.html", title, spec=spec, report=report, **_context(request, report))
    if page.context_data and page.context_data["running"]:
        page["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return page


LOOK_AGAIN_SECONDS = 2


@require_POST
def run_samples(request: HttpRequest, spec_id: int, number: int) -> HttpResponse:
    """Over the samples in the background; the page shows how far it is."""
    spec = spec_or_404(spec_id)
    with refusals_told(request):
        matrix_start(spec=spec, read=revision_read(revision_or_404(spec, number)), user=request.user)  # type: ignore[arg-type]
    return to("specs_publish", spec_id, number)


def _running(report: PublicationReport) -> MatrixRun | None:
    started = MatrixRun.objects.defer("text").filter(
        spec_id=report.revision.spec_id, text_sha256=report.revision.sha256, state__in=UNDER_WAY
    )
    return started.first()


UNDER_WAY = (MatrixState.QUEUED, MatrixState.RUNNING)


def _done(request: HttpRequest, spec: MappingSpec, number: int) -> HttpResponse:
    revision = revision_or_404(spec, number)
    consent = services.Consent(
        reason=request.POST.get("reason", "").replace("\0", "\ufffd").strip(),
        breaks_confirmed="breaks_confirmed" in request.POST,
        against=number_in(request.POST.get("against"), 0),
    )
    if "ask" in request.POST:
        services.publication_ask(revision=revision, user=request.user, consent=consent)  # type: ignore[arg-type]
        messages.success(request, f"Asked for: another publisher approves revision {number}.")
        return to("specs_publish", spec.pk, number)
    bundle = services.revisions_publish(revisions=[revision], user=request.user, consent=consent)  # type: ignore[arg-type]
    messages.success(request, f"Revision {number} of {spec} is live, in bundle {bundle}.")
    return to("specs_revisions", spec.pk)


def _context(request: HttpRequest, report: PublicationReport) -> dict[str, Any]:
    waiting = request_rows().filter(spec_id=report.revision.spec_id, state=RequestState.WAITING).first()
    needs_second = settings.PUBLISH_NEEDS_SECOND_PERSON and not report.is_rollback
    may_publish = request.user.has_perm(PUBLISH)
    typed = request.POST.get("reason", "")
    return {
        "running": _running(report) if report.samples.not_run else None,
        "waiting": waiting,
        "waiting_outdated": bool(waiting and is_outdated(waiting)),
        "waiting_is_own": bool(waiting and waiting.asked_by_id == request.user.pk),
        "needs_second": needs_second,
        "can_publish": may_publish and not needs_second,
        "can_ask": not report.is_rollback,
        "prices": {"date": PRICES_DATE, "region": PRICES_REGION},
        "reason": typed or (f"Rolled back from revision {report.live_number}" if report.is_rollback else ""),
        "is_confirmed": "breaks_confirmed" in request.POST,
    }


@require_POST
def approve(request: HttpRequest, spec_id: int, request_id: int) -> HttpResponse:
    asked = _request_or_404(spec_id, request_id)
    with refusals_told(request):
        services.publication_approve(request=asked, user=request.user)  # type: ignore[arg-type]
        messages.success(request, f"Approved: revision {asked.revision.number} of {asked.spec} is live.")
        return to("specs_revisions", spec_id)
    return to("specs_publish", spec_id, asked.revision.number)


@require_POST
def refuse(request: HttpRequest, spec_id: int, request_id: int) -> HttpResponse:
    asked = _request_or_404(spec_id, request_id)
    with refusals_told(request):
        services.publication_refuse(request=asked, user=request.user, note=request.POST.get("note", ""))  # type: ignore[arg-type]
        messages.success(request, "The request is closed; nothing was published.")
    return to("specs_publish", spec_id, asked.revision.number)


def _request_or_404(spec_id: int, request_id: int) -> PublicationRequest:
    asked = request_rows().filter(spec_id=spec_id, pk=request_id).first()
    if asked is None:
        raise Http404("There is no such request.")
    return asked

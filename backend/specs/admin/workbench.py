"""The workbench's page, and the first page of a new docType. Their data comes from the JSON endpoints beside them.

They load no script of unfold's, so they need nothing of what the admin's policy allows beyond `'self'`.
"""

from __future__ import annotations

from typing import Any

from csp.decorators import csp
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET

from backend.config.csp import PAGE
from backend.errors import NotFound
from backend.specs.admin import samples
from backend.specs.models import MappingSpec
from backend.specs.studio.state import workbench_state


def urls(admin: ModelAdmin[MappingSpec]) -> list[URLPattern]:
    page = admin.admin_site.admin_view(new_page)

    def new(request: HttpRequest) -> HttpResponseBase:
        """The page, and where it posts to: JSON, whose errors are no redirects."""
        return samples.new_doc_type(request) if request.method == "POST" else page(request)

    return [
        path("<int:spec_id>/workbench/", admin.admin_site.admin_view(workbench), name="specs_workbench"),
        path("new/", new, name="specs_new"),
    ]


@require_GET
@csp(PAGE)  # type: ignore[arg-type]  # it knows no views with arguments
def workbench(request: HttpRequest, spec_id: int) -> HttpResponse:
    """`?revision=<n>` opens that one, else the newest; the rest of the address is read by the page itself."""
    if not request.user.has_perm("specs.view_mappingspec"):
        raise PermissionDenied
    spec = get_object_or_404(MappingSpec.objects.select_related("live_revision"), pk=spec_id)
    asked = request.GET.get("revision", "")
    try:
        state = workbench_state(request.user, spec, int(asked[:9]) if asked.isdecimal() else None)  # type: ignore[arg-type]
    except NotFound as error:
        raise Http404(error.message) from None
    return _page(request, "specs/workbench.html", {**state, "user": _user(request)}, spec=spec)


@require_GET
@csp(PAGE)
def new_page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("specs.add_mappingspec"):
        raise PermissionDenied
    state = {
        "docTypes": list(MappingSpec.objects.values_list("doc_type", flat=True)),
        "urls": {"new": reverse("admin:specs_new"), "signIn": reverse("admin:specs_sign_in")},
        "user": _user(request),
    }
    return _page(request, "specs/new_doc_type.html", state)


def _user(request: HttpRequest) -> dict[str, str]:
    return {"username": request.user.get_username()}


def _page(request: HttpRequest, template: str, state: dict[str, Any], **context: Any) -> HttpResponse:
    response = TemplateResponse(request, template, {"state": state, **context})
    # The state holds the text of specs and what samples print.
    response["Cache-Control"] = "no-store"
    return response

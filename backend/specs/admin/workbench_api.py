"""What the workbench's page asks for while somebody types."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from backend.config.exception_handler import error_body
from backend.errors import Invalid
from backend.specs.admin.json_views import body_of, json_response, json_view, text_in
from backend.specs.models import MappingSpec, Sample
from backend.specs.studio.editing import edit
from backend.specs.studio.editing.entries import scalar_text
from backend.specs.studio.form import form
from backend.specs.studio.preview import preview

EDIT = "specs.add_specrevision"


def urls(_admin: Any) -> list[URLPattern]:
    return [
        path("sign-in/", sign_in, name="specs_sign_in"),
        path("<int:spec_id>/preview", preview_view, name="specs_preview"),
        path("<int:spec_id>/edit", edit_view, name="specs_edit"),
        path("<int:spec_id>/form", form_view, name="specs_form"),
    ]


def sample_in(body: dict[str, Any], spec: MappingSpec) -> Sample | None:
    """The sample that the body names; None where it names none."""
    given = body.get("sampleId")
    if given is None:
        return None
    try:
        wanted = uuid.UUID(str(given))
    except ValueError:
        raise Invalid("INVALID_FIELDS", "sampleId is no id.", field="sampleId") from None
    return get_object_or_404(Sample, pk=wanted, spec=spec)


@json_view()
def preview_view(request: HttpRequest, spec_id: int) -> HttpResponse:
    body = body_of(request)
    spec = get_object_or_404(MappingSpec, pk=spec_id)
    return json_response(preview(text=text_in(body), sample=sample_in(body, spec)))


@json_view(permission=EDIT)
def edit_view(request: HttpRequest, spec_id: int) -> HttpResponse:
    body = body_of(request)
    operation = body.get("operation")
    if not isinstance(operation, dict):
        raise Invalid("INVALID_FIELDS", "operation is an object with its `kind`.", field="operation")
    spec = get_object_or_404(MappingSpec, pk=spec_id)
    edited = edit(text_in(body), operation, skeleton=skeleton(spec))
    return json_response({"text": edited.text, "field": edited.field, "line": edited.line})


def skeleton(spec: MappingSpec) -> str:
    title = spec.title or spec.doc_type.replace("_", " ").capitalize()
    return f"spec: 1\ndoc_type: {spec.doc_type}\ntitle: {scalar_text(title)}\n"


@json_view()
def form_view(request: HttpRequest, spec_id: int) -> HttpResponse:
    return json_response(form(text_in(body_of(request))))


def sign_in(request: HttpRequest) -> HttpResponse:
    """Signing in again in place, after a session has expired while somebody typed."""
    if request.method == "POST":
        form = AdminAuthenticationForm(request, data=request.POST or body_of(request))
        if not form.is_valid():
            message = "The name or the password is wrong, or you are not staff."
            body = error_body(request, "AUTH", message, {"reason": "SIGN_IN_FAILED"})
            return JsonResponse(body, status=401)
        login(request, form.get_user())
    user = request.user
    return json_response(
        {"signedIn": user.is_authenticated, "username": user.get_username(), "csrfToken": get_token(request)}
    )

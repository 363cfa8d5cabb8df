"""What the workbench's page asks for while somebody types."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from backend.errors import Forbidden, Invalid, Unauthenticated
from backend.specs import services
from backend.specs.admin.json_views import body_of, errors_told, json_response, json_view, revision_in, text_in
from backend.specs.models import MappingSpec, Sample
from backend.specs.pii import may_see_pii
from backend.specs.reading import libraries_newest, libraries_pinned
from backend.specs.studio.completing import completions
from backend.specs.studio.editing import edit
from backend.specs.studio.editing.entries import scalar_text
from backend.specs.studio.form import form
from backend.specs.studio.hiding import hidden_of, saved_revision
from backend.specs.studio.masking import preview_masked
from backend.specs.studio.preview import preview
from backend.specs.studio.proposing import propose

EDIT = "specs.add_specrevision"


def urls(_admin: Any) -> list[URLPattern]:
    return [
        path("sign-in/", sign_in, name="specs_sign_in"),
        path("<int:spec_id>/preview", preview_view, name="specs_preview"),
        path("<int:spec_id>/edit", edit_view, name="specs_edit"),
        path("<int:spec_id>/form", form_view, name="specs_form"),
        path("<int:spec_id>/save", save_view, name="specs_save"),
        path("<int:spec_id>/completions", completions_view, name="specs_completions"),
        path("<int:spec_id>/propose", propose_view, name="specs_propose"),
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
    spec, text = get_object_or_404(MappingSpec, pk=spec_id), text_in(body)
    sample, revision = sample_in(body, spec), revision_in(body, spec, text)
    if sample is None or may_see_pii(request.user):
        return json_response(preview(text=text, sample=sample, doc_type=spec, revision=revision))
    revision = revision or saved_revision(spec, text)
    shown = preview(text=text, sample=sample, doc_type=spec, revision=revision)
    libraries = libraries_pinned(revision.libraries)
    return json_response(preview_masked(shown, hidden_of(spec, sample, text=text, libraries=libraries)))


@json_view(permission=EDIT)
def edit_view(request: HttpRequest, spec_id: int) -> HttpResponse:
    body = body_of(request)
    operation = body.get("operation")
    if not isinstance(operation, dict):
        raise Invalid("INVALID_FIELDS", "operation is an object with its `kind`.", field="operation")
    spec = get_object_or_404(MappingSpec, pk=spec_id)
    edited = edit(text_in(body), operation, skeleton=skeleton(spec), libraries=libraries_newest())
    return json_response({"text": edited.text, "field": edited.field, "line": edited.line})


@json_view(permission=EDIT)
def save_view(request: HttpRequest, spec_id: int) -> HttpResponse:
    """`baseNumber` is the revision the text was made from, 0 for none; with `overwrite` it may be any."""
    body = body_of(request)
    base = body.get("baseNumber")
    if not body.get("overwrite") and (not isinstance(base, int) or isinstance(base, bool)):
        raise Invalid(
            "INVALID_FIELDS", "baseNumber is the number of the revision you started from.", field="baseNumber"
        )
    revision, created = services.spec_save(
        spec=get_object_or_404(MappingSpec, pk=spec_id),
        text=text_in(body),
        author=request.user,  # type: ignore[arg-type]
        note=text_in(body, "note", default=""),
        base=None if body.get("overwrite") else base,
    )
    shown = {"problems": revision.problems, "sha256": revision.sha256, "libraries": revision.libraries}
    return json_response({"number": revision.number, "created": created, **shown})


@json_view(methods=("GET",))
def completions_view(request: HttpRequest, spec_id: int) -> HttpResponse:
    spec = get_object_or_404(MappingSpec, pk=spec_id)
    return json_response(completions(spec, with_printed=may_see_pii(request.user)))


@json_view(permission=EDIT)
def propose_view(request: HttpRequest, spec_id: int) -> HttpResponse:
    spec = get_object_or_404(MappingSpec, pk=spec_id)
    sample = sample_in(body_of(request), spec)
    if sample is None:
        raise Invalid("INVALID_FIELDS", "sampleId says which sample to start from.", field="sampleId")
    if not may_see_pii(request.user):
        raise Forbidden("PII_NOT_ALLOWED", "You may not see personal values, and a proposal quotes them.")
    return json_response(propose(sample, skeleton=skeleton(spec)))


def skeleton(spec: MappingSpec) -> str:
    title = spec.title or spec.doc_type.replace("_", " ").capitalize()
    return f"spec: 1\ndoc_type: {spec.doc_type}\ntitle: {scalar_text(title)}\n"


@json_view()
def form_view(request: HttpRequest, spec_id: int) -> HttpResponse:
    return json_response(form(text_in(body_of(request))))


@errors_told
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signing in again in place, after a session has expired while somebody typed."""
    if request.method == "POST":
        form = AdminAuthenticationForm(request, data=request.POST or body_of(request))
        if not form.is_valid():
            raise Unauthenticated("SIGN_IN_FAILED", "The name or the password is wrong, or you are not staff.")
        login(request, form.get_user())
    user = request.user
    return json_response(
        {"signedIn": user.is_authenticated, "username": user.get_username(), "csrfToken": get_token(request)}
    )

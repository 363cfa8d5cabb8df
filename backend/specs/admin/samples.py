"""Samples of a docType: upload, state, pages, expected values."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from backend.errors import Invalid, TooLarge
from backend.specs.admin.json_views import body_of, json_response, json_view, revision_asked
from backend.specs.models import MappingSpec, Sample
from backend.specs.pii import may_see_pii
from backend.specs.services import samples as services
from backend.specs.services.expectations import sample_expect
from backend.specs.studio import kept
from backend.specs.studio.hiding import Hidden, hidden_of
from backend.specs.studio.masking import expected_masked, page_masked, places_on
from backend.specs.studio.page_images import page_png, page_size
from backend.specs.studio.pages import page_json
from backend.specs.studio.state import sample_json, samples_json


def urls(_admin: Any) -> list[URLPattern]:
    base = "<int:spec_id>/samples/"
    one = f"{base}<uuid:sample_id>"
    return [
        path(base, samples, name="specs_samples"),
        path(one, sample, name="specs_sample"),
        path(f"{one}/expected", expected, name="specs_sample_expected"),
        path(f"{one}/pages/<int:number>.png", page_image, name="specs_sample_page_image"),
        path(f"{one}/pages/<int:number>.json", page, name="specs_sample_page"),
    ]


def sample_of(spec_id: int, sample_id: uuid.UUID) -> Sample:
    return get_object_or_404(Sample.objects.select_related("spec__live_revision"), pk=sample_id, spec_id=spec_id)


@json_view(methods=("GET", "POST"))
def samples(request: HttpRequest, spec_id: int) -> HttpResponse:
    spec = get_object_or_404(MappingSpec, pk=spec_id)
    if request.method == "GET":
        sha256 = sha256_in(request)
        return json_response(samples_json(spec, sha256, revision_asked(request, spec, sha256)))
    made = services.sample_create(spec=spec, user=request.user, **upload_of(request))  # type: ignore[arg-type]
    return json_response(sample_json(made), status=201)


def sha256_in(request: HttpRequest) -> str:
    """Of the text that is shown; none where it has problems."""
    given = request.GET.get("textSha256", "")
    if given and not re.fullmatch("[0-9a-f]{64}", given):
        raise Invalid("INVALID_FIELDS", "textSha256 is the hash of a text.", field="textSha256")
    return given


def upload_of(request: HttpRequest) -> dict[str, Any]:
    """Name and bytes of the file that was sent, which is not larger than the largest that may come."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid("FILE_MISSING", "Send the document as `file`.", field="file")
    if (file.size or 0) > settings.MAX_RESULT_BYTES:
        raise TooLarge("FILE_TOO_LARGE", "The file is too large.", maxBytes=settings.MAX_RESULT_BYTES)
    return {"filename": str(file.name), "data": file.read()}


@json_view(permission="specs.add_mappingspec")
def new_doc_type(request: HttpRequest) -> HttpResponse:
    """A docType that begins with a document: `docType`, `title`, `file`. Nothing is made where the file is refused."""
    spec, made = services.doc_type_create(
        doc_type=request.POST.get("docType", ""),
        title=request.POST.get("title", ""),
        user=request.user,  # type: ignore[arg-type]
        **upload_of(request),
    )
    url = f"{reverse('admin:specs_workbench', args=[spec.pk])}?sample={made.pk}"
    return json_response({"url": url, "specId": spec.pk, "sample": sample_json(made)}, status=201)


@json_view(methods=("GET", "DELETE"))
def sample(request: HttpRequest, spec_id: int, sample_id: uuid.UUID) -> HttpResponse:
    found = sample_of(spec_id, sample_id)
    if request.method == "DELETE":
        services.sample_delete(sample=found, user=request.user)  # type: ignore[arg-type]
        return HttpResponse(status=204)
    return json_response(sample_json(found))


@json_view(methods=("PUT", "GET"))
def expected(request: HttpRequest, spec_id: int, sample_id: uuid.UUID) -> HttpResponse:
    found = sample_of(spec_id, sample_id)
    if request.method == "PUT":
        found = sample_expect(sample=found, user=request.user, change=body_of(request))  # type: ignore[arg-type]
    hidden = hidden_from(request, found)
    shown = expected_masked(found.expected, hidden.personal) if hidden else found.expected
    return json_response({"expected": shown})


def hidden_from(request: HttpRequest, sample: Sample) -> Hidden | None:
    """What this person may not see of the sample; None: everything may be seen."""
    return None if may_see_pii(request.user) else hidden_of(sample.spec, sample)


@json_view(methods=("GET",))
def page(request: HttpRequest, spec_id: int, sample_id: uuid.UUID, number: int) -> HttpResponse:
    found = sample_of(spec_id, sample_id)
    view = kept.view_of(found)
    shown = page_json(view, number, page_size(found, number))
    if hidden := hidden_from(request, found):
        shown = page_masked(shown, [line for line in view.lines if line.page == number], hidden)
    return json_response(shown)


@json_view(methods=("GET",))
def page_image(request: HttpRequest, spec_id: int, sample_id: uuid.UUID, number: int) -> HttpResponse:
    found = sample_of(spec_id, sample_id)
    width = request.GET.get("width", "1200")
    if not width.isdecimal():
        raise Invalid("INVALID_FIELDS", "width is a number of pixels.", field="width")
    black = places_on(hidden_from(request, found), number)
    etag = f'"{hashlib.sha256(f"{found.sha256}:{number}:{width}:{black}".encode()).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    image = page_png(found, number, width=min(int(width[:6]), 10_000), black=black)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return HttpResponse(image, content_type="image/png", headers=headers)

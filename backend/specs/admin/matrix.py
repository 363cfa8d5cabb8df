"""Fields × samples: start a run of a text over every sample, and how far it is."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from backend.specs.admin.json_views import body_of, json_response, json_view, revision_asked, revision_in, text_in
from backend.specs.models import MappingSpec, MatrixRun
from backend.specs.reading import draft_read, revision_read
from backend.specs.services.runs import matrix_start
from backend.specs.studio.matrix import matrix


def urls(_admin: Any) -> list[URLPattern]:
    return [
        path("<int:spec_id>/matrix", start, name="specs_matrix"),
        path("<int:spec_id>/matrix/<uuid:run_id>", progress, name="specs_matrix_run"),
    ]


@json_view(permission="specs.add_specrevision")
def start(request: HttpRequest, spec_id: int) -> HttpResponse:
    spec = get_object_or_404(MappingSpec, pk=spec_id)
    body = body_of(request)
    text = text_in(body)
    revision = revision_in(body, spec, text)
    read = revision_read(revision) if revision else draft_read(text)
    run = matrix_start(spec=spec, read=read, user=request.user)  # type: ignore[arg-type]
    return json_response({"runId": str(run.pk), "textSha256": run.text_sha256, "total": run.total}, status=202)


@json_view(methods=("GET",))
def progress(request: HttpRequest, spec_id: int, run_id: uuid.UUID) -> HttpResponse:
    run = get_object_or_404(MatrixRun.objects.select_related("spec"), pk=run_id, spec_id=spec_id)
    return json_response(matrix(run, revision_asked(request, run.spec, run.text_sha256)))

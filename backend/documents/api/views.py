"""Each endpoint: the input's serializer, one call, the answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.aws import storage
from backend.config.schema import described
from backend.documents import selectors, services
from backend.documents.api import serializers as shapes
from backend.errors import TooLarge
from backend.specs.selectors import types_published


def caller(request: Request) -> User:
    """Who is signed in: the permissions of every view here let nobody else through."""
    assert isinstance(request.user, User)
    return request.user


class DocsView(APIView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # The JSON parser reads the stream, which Django's own limit does not watch.
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge("REQUEST_TOO_LARGE", "The request is too large.")


class Presign(DocsView):
    @described(
        "Ask for an upload URL",
        request=shapes.UploadRequest,
        responses={201: shapes.PresignResponse},
        errors=(400, 401, 403, 413, 415, 429, 503),
        tags=["documents"],
    )
    def post(self, request: Request) -> Response:
        asked = shapes.UploadRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        presigned = services.document_presign(
            user=caller(request),
            filename=data["filename"],
            mime_type=data["mimeType"],
            size_bytes=data["sizeBytes"],
            doc_type=data["docType"],
            agent_id=data.get("agentId"),
            quote_id=data.get("quoteId", ""),
            sha256=data.get("sha256", ""),
        )
        put = presigned.put
        answer = {
            "uploadUrl": put.url,
            "objectKey": presigned.document.object_key,
            "headers": put.headers,
            "expiresInSec": put.expires_seconds,
        }
        return Response(answer, status=201)


class Submit(DocsView):
    @described(
        "Submit an upload for extraction",
        "The same (objectKey, docType, correlationId) answers with the same job.",
        request=shapes.SubmitExtraction,
        responses={
            201: shapes.JobStatus,
            200: OpenApiResponse(shapes.JobStatus, description="submitted before"),
        },
        errors=(400, 401, 404, 409, 413, 415, 429, 503),
        tags=["documents"],
    )
    def post(self, request: Request) -> Response:
        asked = shapes.SubmitExtraction(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        job, created = services.job_submit(
            user=caller(request),
            object_key=data["objectKey"],
            doc_type=data["docType"],
            correlation_id=data.get("correlationId") or "",
        )
        return Response(shapes.status_json(job), status=201 if created else 200)


class Status(DocsView):
    @described("A job's state", responses={200: shapes.JobStatus}, errors=(401, 404, 429), tags=["documents"])
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        return Response(shapes.status_json(selectors.job_of(caller(request), job_id)))


class ResultView(DocsView):
    @described("A job's result", responses={200: shapes.Result}, errors=(401, 404, 409, 429, 503), tags=["documents"])
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        result = selectors.result_of(caller(request), job_id)
        expires = settings.RAW_JSON_URL_EXPIRES_SECONDS
        url = storage.presign_get(result.raw_json_s3_key, expires_seconds=expires)
        return Response(shapes.result_json(result, url))


class Retry(DocsView):
    @described(
        "Try a failed job again",
        request=None,
        responses={202: shapes.JobStatus},
        errors=(400, 401, 404, 409, 429, 503),
        tags=["documents"],
    )
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        return Response(shapes.status_json(services.job_retry(user=caller(request), job_id=job_id)), status=202)


class Types(DocsView):
    @described(
        "The docTypes that can be submitted",
        "Their fields and types. The ETag changes when specs are published.",
        responses={200: shapes.DocTypes, 304: OpenApiResponse(description="as in If-None-Match")},
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
        errors=(401, 429),
        tags=["documents"],
    )
    def get(self, request: Request) -> Response:
        published = types_published()
        etag = f'"{published.bundle_id or "none"}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        offered = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
        if etag in offered or "*" in offered:
            return Response(status=304, headers=headers)
        return Response({"bundleId": published.bundle_id, "types": published.types}, headers=headers)


SIGNATURE = [
    OpenApiParameter(name, str, OpenApiParameter.HEADER, required=True)
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
]
CALLBACK: dict[str, Any] = {
    "request": {"application/json": OpenApiTypes.OBJECT},
    "responses": {200: shapes.CallbackAnswer},
    "parameters": SIGNATURE,
    "errors": (400, 401, 404, 409, 413, 415, 503),
    "tags": ["processor"],
    "auth": [],
}


class CallbackView(DocsView):
    """The processor's door: signed, not signed in, and never throttled."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    @described("Report a job's state", "Signed as Standard Webhooks.", operation_id="docs_callback_put", **CALLBACK)
    def put(self, request: Request) -> Response:
        if request.content_type.partition(";")[0].strip().lower() != "application/json":
            raise exceptions.UnsupportedMediaType(request.content_type)
        callback = services.callback_open(body=request._request.body, headers=request.headers)
        return Response({"outcome": services.callback_apply(callback=callback)})

    @described("Report a job's state", "As PUT.", operation_id="docs_callback_post", **CALLBACK)
    def post(self, request: Request) -> Response:
        return self.put(request)

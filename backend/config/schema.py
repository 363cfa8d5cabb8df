"""How endpoints describe themselves in OpenAPI: their errors all have one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers

MEANINGS = {
    400: "VALIDATION: the request is not valid",
    401: "AUTH: no valid token or signature",
    403: "AUTH: not allowed",
    404: "VALIDATION: not found, or not yours",
    409: "VALIDATION: not possible in the present state",
    413: "LIMIT: too large",
    415: "VALIDATION: only application/json",
    429: "LIMIT: too many requests, see Retry-After",
    503: "TEMPORARY: try again, see Retry-After",
}


class ErrorDetail(serializers.Serializer):
    code = serializers.ChoiceField(choices=["VALIDATION", "AUTH", "LIMIT", "TEMPORARY"])
    message = serializers.CharField()
    details = serializers.DictField(help_text="`reason` names the case; `fields` the invalid fields.")
    requestId = serializers.CharField(allow_null=True)


class ErrorResponse(serializers.Serializer):
    error = ErrorDetail()


View = TypeVar("View", bound=Callable[..., Any])


def described(
    summary: str, description: str = "", *, errors: Iterable[int] = (), **more: Any
) -> Callable[[View], View]:
    """`extend_schema` for a method, or for a class with the one method post."""
    responses = dict(more.pop("responses", {}))
    responses.update({status: OpenApiResponse(ErrorResponse, description=MEANINGS[status]) for status in errors})

    def decorate(view: View) -> View:
        if not isinstance(view, type):
            return extend_schema(summary=summary, description=description, responses=responses, **more)(view)
        serializer = view().get_serializer_class()
        success = {200: serializer, **responses}
        schema = extend_schema(summary=summary, description=description, responses=success, tags=["auth"], **more)
        return extend_schema_view(post=schema)(view)

    return decorate

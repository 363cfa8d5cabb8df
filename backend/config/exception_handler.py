"""One shape for every error: {"error": {code, message, details, requestId}}."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.defaults import page_not_found, server_error
from rest_framework import exceptions
from rest_framework.response import Response

from backend.errors import DomainError, TooLarge

log = structlog.get_logger(__name__)

# DRF's own exceptions: (our code, our reason). The rest of the 4xx is VALIDATION.
REASONS: dict[type[exceptions.APIException], tuple[str, str]] = {
    exceptions.ParseError: ("VALIDATION", "MALFORMED_JSON"),
    exceptions.ValidationError: ("VALIDATION", "INVALID_FIELDS"),
    exceptions.NotFound: ("VALIDATION", "NOT_FOUND"),
    exceptions.MethodNotAllowed: ("VALIDATION", "METHOD_NOT_ALLOWED"),
    exceptions.NotAcceptable: ("VALIDATION", "NOT_ACCEPTABLE"),
    exceptions.UnsupportedMediaType: ("VALIDATION", "UNSUPPORTED_MEDIA_TYPE"),
    exceptions.AuthenticationFailed: ("AUTH", "NOT_AUTHENTICATED"),
    exceptions.NotAuthenticated: ("AUTH", "NOT_AUTHENTICATED"),
    exceptions.PermissionDenied: ("AUTH", "NOT_ALLOWED"),
    exceptions.Throttled: ("LIMIT", "TOO_MANY_REQUESTS"),
}


def error_body(request: HttpRequest | None, code: str, message: str, details: dict[str, Any]) -> dict[str, Any]:
    request_id = getattr(request, "request_id", None)
    return {"error": {"code": code, "message": message, "details": details, "requestId": request_id}}


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. Whatever it isn't told about is a 500 without a word of the exception."""
    request = getattr(context.get("request"), "_request", None)
    if isinstance(error, RequestDataTooBig):
        error = TooLarge("REQUEST_TOO_LARGE", "The request is too large.")
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, DomainError):
        return _domain(request, error)
    if isinstance(error, exceptions.APIException):
        return _framework(request, error)
    log.error("unhandled", exc_info=error)
    return Response(error_body(request, "TEMPORARY", UNEXPECTED, {"reason": "INTERNAL"}), status=500)


UNEXPECTED = "Something went wrong on our side. Try again, and quote the requestId if it persists."


def _domain(request: HttpRequest | None, error: DomainError) -> Response:
    body = error_body(request, error.code, error.message, {"reason": error.reason, **error.details})
    response = Response(body, status=error.status)
    if error.retry_after_seconds is not None:
        response["Retry-After"] = str(error.retry_after_seconds)
    log.info("refused", code=error.code, reason=error.reason, status=error.status)
    return response


def _framework(request: HttpRequest | None, error: exceptions.APIException) -> Response:
    code, reason = next((known for kind, known in REASONS.items() if isinstance(error, kind)), ("VALIDATION", "ERROR"))
    details: dict[str, Any] = {"reason": reason}
    message = "Some fields are not valid."
    if isinstance(error, exceptions.ValidationError):
        details["fields"] = error.detail if isinstance(error.detail, dict) else {"nonFieldErrors": error.detail}
    else:
        message = _message(error)
    response = Response(error_body(request, code, message, details), status=error.status_code)
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    elif error.status_code == 429:
        response["Retry-After"] = "1"
    if challenge := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    log.info("refused", code=code, reason=reason, status=error.status_code)
    return response


def _message(error: exceptions.APIException) -> str:
    detail: Any = error.detail
    if isinstance(detail, dict):
        detail = detail.get("detail", error.default_detail)
    if isinstance(error, exceptions.ParseError):
        # The parser quotes the body.
        return "The body is not valid JSON."
    return str(detail)


def not_found(request: HttpRequest, exception: Exception) -> Any:
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    details = {"reason": "NOT_FOUND"}
    return JsonResponse(error_body(request, "VALIDATION", "There is nothing at this address.", details), status=404)


def internal_error(request: HttpRequest) -> Any:
    log.error("unhandled", exc_info=True)
    if not request.path.startswith("/api/"):
        return server_error(request)
    return JsonResponse(error_body(request, "TEMPORARY", UNEXPECTED, {"reason": "INTERNAL"}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> Any:
    """Somebody signed out, or in again, in another window: a script is told in JSON, a form by Django's page."""
    if "application/json" not in request.headers.get("Accept", ""):
        return django_csrf_failure(request, reason)
    message = "The page is out of date. Sign in again, or reload it; nothing typed is lost."
    return JsonResponse(error_body(request, "AUTH", message, {"reason": "CSRF_FAILED"}), status=403)


def bad_request(request: HttpRequest, exception: Exception) -> Any:
    details = {"reason": "BAD_REQUEST"}
    return JsonResponse(error_body(request, "VALIDATION", "The request is not valid.", details), status=400)

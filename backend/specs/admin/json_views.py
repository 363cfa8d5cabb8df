"""JSON endpoints of the admin: a staff session, a permission, a typed error for whatever goes wrong."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson
import structlog
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError

from backend.config.exception_handler import UNEXPECTED, error_body
from backend.errors import DomainError, Forbidden, Invalid, NotFound, TooLarge, Unauthenticated
from backend.specs.models import MappingSpec, SpecRevision
from backend.specs.reading import text_normalize

log = structlog.get_logger(__name__)

View = Callable[..., HttpResponseBase]


def json_view(*, permission: str = "specs.view_mappingspec", methods: tuple[str, ...] = ("POST",)) -> Any:
    """A view whose errors are the API's `{"error": …}`; a session that has expired is a 401, not a page to sign in at."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _check(request, permission, methods)
            return view(request, *args, **kwargs)

        return errors_told(run)

    return decorate


def errors_told(view: View) -> View:
    """Whatever it raises as JSON, and nothing of what it was about."""

    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            return _refused(request, error)
        except RequestDataTooBig:
            return _refused(request, TooLarge("REQUEST_TOO_LARGE", "What was sent is too large."))
        except Http404:
            return _refused(request, NotFound("NOT_FOUND", "There is nothing at this address."))
        except (BadRequest, MultiPartParserError, SuspiciousOperation):
            return _refused(request, Invalid("MALFORMED_FORM", "The form that was sent cannot be read."))
        except Exception:
            log.exception("unhandled")
            body = error_body(request, "TEMPORARY", UNEXPECTED, {"reason": "INTERNAL"})
            return JsonResponse(body, status=500)

    return run


def _check(request: HttpRequest, permission: str, methods: tuple[str, ...]) -> None:
    if not request.user.is_authenticated:
        raise Unauthenticated("SESSION_EXPIRED", "Your session has expired. Sign in again.")
    if not request.user.is_active or not request.user.is_staff:
        raise Forbidden("NOT_STAFF", "This is for staff.")
    if not request.user.has_perm(permission):
        raise Forbidden("NOT_ALLOWED", "You may not do this.", permission=permission)
    if request.method not in methods:
        raise MethodNotAllowed("METHOD_NOT_ALLOWED", f"Use {' or '.join(methods)}.")


class MethodNotAllowed(Invalid):
    status = 405


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    if error.status == 401 and "application/json" not in request.headers.get("Accept", "") and request.method == "GET":
        return redirect_to_login(request.get_full_path(), "admin:login")
    log.info("refused", code=error.code, reason=error.reason, status=error.status)
    details = {"reason": error.reason, **error.details}
    response = JsonResponse(error_body(request, error.code, error.message, details), status=error.status)
    if error.retry_after_seconds is not None:
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


MAX_BODY_DEPTH = 32
"""Of lists and objects in one another: more than the page ever sends, less than recursion follows."""


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent."""
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise Invalid("MALFORMED_JSON", "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Invalid("MALFORMED_JSON", "The body is not a JSON object.")
    if _is_deeper(body, MAX_BODY_DEPTH):
        raise Invalid("NESTED_TOO_DEEPLY", f"The body is nested more than {MAX_BODY_DEPTH} deep.")
    return body


def _is_deeper(body: Any, depth: int) -> bool:
    level = [body]
    for _ in range(depth):
        level = [child for one in level for child in _children(one)]
    return bool(level)


def _children(one: Any) -> Iterable[Any]:
    held = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return (child for child in held if isinstance(child, dict | list))


def text_in(body: dict[str, Any], name: str = "text", *, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise Invalid("INVALID_FIELDS", f"{name} must be a text.", field=name)
    return value


def revision_in(body: dict[str, Any], spec: MappingSpec, text: str) -> SpecRevision | None:
    """The saved revision that the body says it looks at; None where its text is being edited, or none is named."""
    number = body.get("revision")
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**9:
        raise Invalid("INVALID_FIELDS", "revision is the number of the revision looked at.", field="revision")
    found = spec.revisions.filter(number=number).first()
    return found if found and found.text == text_normalize(text) else None


def revision_asked(request: HttpRequest, spec: MappingSpec, sha256: str) -> SpecRevision | None:
    """The same of an address, `?revision=14`; None where its text is another than that of the hash."""
    given = request.GET.get("revision", "")
    if not given:
        return None
    if not re.fullmatch("[0-9]{1,9}", given):
        raise Invalid("INVALID_FIELDS", "revision is the number of the revision looked at.", field="revision")
    return spec.revisions.filter(number=int(given), sha256=sha256).first()


def json_response(body: Any, *, status: int = 200) -> HttpResponse:
    """Not kept by anyone: it may hold values of documents."""
    data = orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS, default=str)
    response = HttpResponse(data, content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response

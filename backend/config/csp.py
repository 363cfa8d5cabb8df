"""What a page of ours may load and run, by who serves it: nothing from elsewhere, no inline script anywhere."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

PAGE: dict[str, Any] = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
DATA: dict[str, Any] = {"default-src": [NONE], "frame-ancestors": [NONE]}
"""JSON is not a page: whoever opens it in a browser gets nothing run."""

# unfold's Alpine evaluates the expressions in its attributes; its theme colours are a <style> in the page.
ADMIN: dict[str, Any] = {
    **PAGE,
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
}


class ContentSecurityPolicy(CSPMiddleware):
    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        if report_only:
            return super().get_policy_parts(request, response, report_only)
        # A page that needs less says so itself.
        return PolicyParts(config=getattr(response, "_csp_config", None) or policy_for(request.path_info))


def policy_for(path: str) -> dict[str, Any]:
    if path.startswith(reverse("admin:index")):
        return ADMIN
    if path.startswith("/api/") and not path.startswith(reverse("api-docs")):
        return DATA
    return PAGE

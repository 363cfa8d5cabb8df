"""The admin's first page: each docType, what is live, what is being worked on, what stands against it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backend.specs.admin.pages import EDIT, PUBLISH, VIEW
from backend.specs.doc_types import doc_type_rows

admin.site.index_template = "specs/index.html"
admin.site.index_title = "DocTypes"


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Named by UNFOLD's DASHBOARD_CALLBACK."""
    may = {"edit": request.user.has_perm(EDIT), "publish": request.user.has_perm(PUBLISH)}
    rows = doc_type_rows() if request.user.has_perm(VIEW) else None
    return {**context, "rows": rows, "may": may}

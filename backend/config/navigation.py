"""The admin's sidebar. Each item is shown to those who may open it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """Named by UNFOLD's SIDEBAR."""
    return [
        _group(
            "Specs",
            {**_item("DocTypes", "index", "home", "specs.view_mappingspec"), "active": _on_doc_types},
            _item("Shared fields", "specs_libraries", "library_books", "specs.view_mappingspec"),
            _item("Revisions", "specs_specrevision_changelist", "history", "specs.view_specrevision"),
            _item("Audit", "specs_publication_changelist", "fact_check", "specs.view_publication"),
            _item("Bundles", "specs_bundle_changelist", "inventory_2", "specs.view_bundle"),
        ),
        _group(
            "Documents",
            _item("Jobs", "documents_extractionjob_changelist", "work_history", "documents.view_extractionjob"),
            _item("Results", "documents_extractionresult_changelist", "task_alt", "documents.view_extractionresult"),
            _item("Uploads", "documents_document_changelist", "upload_file", "documents.view_document"),
        ),
        _group(
            "Operations",
            _item("Current bundle", "specs_currentbundle_changelist", "rocket_launch", "specs.view_currentbundle"),
        ),
        _group(
            "People",
            _item("Users", "accounts_user_changelist", "person", "accounts.view_user"),
            _item("Groups", "auth_group_changelist", "group", "auth.view_group"),
        ),
    ]


def _on_doc_types(request: HttpRequest) -> bool:
    """The first page, and every docType's own."""
    return request.path == reverse("admin:index") or request.path.startswith(
        reverse("admin:specs_mappingspec_changelist")
    )


def _group(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(items)}


def _item(title: str, name: str, icon: str, permission: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{name}"),
        "permission": lambda request: request.user.has_perm(permission),
    }

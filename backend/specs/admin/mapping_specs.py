"""A docType: its revisions and the one that is live."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from backend.specs.admin import exchange, matrix, publish, revision_pages, samples, workbench, workbench_api
from backend.specs.models import MappingSpec

PAGES = (workbench_api, samples, matrix, workbench, revision_pages, publish, exchange)
"""Each gives the addresses of its views by `urls(admin)`."""


@admin.register(MappingSpec)
class MappingSpecAdmin(ModelAdmin):
    list_display = ("doc_type", "title", "live", "newest", "workbench")
    actions_list = ("new_from_document",)
    actions_detail = ("open_workbench",)
    search_fields = ("doc_type", "title")
    readonly_fields = ("live", "newest", "created_at")
    fields = ("doc_type", "title", *readonly_fields)

    def get_urls(self) -> list[URLPattern]:
        return [*(url for page in PAGES for url in page.urls(self)), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: MappingSpec | None = None) -> Any:
        # Revisions, jobs and bundles name the docType.
        return ("doc_type", *self.readonly_fields) if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: MappingSpec | None = None) -> bool:
        return False

    @display(description="Live revision")
    def live(self, spec: MappingSpec) -> str:
        return str(spec.live_revision.number) if spec.live_revision else "–"

    @display(description="Newest revision")
    def newest(self, spec: MappingSpec) -> str:
        return str(getattr(spec, "newest_number", None) or "–")

    @display(description="Workbench")
    def workbench(self, spec: MappingSpec) -> SafeString:
        address = reverse("admin:specs_workbench", args=[spec.pk])
        return format_html('<a href="{}" aria-label="Workbench of {}">Open</a>', address, spec.doc_type)

    @action(description="New docType from a document", url_path="new-from-document", permissions=["add"])
    def new_from_document(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:specs_new")

    @action(description="Workbench", url_path="open-workbench")
    def open_workbench(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:specs_workbench", object_id)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MappingSpec]:
        specs = super().get_queryset(request).select_related("live_revision")
        specs = specs.defer("live_revision__text", "live_revision__resolved")
        return specs.annotate(newest_number=Max("revisions__number"))

"""A docType: its revisions and the one that is live."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from unfold.admin import ModelAdmin
from unfold.decorators import display

from backend.specs.admin import exchange, matrix, publish, revision_pages, samples, workbench, workbench_api
from backend.specs.models import MappingSpec

PAGES = (workbench_api, samples, matrix, workbench, revision_pages, publish, exchange)
"""Each gives the addresses of its views by `urls(admin)`."""


@admin.register(MappingSpec)
class MappingSpecAdmin(ModelAdmin):
    list_display = ("doc_type", "title", "live", "newest")
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[MappingSpec]:
        specs = super().get_queryset(request).select_related("live_revision")
        specs = specs.defer("live_revision__text", "live_revision__resolved")
        return specs.annotate(newest_number=Max("revisions__number"))

"""One revision, as it was saved. It is written in the workbench, and published on a page of its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from backend.config.admin import ReadOnly
from backend.specs.models import SpecRevision

LINKS = (
    ("specs_workbench", "Workbench", "?revision={number}"),
    ("specs_revisions", "All revisions", ""),
    ("specs_compare", "Compare with what is live", "?to={number}"),
    ("specs_exchange", "Import and export", ""),
)


@admin.register(SpecRevision)
class SpecRevisionAdmin(ReadOnly, ModelAdmin):
    list_display = ("__str__", "state", "author", "note", "created_at")
    list_filter = ("spec",)
    list_select_related = ("spec", "author")
    search_fields = ("spec__doc_type", "note", "author__username")
    fields = ("links", "spec", "number", "state", "problems_text", "text_shown", "note", "author", "created_at")
    readonly_fields = fields

    @display(description="State", label={"live": "success", "has problems": "danger"})
    def state(self, revision: SpecRevision) -> str:
        if revision.spec.live_revision_id == revision.pk:
            return "live"
        return "has problems" if revision.problems else "ready"

    @display(description="Pages")
    def links(self, revision: SpecRevision) -> SafeString:
        addresses = (
            (reverse(f"admin:{name}", args=[revision.spec_id]) + query.format(number=revision.number), title)
            for name, title, query in LINKS
        )
        return format_html_join(" · ", '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', addresses)

    @display(description="Problems")
    def problems_text(self, revision: SpecRevision) -> SafeString | str:
        lines = ((found["line"], found["column"], found["message"]) for found in revision.problems)
        return format_html_join("", "<div>line {}, column {}: {}</div>", lines) or "none"

    @display(description="Text")
    def text_shown(self, revision: SpecRevision) -> SafeString:
        return format_html("<pre>{}</pre>", revision.text)

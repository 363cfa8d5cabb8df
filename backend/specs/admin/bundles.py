"""What was shipped: bundles, the current one, and the publications that made them so."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from backend.config.admin import ReadOnly
from backend.specs.models import Bundle, CurrentBundle, Publication


@admin.register(Bundle)
class BundleAdmin(ReadOnly, ModelAdmin):
    list_display = ("id", "revisions", "engine_version", "size_bytes", "created_at")


@admin.register(CurrentBundle)
class CurrentBundleAdmin(ReadOnly, ModelAdmin):
    list_display = ("bundle", "updated_at")


@admin.register(Publication)
class PublicationAdmin(ReadOnly, ModelAdmin):
    """The audit: one line a publication, never changed."""

    list_display = ("published_at", "change", "what", "who", "asked_by", "breaks_count", "samples", "reason")
    list_display_links = ("published_at", "change")
    list_filter = ("revision__spec", "kind", "published_by")
    list_select_related = ("revision__spec", "from_revision", "bundle", "published_by", "asked_by")
    search_fields = ("revision__spec__doc_type", "reason", "published_by__username")
    date_hierarchy = "published_at"
    fields = (
        *("published_at", "what", "change", "who", "asked_by", "reason", "breaks_text", "samples"),
        *("confidence", "bundle"),
    )
    readonly_fields = fields

    @display(description="What", label={"published": "success", "rolled back": "warning"})
    def what(self, publication: Publication) -> str:
        return publication.get_kind_display()

    @display(description="Who", ordering="published_by__username")
    def who(self, publication: Publication) -> str:
        return publication.actor

    @display(description="Revision", ordering="revision__spec__doc_type")
    def change(self, publication: Publication) -> str:
        before = publication.from_revision.number if publication.from_revision else "nothing"
        return f"{publication.revision.spec}: {before} → {publication.revision.number}"

    @display(description="Breaks confirmed")
    def breaks_count(self, publication: Publication) -> str:
        return str(len(publication.breaks)) if publication.breaks else "–"

    @display(description="Breaks confirmed")
    def breaks_text(self, publication: Publication) -> SafeString | str:
        lines = ((found["path"], found["message"], found["breaks"]) for found in publication.breaks)
        return format_html_join("", "<div>{} {}: {}</div>", lines) or "–"

    @display(description="Samples passed")
    def samples(self, publication: Publication) -> str:
        total = publication.samples_total
        return f"{publication.samples_passed} of {total}" if total else "–"

    @display(description="Confidence")
    def confidence(self, publication: Publication) -> SafeString | str:
        found = publication.calibration
        if not found:
            return "not calibrated"
        return format_html(
            "<div>calibrated from {} values of {} samples</div>{}",
            found["values"],
            found["samples"],
            format_html_join("", "<div>{} % by the evidence: {} % right</div>", found["points"]),
        )

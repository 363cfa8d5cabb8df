"""Everything here is written by the API and the processor; the admin looks, and may try a failed job again."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, StackedInline
from unfold.decorators import display

from backend.config.admin import ReadOnly
from backend.documents import services
from backend.documents.models import Document, ExtractionJob, ExtractionResult, JobState
from backend.errors import DomainError
from backend.specs import pii
from backend.specs.pii import Personal, may_see_pii, personal_of

NOTHING = Personal()

STATE_COLOURS = {
    JobState.UPLOADED: "info",
    JobState.PROCESSING: "warning",
    JobState.DONE: "success",
    JobState.FAILED: "danger",
}


# unfold's own classes.
ROW = "border-t border-base-200 dark:border-base-800"
CELL = "px-3 py-1"


class PersonalHidden:
    """Shows a result's values without what is personal to those who may not see it.

    Django's display methods know no request: each such column has a twin, and the request chooses.
    """

    WITH_VALUES = ("values", "warnings_text", "tables_text", "evidence_text")
    fields: tuple[str, ...]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if may_see_pii(request.user):
            return self.fields
        return tuple(f"{name}_masked" if name in self.WITH_VALUES else name for name in self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    @display(description="Fields")
    def values(self, result: ExtractionResult) -> SafeString:
        return fields_table(result)

    @display(description="Fields")
    def values_masked(self, result: ExtractionResult) -> SafeString:
        return fields_table(result, personal_of(result.job.doc_type, result.spec_revision))

    @display(description="Warnings")
    def warnings_text(self, result: ExtractionResult) -> SafeString:
        return pretty(result.warnings)

    @display(description="Warnings")
    def warnings_text_masked(self, result: ExtractionResult) -> SafeString:
        return pretty(pii.warnings_masked(result.warnings, personal_of(result.job.doc_type, result.spec_revision)))

    @display(description="Tables")
    def tables_text(self, result: ExtractionResult) -> SafeString:
        return pretty(result.tables)

    @display(description="Tables")
    def tables_text_masked(self, result: ExtractionResult) -> SafeString:
        return pretty(pii.tables_masked(result.tables, personal_of(result.job.doc_type, result.spec_revision)))

    @display(description="Evidence")
    def evidence_text(self, result: ExtractionResult) -> SafeString:
        return pretty(result.evidence)

    @display(description="Evidence")
    def evidence_text_masked(self, result: ExtractionResult) -> SafeString:
        return pretty(pii.evidence_masked(result.evidence, personal_of(result.job.doc_type, result.spec_revision)))


def fields_table(result: ExtractionResult, hidden: Personal = NOTHING) -> SafeString:
    """Value, confidence and status of every field the spec asked for."""
    found = pii.fields_masked(result.fields, hidden)
    rows = format_html_join(
        "",
        f'<tr class="{ROW}"><td class="{CELL} font-medium">{{}}</td><td class="{CELL}">{{}}</td>'
        f'<td class="{CELL} text-right">{{}}</td><td class="{CELL}">{{}}</td></tr>',
        (
            (name, found.get(name, "–"), _percent(result.confidence.get(name)), status)
            for name, status in result.field_status.items()
        ),
    )
    titles = (("Field", "left"), ("Value", "left"), ("Confidence", "right"), ("Status", "left"))
    head = format_html_join("", f'<th class="{CELL} text-{{1}} font-semibold">{{0}}</th>', titles)
    return format_html('<table class="fields w-full"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, rows)


def _percent(confidence: float | None) -> str:
    return "–" if confidence is None else f"{confidence:.1f} %"


def pretty(value: Any) -> SafeString:
    return format_html("<pre>{}</pre>", json.dumps(value, indent=1, ensure_ascii=False))


@admin.register(Document)
class DocumentAdmin(ReadOnly, ModelAdmin):
    list_display = ("id", "doc_type", "agent_id", "mime", "size_bytes", "created_at")
    list_filter = ("doc_type", "mime")
    search_fields = ("=id", "=object_key", "=agent_id", "=quote_id")
    date_hierarchy = "created_at"


class ResultInline(PersonalHidden, ReadOnly, StackedInline):
    model = ExtractionResult
    extra = 0
    fields = ("attempt", "values", "needs_review", "warnings_text", "spec_revision", "bundle", "engine_version")


@admin.register(ExtractionJob)
class ExtractionJobAdmin(ReadOnly, ModelAdmin):
    list_display = ("id", "doc_type", "agent", "state_label", "attempts", "created_at", "completed_at")
    list_filter = ("state", "doc_type", ("stuck_at", admin.EmptyFieldListFilter))
    list_select_related = ("document",)
    search_fields = ("=id", "=object_key", "=correlation_id", "=document__agent_id")
    date_hierarchy = "created_at"
    fields = (
        *("state_label", "error_text", "doc_type", "agent", "document", "attempts", "bundle", "correlation_id"),
        *("created_at", "sent_at", "completed_at", "stuck_at", "object_key"),
    )
    readonly_fields = fields
    inlines = (ResultInline,)
    actions = ("try_again",)

    @display(description="Agent")
    def agent(self, job: ExtractionJob) -> str:
        return job.document.agent_id

    @display(description="State", label=STATE_COLOURS)
    def state_label(self, job: ExtractionJob) -> str:
        return job.state

    @display(description="Error")
    def error_text(self, job: ExtractionJob) -> str:
        error = job.last_error
        return "{code} {reason}: {message}".format(**error) if error else "–"

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("documents.retry_extractionjob")

    @admin.action(description="Try again (failed jobs)", permissions=["retry"])
    def try_again(self, request: HttpRequest, jobs: QuerySet[ExtractionJob]) -> None:
        for job in jobs:
            try:
                services.job_retry(user=request.user, job_id=job.id)  # type: ignore[arg-type]
            except DomainError as error:
                self.message_user(request, f"{job}: {error.message}", messages.ERROR)
            else:
                self.message_user(request, f"{job}: attempt {job.attempts + 1} started", messages.SUCCESS)


@admin.register(ExtractionResult)
class ExtractionResultAdmin(PersonalHidden, ReadOnly, ModelAdmin):
    list_display = ("job", "attempt", "doc_type", "needs_review", "spec_revision", "engine_version", "created_at")
    list_filter = ("needs_review", "job__doc_type", "spec_revision")
    list_select_related = ("job",)
    search_fields = ("=job__id",)
    fields = (
        *("job", "attempt", "values", "needs_review", "warnings_text", "tables_text", "evidence_text"),
        *("spec_revision", "bundle", "engine_version", "page_count", "raw_json_s3_key", "created_at"),
    )

    @display(description="docType")
    def doc_type(self, result: ExtractionResult) -> str:
        return result.job.doc_type

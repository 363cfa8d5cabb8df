"""Revisions: a new one by saving another text; nothing else is ever changed. Publishing has a page of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from backend.specs import services
from backend.specs.models import SpecRevision


class RevisionForm(forms.ModelForm):
    class Meta:
        model = SpecRevision
        fields = ("spec", "text", "note")
        widgets = {  # noqa: RUF012
            "text": UnfoldAdminTextareaWidget(
                attrs={"rows": 40, "spellcheck": "false", "style": "font-family:monospace"}
            )
        }


@admin.register(SpecRevision)
class SpecRevisionAdmin(ModelAdmin):
    form = RevisionForm
    list_display = ("__str__", "state", "author", "note", "created_at")
    list_filter = ("spec",)
    list_select_related = ("spec", "author", "spec__live_revision")
    fields = ("spec", "number", "state", "problems_text", "text_shown", "note", "author", "created_at")
    readonly_fields = ("number", "state", "problems_text", "text_shown", "author", "created_at")

    def get_fields(self, request: HttpRequest, obj: SpecRevision | None = None) -> Any:
        return self.fields if obj else ("spec", "text", "note")

    def has_change_permission(self, request: HttpRequest, obj: SpecRevision | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SpecRevision | None = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?from=<id>` starts from that revision."""
        initial = super().get_changeform_initial_data(request)
        source = initial.pop("from", "")
        revision = SpecRevision.objects.filter(pk=source).first() if str(source).isdigit() else None
        return {**initial, "spec": revision.spec_id, "text": revision.text} if revision else initial

    def save_model(self, request: HttpRequest, obj: SpecRevision, form: Any, change: bool) -> None:
        revision, is_new = services.spec_save(spec=obj.spec, text=obj.text, author=request.user, note=obj.note)  # type: ignore[arg-type]
        # What follows in the admin (log entry, redirect) is about the row that was saved.
        obj.__dict__.update(revision.__dict__)
        if not is_new:
            self.message_user(request, "Nothing changed: no revision was made.", messages.INFO)
        elif revision.problems:
            self.message_user(request, f"Saved as a draft with {len(revision.problems)} problems.", messages.WARNING)

    def response_add(self, request: HttpRequest, obj: SpecRevision, post_url_continue: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:specs_specrevision_change", args=[obj.pk]))

    @display(description="State", label={"live": "success", "has problems": "danger"})
    def state(self, revision: SpecRevision) -> str:
        if revision.spec.live_revision_id == revision.pk:
            return "live"
        return "has problems" if revision.problems else "ready"

    @display(description="Problems")
    def problems_text(self, revision: SpecRevision) -> SafeString | str:
        lines = ((found["line"], found["column"], found["message"]) for found in revision.problems)
        return format_html_join("", "<div>line {}, column {}: {}</div>", lines) or "none"

    @display(description="Text")
    def text_shown(self, revision: SpecRevision) -> SafeString:
        return format_html("<pre>{}</pre>", revision.text)

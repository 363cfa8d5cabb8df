"""What was shipped: bundles, the current one, and the publications that made them so."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

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
    list_display = ("revision", "bundle", "published_by", "reason", "published_at")
    list_filter = ("revision__spec",)
    list_select_related = ("revision__spec", "bundle", "published_by")

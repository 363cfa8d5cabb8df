from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.specs.fields import OrderedJSONField


class JobState(models.TextChoices):
    """States only move forward within an attempt; a new attempt is the only way out of FAILED."""

    UPLOADED = "UPLOADED"
    PROCESSING = "PROCESSING"
    DONE = "DONE"
    FAILED = "FAILED"


ENDED = (JobState.DONE, JobState.FAILED)


class Document(models.Model):
    """An upload that was asked for; `object_version_id` is set once it is known to have arrived."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    object_key = models.CharField(max_length=512, unique=True)
    doc_type = models.CharField(max_length=64)
    agent_id = models.CharField(max_length=64, db_index=True)
    quote_id = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    mime = models.CharField(max_length=64)
    checksum = models.CharField(max_length=64, blank=True, help_text="SHA-256 in hex, where the client sent it")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # Ours, beside the brief's.
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    object_version_id = models.CharField(max_length=1024, blank=True)

    class Meta:
        db_table = "documents"
        ordering = ("-created_at",)
        constraints = (models.CheckConstraint(condition=Q(size_bytes__gte=1), name="documents_not_empty"),)

    def __str__(self) -> str:
        return str(self.id)


class ExtractionJob(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    object_key = models.CharField(max_length=512)
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.UPLOADED)
    engine = models.CharField(max_length=32, default="textract")
    correlation_id = models.CharField(max_length=128, blank=True)
    attempts = models.PositiveIntegerField(default=1, help_text="The present attempt, from 1")
    last_error = models.JSONField(null=True, blank=True, help_text='{"code", "reason", "message"}')
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    # Ours, beside the brief's.
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="jobs")
    doc_type = models.CharField(max_length=64)
    bundle = models.ForeignKey("specs.Bundle", on_delete=models.PROTECT, related_name="jobs")
    object_version_id = models.CharField(max_length=1024)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When the queue took this attempt's message")
    stuck_at = models.DateTimeField(null=True, blank=True, help_text="When the sweeper found it overdue")

    class Meta:
        db_table = "extraction_jobs"
        ordering = ("-created_at",)
        permissions = (("retry_extractionjob", "Can start a new attempt of a failed job"),)
        indexes = (
            models.Index(fields=["state", "updated_at"], name="extraction_jobs_state"),
            models.Index(fields=["created_at"], name="extraction_jobs_created_at"),
            models.Index(fields=["created_at"], condition=Q(sent_at=None), name="extraction_jobs_unsent"),
        )
        constraints = (
            models.UniqueConstraint(fields=["object_key", "doc_type", "correlation_id"], name="extraction_jobs_once"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="extraction_jobs_state_known"),
            models.CheckConstraint(condition=Q(attempts__gte=1), name="extraction_jobs_attempts_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, completed_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(completed_at__isnull=True)),
                name="extraction_jobs_completed_when_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.FAILED) | Q(last_error__isnull=False),
                name="extraction_jobs_failed_says_why",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class ExtractionResult(models.Model):
    """What one attempt found. The last attempt's is the job's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(ExtractionJob, on_delete=models.CASCADE, related_name="results")
    fields = models.JSONField(default=dict)
    raw_json_s3_key = models.CharField(max_length=512)
    confidence = models.JSONField(default=dict)
    # Ours, beside the brief's.
    attempt = models.PositiveIntegerField()
    tables = models.JSONField(default=dict)
    # Keeps the spec's order of fields, which jsonb does not.
    field_status = OrderedJSONField(default=dict)
    warnings = models.JSONField(default=list)
    evidence = models.JSONField(default=dict)
    needs_review = models.BooleanField()
    bundle = models.ForeignKey("specs.Bundle", on_delete=models.PROTECT, related_name="results")
    spec_revision = models.PositiveIntegerField()
    engine_version = models.CharField(max_length=32)
    page_count = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        db_table = "extraction_results"
        ordering = ("job", "attempt")
        constraints = (models.UniqueConstraint(fields=["job", "attempt"], name="extraction_results_once_an_attempt"),)

    def __str__(self) -> str:
        return f"{self.job_id} attempt {self.attempt}"

    def in_order(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values by field in the spec's order; what comes with a field (its currency) just after it."""
        names = [name for field in self.field_status for name in (field, f"{field}_currency")]
        return {name: values[name] for name in dict.fromkeys([*names, *values]) if name in values}

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.formats import date_format

from backend.specs.fields import OrderedJSONField

DOC_TYPE = RegexValidator(r"^[a-z][a-z0-9_]{1,63}\Z", "A small letter, then small letters, digits and _.")
LIBRARY_NAME = RegexValidator(
    r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*\Z",
    "As kenya/base: words of small letters, digits and _, a letter first, with / between them.",
)


class ImmutableError(TypeError):
    pass


class Immutable(models.Model):
    """Rows that are written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableError(f"{type(self).__name__} is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ImmutableError(f"{type(self).__name__} is never deleted")


class MappingSpec(models.Model):
    """A docType, its revisions and the one that is live."""

    doc_type = models.CharField(max_length=64, unique=True, validators=[DOC_TYPE])
    title = models.CharField(max_length=200, blank=True)
    live_revision = models.OneToOneField(
        "SpecRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="live_of", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "mapping_specs"
        ordering = ("doc_type",)
        permissions = (("see_pii", "Can see the values of fields marked pii"),)

    def __str__(self) -> str:
        return self.doc_type


class SpecRevision(Immutable):
    spec = models.ForeignKey(MappingSpec, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    """Of the text and of the libraries it is read with: two revisions that mean the same by the same words have the same."""
    libraries = models.JSONField(default=dict, blank=True)
    """{name: number}: the revisions of those it extends, as they were when it was saved. It is always read with these."""
    resolved = OrderedJSONField(null=True, blank=True)
    """The form the engine runs; null while the text has problems."""
    problems = models.JSONField(default=list, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "spec_revisions"
        ordering = ("spec", "-number")
        permissions = (("publish_specrevision", "Can publish a spec revision"),)
        constraints = (
            models.UniqueConstraint(fields=["spec", "number"], name="spec_revision_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="spec_revision_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.spec.doc_type} revision {self.number}"


class Library(models.Model):
    """Shared fields that specs start from: `extends: <name>`."""

    name = models.CharField(max_length=100, unique=True, validators=[LIBRARY_NAME])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "libraries"
        ordering = ("name",)
        verbose_name_plural = "libraries"

    def __str__(self) -> str:
        return self.name


class LibraryRevision(Immutable):
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    """Of the text."""
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "library_revisions"
        ordering = ("library", "-number")
        constraints = (
            models.UniqueConstraint(fields=["library", "number"], name="library_revision_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="library_revision_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.library.name} {self.number}"


class SampleState(models.TextChoices):
    """As a job's: states only move forward."""

    UPLOADED = "UPLOADED"
    PROCESSING = "PROCESSING"
    DONE = "DONE"
    FAILED = "FAILED"


class Sample(models.Model):
    """A document of the docType to try specs on, with Textract's answer; `expected` is what a person says it holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    spec = models.ForeignKey(MappingSpec, on_delete=models.CASCADE, related_name="samples")
    name = models.CharField(max_length=255)
    mime = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=SampleState.choices, default=SampleState.UPLOADED)
    error = models.JSONField(null=True, blank=True, help_text='{"code", "reason", "message"}')
    document_key = models.CharField(max_length=512, blank=True, help_text="empty: only an answer was uploaded")
    document_version_id = models.CharField(max_length=1024, blank=True)
    response_key = models.CharField(max_length=512, blank=True)
    response_bytes = models.PositiveBigIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    expected = OrderedJSONField(default=dict, blank=True)
    """{"fields": {name: value}, "tables": {name: [{column: value}]}}; null: must not be found."""
    asked = models.JSONField(default=dict, blank=True)
    """What Textract was asked for: {"api", "features", "queries"}; empty where an uploaded answer does not say."""
    printed = models.JSONField(default=dict, blank=True)
    """For completion: {"labels": [text], "headers": [text], "aliases": [text]}."""
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When the queue took its message")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "samples"
        ordering = ("created_at", "id")
        indexes = (
            models.Index(
                fields=["created_at"], condition=models.Q(sent_at=None, state="UPLOADED"), name="samples_unsent"
            ),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=SampleState.values), name="samples_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=SampleState.FAILED) | models.Q(error__isnull=False),
                name="samples_failed_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=SampleState.DONE) | ~models.Q(response_key=""), name="samples_done_has_answer"
            ),
        )

    def __str__(self) -> str:
        return self.name


class SampleRun(models.Model):
    """What one text made of one sample, beside what was expected."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="runs")
    revision = models.ForeignKey(SpecRevision, null=True, on_delete=models.PROTECT, related_name="sample_runs")
    text_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=32)
    outcome = OrderedJSONField()
    """{"fields": {name: {"outcome", "status", "confidence", "wanted"}}, "cells": {"right", "total"}, "misses": [path]}, as
    the evidence says: no confidence is calibrated. Beside those of a field stands what a calibration asks for, by
    `recalibrating.grounds_of`."""
    passed = models.BooleanField()
    ran_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "sample_runs"
        ordering = ("sample", "-ran_at")
        constraints = (
            models.UniqueConstraint(fields=["sample", "text_sha256", "engine_version"], name="sample_runs_once"),
        )

    def __str__(self) -> str:
        return f"{self.sample_id} {self.text_sha256[:12]}"


class MatrixState(models.TextChoices):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class MatrixRun(models.Model):
    """A text over every sample of its docType, in the background."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    spec = models.ForeignKey(MappingSpec, on_delete=models.CASCADE, related_name="matrix_runs")
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    libraries = models.JSONField(default=dict, blank=True)
    """{name: number} of those the text is read with, as a revision pins them."""
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=MatrixState.choices, default=MatrixState.QUEUED)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "matrix_runs"
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.spec} {self.done} of {self.total}"


class Bundle(Immutable):
    """The packed live specs, named by the SHA-256 of their canonical JSON; the bytes are in S3."""

    id = models.CharField(max_length=64, primary_key=True)
    revisions = models.JSONField()
    """{doc_type: revision number}"""
    engine_version = models.CharField(max_length=32)
    size_bytes = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "bundles"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.id[:12]

    @property
    def object_key(self) -> str:
        return f"bundles/{self.id}.json.gz"


class CurrentBundle(models.Model):
    """One row, whose lock orders publications."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    bundle = models.ForeignKey(Bundle, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "current_bundle"
        verbose_name_plural = "current bundle"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="current_bundle_one_row"),)

    def __str__(self) -> str:
        return str(self.bundle_id or "none")[:12]


class PublicationKind(models.TextChoices):
    PUBLISH = "PUBLISH", "published"
    ROLLBACK = "ROLLBACK", "rolled back"


class Publication(Immutable):
    """The audit line: who made which revision live, when, in which bundle, why, and what they knew of it."""

    revision = models.ForeignKey(SpecRevision, on_delete=models.PROTECT, related_name="publications")
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="publications")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    """Null: a command on the server."""
    command = models.CharField(max_length=64, blank=True)
    """The management command, where nobody published by hand."""
    reason = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=16, choices=PublicationKind.choices, default=PublicationKind.PUBLISH)
    from_revision = models.ForeignKey(SpecRevision, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """What was live before."""
    breaks = models.JSONField(default=list, blank=True)
    """The changes that break a client, as they were confirmed: [{path, message, breaks}]."""
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who asked, where a second person approved: then `published_by` is the approver."""
    samples_total = models.PositiveIntegerField(default=0)
    samples_passed = models.PositiveIntegerField(default=0)
    calibration = models.JSONField(null=True, blank=True)
    """What it went live with: {"samples", "values", "points"}; null: there were too few samples to learn one from."""

    class Meta:
        db_table = "publications"
        ordering = ("-published_at", "-id")

    def __str__(self) -> str:
        return f"{self.revision} at {date_format(self.published_at, 'DATETIME_FORMAT')}"

    @property
    def actor(self) -> str:
        """A user's name, or `command load_specs`."""
        return self.published_by.get_username() if self.published_by else f"command {self.command}".strip()


class RequestState(models.TextChoices):
    WAITING = "WAITING", "waiting"
    APPROVED = "APPROVED", "approved"
    REFUSED = "REFUSED", "refused"
    WITHDRAWN = "WITHDRAWN", "withdrawn"


class PublicationRequest(models.Model):
    """A publication that waits for a second person. What is confirmed in it holds only against `against`."""

    revision = models.ForeignKey(SpecRevision, on_delete=models.PROTECT, related_name="requests")
    spec = models.ForeignKey(MappingSpec, on_delete=models.PROTECT, related_name="requests")
    against = models.ForeignKey(SpecRevision, null=True, on_delete=models.PROTECT, related_name="+")
    """What was live when it was asked for."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)
    breaks_confirmed = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=RequestState.choices, default=RequestState.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "publication_requests"
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["spec"], condition=models.Q(state=RequestState.WAITING), name="publication_request_one_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision}, {self.get_state_display()}"


class StagedImport(models.Model):
    """Texts that an upload would save, between the page that shows them and the click that saves them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    texts = models.JSONField()
    """[{doc_type, or library: its name; text; base: the newest revision's number when it was read}]"""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "staged_imports"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.file_name} of {self.user}"

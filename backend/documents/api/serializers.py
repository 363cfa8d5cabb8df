"""The brief's JSON names, and ours beside them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.documents.models import ExtractionJob, ExtractionResult, JobState
from backend.documents.selectors import PROGRESS_PERCENT

IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._:-]*\Z"


class UploadRequest(serializers.Serializer):
    filename = serializers.CharField(max_length=1000, trim_whitespace=False)
    mimeType = serializers.CharField(max_length=100)
    sizeBytes = serializers.IntegerField(max_value=2**53)
    docType = serializers.RegexField(r"^[a-z][a-z0-9_]{1,63}\Z")
    agentId = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z", required=False)
    quoteId = serializers.RegexField(IDENTIFIER, max_length=64, required=False)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False, help_text="in hex; then S3 refuses other bytes")


class PresignResponse(serializers.Serializer):
    uploadUrl = serializers.URLField()
    objectKey = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField(), help_text="send exactly these with the PUT")
    expiresInSec = serializers.IntegerField()


class SubmitExtraction(serializers.Serializer):
    objectKey = serializers.CharField(max_length=512)
    docType = serializers.RegexField(r"^[a-z][a-z0-9_]{1,63}\Z")
    correlationId = serializers.RegexField(IDENTIFIER, max_length=128, required=False, allow_null=True)


class JobError(serializers.Serializer):
    code = serializers.ChoiceField(choices=["VALIDATION", "LIMIT", "TEMPORARY", "AUTH"])
    reason = serializers.CharField()
    message = serializers.CharField()


class JobStatus(serializers.Serializer):
    jobId = serializers.UUIDField()
    state = serializers.ChoiceField(choices=JobState.choices)
    progress = serializers.IntegerField(help_text="percent, coarse: by state")
    attempt = serializers.IntegerField()
    error = JobError(required=False)


class ResultWarning(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(required=False)


class Result(serializers.Serializer):
    jobId = serializers.UUIDField()
    objectKey = serializers.CharField()
    docType = serializers.CharField()
    fields = serializers.DictField(help_text="string or number; what was not found is left out")  # type: ignore[assignment]
    rawJsonUrl = serializers.URLField(help_text="short-lived")
    confidenceScores = serializers.DictField(child=serializers.FloatField(allow_null=True), help_text="percent")
    fieldStatus = serializers.DictField(help_text="ok, check, missing or retake")
    tables = serializers.DictField(child=serializers.ListField(child=serializers.DictField()))
    warnings = ResultWarning(many=True)
    evidence = serializers.DictField()
    needsReview = serializers.BooleanField()
    attempt = serializers.IntegerField()
    pageCount = serializers.IntegerField()
    bundleId = serializers.CharField()
    specRevision = serializers.IntegerField()
    engineVersion = serializers.CharField()
    completedAt = serializers.DateTimeField()


class TypeField(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    title = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField(), required=False)


class TypeColumn(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()


class TypeTable(serializers.Serializer):
    name = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    columns = TypeColumn(many=True)


class DocType(serializers.Serializer):
    docType = serializers.CharField()
    title = serializers.CharField()
    specRevision = serializers.IntegerField()
    fields = TypeField(many=True)  # type: ignore[assignment]
    tables = TypeTable(many=True)


class DocTypes(serializers.Serializer):
    bundleId = serializers.CharField(allow_null=True)
    types = DocType(many=True)


class CallbackAnswer(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=["stored", "known", "stale"])


def status_json(job: ExtractionJob) -> dict[str, Any]:
    status = {
        "jobId": str(job.id),
        "state": job.state,
        "progress": PROGRESS_PERCENT[JobState(job.state)],
        "attempt": job.attempts,
    }
    if job.last_error:
        status["error"] = {name: job.last_error.get(name) for name in ("code", "reason", "message")}
    return status


def result_json(result: ExtractionResult, raw_json_url: str) -> dict[str, Any]:
    job = result.job
    return {
        "jobId": str(job.id),
        "objectKey": job.object_key,
        "docType": job.doc_type,
        "fields": result.in_order(result.fields),
        "rawJsonUrl": raw_json_url,
        "confidenceScores": result.in_order(result.confidence),
        "fieldStatus": result.field_status,
        "tables": result.tables,
        "warnings": result.warnings,
        "evidence": result.in_order(result.evidence),
        "needsReview": result.needs_review,
        "attempt": result.attempt,
        "pageCount": result.page_count,
        "bundleId": result.bundle_id,
        "specRevision": result.spec_revision,
        "engineVersion": result.engine_version,
        "completedAt": job.completed_at,
    }

"""Textract's operations: parameters checked, limits kept, answers and jobs as Textract gives them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.textract.analysis import analyze, kind_of
from infra.local.textract.errors import (
    BadDocument,
    DocumentTooLarge,
    IdempotentParameterMismatch,
    InvalidJobId,
    InvalidParameter,
    InvalidS3Object,
    TextractError,
    UnsupportedDocument,
)
from infra.local.textract.recordings import Recordings

log = logging.getLogger("textract")

SYNC_S3_BYTES = 10 * 1024 * 1024
SYNC_INLINE_BYTES = 5 * 1024 * 1024
ASYNC_BYTES = 500 * 1024 * 1024
ASYNC_PAGES = 3_000
BLOCKS_A_PAGE = 1_000
QUERY_TEXT = re.compile(r"[\t\n\x0b\f\r -~]{1,200}")
NAMES = {"ClientRequestToken": re.compile(r"[a-zA-Z0-9-_]{1,64}"), "JobTag": re.compile(r"[a-zA-Z0-9_.\-:]{1,64}")}
"""As the service's own model has them."""
SYNC_QUERIES, ASYNC_QUERIES = 15, 30
FEATURES = {"FORMS", "TABLES", "QUERIES", "LAYOUT", "SIGNATURES"}

Json = dict[str, Any]


@dataclass
class Job:
    id: str
    api: str
    """As the completion message names it: StartDocumentAnalysis …"""
    request: Json
    status: str = "IN_PROGRESS"
    message: str | None = None
    answer: Json = field(default_factory=dict)


class Textract:
    """All operations over one set of recordings and jobs; safe for several threads."""

    def __init__(self, recordings: Recordings) -> None:
        self.recordings = recordings
        self.jobs: dict[str, Job] = {}
        self.tokens: dict[str, tuple[str, str]] = {}
        """Client token → the hash of its parameters, and the job."""
        self.lock = threading.Lock()

    def call(self, operation: str, request: Json) -> Json:
        """The operation's answer. TextractError as Textract's."""
        handler: Callable[[Json], Json] | None = self.operations.get(operation)
        if handler is None:
            raise InvalidParameter(f"There is no operation {operation}.")
        return handler(request)

    @property
    def operations(self) -> dict[str, Callable[[Json], Json]]:
        return {
            "AnalyzeDocument": self.analyze_document,
            "DetectDocumentText": self.detect_document_text,
            "AnalyzeExpense": lambda request: self.recorded_only("AnalyzeExpense", _one(request, "Document")),
            "AnalyzeID": lambda request: self.recorded_only("AnalyzeID", _pages(request)),
            "StartDocumentAnalysis": lambda request: self.start("StartDocumentAnalysis", request),
            "StartDocumentTextDetection": lambda request: self.start("StartDocumentTextDetection", request),
            "StartExpenseAnalysis": lambda request: self.start("StartExpenseAnalysis", request),
            "GetDocumentAnalysis": lambda request: self.get("StartDocumentAnalysis", request),
            "GetDocumentTextDetection": lambda request: self.get("StartDocumentTextDetection", request),
            "GetExpenseAnalysis": lambda request: self.get("StartExpenseAnalysis", request),
        }

    # --- synchronous -------------------------------------------------------------------------------------------------

    def analyze_document(self, request: Json) -> Json:
        features = _features(request)
        queries = _queries(request, features, SYNC_QUERIES)
        return self._read_once(_one(request, "Document"), features, queries)

    def detect_document_text(self, request: Json) -> Json:
        return self._read_once(_one(request, "Document"), [], [])

    def _read_once(self, document: bytes, features: list[str], queries: list[Json]) -> Json:
        recorded = self._recorded(document, "AnalyzeDocument")
        if recorded is not None:
            return recorded[0] if isinstance(recorded, list) else recorded
        if kind_of(document).pages != 1:
            raise UnsupportedDocument("Request has unsupported document format")
        return analyze(document, features=features, queries=queries)

    def recorded_only(self, api: str, document: bytes) -> Json:
        recorded = self._recorded(document, api)
        if recorded is None:
            raise UnsupportedDocument(f"{api} answers from recordings only, and has none of this document.")
        answer: Json = recorded
        return answer

    def _recorded(self, document: bytes, api: str) -> Any:
        found = self.recordings.find(document, api)
        if found is not None:
            log.info("answered", extra={"read_by": "recording"})
        return found

    # --- asynchronous ------------------------------------------------------------------------------------------------

    def start(self, api: str, request: Json) -> Json:
        location = request.get("DocumentLocation")
        if not isinstance(location, dict) or "S3Object" not in location:
            raise InvalidParameter("DocumentLocation is missing.")
        if api == "StartDocumentAnalysis":
            _queries(request, _features(request), ASYNC_QUERIES)
        for name, pattern in NAMES.items():
            if name in request and not pattern.fullmatch(str(request[name])):
                raise InvalidParameter(f"{name} does not match {pattern.pattern}.")
        if _s3_size(location["S3Object"]) > ASYNC_BYTES:
            raise DocumentTooLarge("The document is larger than 500 MB.")
        with self.lock:
            job, is_new = self._job(api, request)
        if is_new:
            threading.Thread(target=self._work, args=(job,), daemon=True).start()
        return {"JobId": job.id}

    def _job(self, api: str, request: Json) -> tuple[Job, bool]:
        """The job of the client token, failed ones too; else a new one."""
        parameters = {name: value for name, value in request.items() if name != "ClientRequestToken"}
        digest = hashlib.sha256(json.dumps([api, parameters], sort_keys=True).encode()).hexdigest()
        token = request.get("ClientRequestToken")
        if token in self.tokens:
            before, job_id = self.tokens[token]
            if before != digest:
                raise IdempotentParameterMismatch("The token was used with other parameters.")
            return self.jobs[job_id], False
        job = Job(uuid.uuid4().hex, api, request)
        self.jobs[job.id] = job
        if token:
            self.tokens[token] = (digest, job.id)
        return job, True

    def _work(self, job: Job) -> None:
        try:
            job.answer = self._read(job)
            job.status = "SUCCEEDED"
        except TextractError as error:
            job.status, job.message = "FAILED", error.name
        except Exception:
            log.exception("failed", extra={"job": job.id})
            job.status, job.message = "FAILED", "InternalServerError"
        _notify(job)

    def _read(self, job: Job) -> Json:
        document = _s3_object(job.request["DocumentLocation"]["S3Object"])
        if job.api == "StartExpenseAnalysis":
            return self.recorded_only("AnalyzeExpense", document)
        recorded = self._recorded(document, "AnalyzeDocument")
        if recorded is not None:
            parts = recorded if isinstance(recorded, list) else [recorded]
            return {**parts[0], "Blocks": [block for part in parts for block in part["Blocks"]]}
        if kind_of(document).pages > ASYNC_PAGES:
            raise BadDocument("The document has more than 3,000 pages.")
        features = _features(job.request) if job.api == "StartDocumentAnalysis" else []
        return analyze(document, features=features, queries=_queries(job.request, features, ASYNC_QUERIES))

    def get(self, api: str, request: Json) -> Json:
        job = self.jobs.get(str(request.get("JobId")))
        if job is None or job.api != api:
            raise InvalidJobId("There is no such job.")
        if job.status != "SUCCEEDED":
            return {"JobStatus": job.status, **({"StatusMessage": job.message} if job.message else {})}
        return _part(job, request)


def _part(job: Job, request: Json) -> Json:
    """At most 1,000 blocks, however many are asked for; NextToken names the rest."""
    most = request.get("MaxResults") or BLOCKS_A_PAGE
    if most < 1:
        raise InvalidParameter("MaxResults is at least 1.")
    most = min(most, BLOCKS_A_PAGE)
    name = "ExpenseDocuments" if job.api == "StartExpenseAnalysis" else "Blocks"
    items = job.answer[name]
    try:
        start = int(request.get("NextToken") or 0)
    except ValueError:
        raise InvalidParameter("NextToken is not one.") from None
    part = {key: value for key, value in job.answer.items() if key not in (name, "ResponseMetadata")}
    part |= {"JobStatus": "SUCCEEDED", name: items[start : start + most]}
    if start + most < len(items):
        part["NextToken"] = str(start + most)
    return part


def _notify(job: Job) -> None:
    """The completion message: these names and nothing else."""
    channel = job.request.get("NotificationChannel")
    if not channel:
        return
    import boto3

    place = job.request["DocumentLocation"]["S3Object"]
    message = {
        "JobId": job.id,
        "Status": job.status,
        "API": job.api,
        **({"JobTag": job.request["JobTag"]} if job.request.get("JobTag") else {}),
        "Timestamp": int(time.time() * 1000),
        "DocumentLocation": {"S3ObjectName": place["Name"], "S3Bucket": place["Bucket"]},
    }
    boto3.client("sns").publish(TopicArn=channel["SNSTopicArn"], Message=json.dumps(message))
    log.info("notified", extra={"job": job.id, "status": job.status})


# --- requests --------------------------------------------------------------------------------------------------------


def _features(request: Json) -> list[str]:
    features = request.get("FeatureTypes")
    if not isinstance(features, list) or not features or not set(features) <= FEATURES:
        raise InvalidParameter("FeatureTypes names none, or unknown ones.")
    return features


def _queries(request: Json, features: list[str], most: int) -> list[Json]:
    queries = (request.get("QueriesConfig") or {}).get("Queries") or []
    if ("QUERIES" in features) != bool(queries):
        raise InvalidParameter("QUERIES and QueriesConfig go together.")
    if len(queries) > most:
        raise InvalidParameter(f"At most {most} queries.")
    if not all(QUERY_TEXT.fullmatch(str(query.get("Text"))) for query in queries):
        raise InvalidParameter("A query has 1 to 200 characters of ASCII.")
    return list(queries)


def _one(request: Json, name: str) -> bytes:
    document = request.get(name)
    if not isinstance(document, dict):
        raise InvalidParameter(f"{name} is missing.")
    if "Bytes" in document:
        return _limited(_decoded(document["Bytes"]), SYNC_INLINE_BYTES)
    if "S3Object" in document:
        return _limited(_s3_object(document["S3Object"]), SYNC_S3_BYTES)
    raise InvalidParameter(f"{name} has neither Bytes nor S3Object.")


def _pages(request: Json) -> bytes:
    pages = request.get("DocumentPages")
    if not isinstance(pages, list) or not 1 <= len(pages) <= 2:
        raise InvalidParameter("DocumentPages has one or two.")
    return _one({"Document": pages[0]}, "Document")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise InvalidParameter("Bytes is not base64.") from None


def _limited(document: bytes, most: int) -> bytes:
    if len(document) > most:
        raise DocumentTooLarge(f"The document is larger than {most // 1024 // 1024} MB.")
    if not document:
        raise InvalidParameter("The document is empty.")
    return document


def _s3_object(place: Json) -> bytes:
    body: bytes = _s3("get_object", place)["Body"].read()
    return body


def _s3_size(place: Json) -> int:
    return int(_s3("head_object", place)["ContentLength"])


def _s3(operation: str, place: Json) -> Any:
    import boto3
    from botocore.exceptions import ClientError

    wanted = {"Bucket": place.get("Bucket"), "Key": place.get("Name")}
    if place.get("Version"):
        wanted["VersionId"] = place["Version"]
    try:
        return getattr(boto3.client("s3"), operation)(**wanted)
    except ClientError as error:
        raise InvalidS3Object(
            "Unable to get object metadata from S3. Check object key, region and/or access."
        ) from error

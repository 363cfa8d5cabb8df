"""Textract, asked as the spec needs: which API, which features, synchronous or not."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.contracts import JobMessage
from lambdas.environment import client, settings
from lambdas.failures import Permanent, Retryable
from lambdas.logs import metrics

SYNC_MAX_BYTES = 10 * 1024 * 1024
SYNC_MAX_QUERIES = 15
SAMPLE_FEATURES = ["FORMS", "TABLES", "LAYOUT", "SIGNATURES"]
"""Every feature a draft may want, so that a sample is paid once."""

SYNC = {
    "AnalyzeDocument": "analyze_document",
    "DetectDocumentText": "detect_document_text",
    "AnalyzeExpense": "analyze_expense",
    "AnalyzeID": "analyze_id",
}
START = {
    "AnalyzeDocument": "start_document_analysis",
    "DetectDocumentText": "start_document_text_detection",
    "AnalyzeExpense": "start_expense_analysis",
}
GET = {
    "StartDocumentAnalysis": "get_document_analysis",
    "StartDocumentTextDetection": "get_document_text_detection",
    "StartExpenseAnalysis": "get_expense_analysis",
}
THROTTLED = {
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "LimitExceededException",
    "TooManyRequestsException",
}
PERMANENT = {
    "UnsupportedDocumentException": (
        "VALIDATION",
        "DOCUMENT_UNSUPPORTED",
        "This kind of document cannot be read. Send a PDF, or a JPEG or PNG photograph.",
    ),
    "BadDocumentException": (
        "VALIDATION",
        "CORRUPT_DOCUMENT",
        "The document is damaged and cannot be opened. Send it again.",
    ),
    "DocumentTooLargeException": ("LIMIT", "FILE_TOO_LARGE", "The document is too large. Send it in parts."),
}


def request_of(textract: dict[str, Any] | None) -> dict[str, Any]:
    """What will be asked: the spec's request; of a sample every feature."""
    if textract is None:
        return {"api": "AnalyzeDocument", "features": SAMPLE_FEATURES, "queries": {}}
    features = textract["features"] or settings().default_features
    return {**textract, "features": features if textract["api"] == "AnalyzeDocument" else []}


def is_synchronous(job: JobMessage, request: dict[str, Any], pages: int) -> bool:
    if pages == 1 and job.sizeBytes <= SYNC_MAX_BYTES and len(request["queries"]) <= SYNC_MAX_QUERIES:
        return True
    if request["api"] == "AnalyzeID":
        message = "Identity documents are read one page at a time. Send each side by itself."
        raise Permanent("LIMIT", "TOO_MANY_PAGES", message)
    return False


def ask(job: JobMessage, request: dict[str, Any]) -> dict[str, Any]:
    """The synchronous answer."""
    place = {"S3Object": _place(job)}
    document = {"DocumentPages": [place]} if request["api"] == "AnalyzeID" else {"Document": place}
    return _call(SYNC[request["api"]], **document, **_options(request))


def start(job: JobMessage, request: dict[str, Any]) -> str:
    """Begin the asynchronous analysis; Textract's job id. The same attempt begins it once, however often it is called."""
    answer = _call(
        START[request["api"]],
        DocumentLocation={"S3Object": _place(job)},
        ClientRequestToken=f"{job.jobId}-{job.attempt}",
        JobTag=job.jobId,
        NotificationChannel={"SNSTopicArn": settings().completion_topic_arn, "RoleArn": settings().textract_role_arn},
        **_options(request),
    )
    return str(answer["JobId"])


def parts(textract_job_id: str, api: str) -> list[dict[str, Any]]:
    """Every part of an asynchronous answer, none lost."""
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        part = _call(GET[api], JobId=textract_job_id, **token)
        found.append(part)
        if not part.get("NextToken"):
            return found
        token = {"NextToken": part["NextToken"]}


def _place(job: JobMessage) -> dict[str, str]:
    return {"Bucket": settings().bucket, "Name": job.objectKey, "Version": job.objectVersionId}


def _options(request: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if request["api"] == "AnalyzeDocument":
        options["FeatureTypes"] = request["features"]
        if request["queries"]:
            asked = [{"Text": text, "Alias": alias} for alias, text in request["queries"].items()]
            options["QueriesConfig"] = {"Queries": asked}
    return options


def _call(operation: str, **arguments: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = getattr(client("textract"), operation)(**arguments)
    except ClientError as error:
        raise _failure(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise Retryable("TEXTRACT_UNAVAILABLE") from error
    answer.pop("ResponseMetadata", None)
    return answer


def _failure(code: str) -> Permanent | Retryable:
    if code in PERMANENT:
        return Permanent(*PERMANENT[code])  # type: ignore[arg-type]
    if code in THROTTLED:
        metrics.add_metric(name="TextractThrottled", unit="Count", value=1)
        return Retryable("TEXTRACT_THROTTLED")
    return Retryable("TEXTRACT_UNAVAILABLE")

"""A finished asynchronous analysis: SNS's message in SQS's; all parts are joined and the job finished."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lambdas import asking, store, tail
from lambdas.contracts import ContractError, JobMessage
from lambdas.failures import Permanent, Retryable
from lambdas.logs import logger, metrics
from lambdas.records import guarded, handle_batch, receives

UNREADABLE = "The document could not be read. Send it again, or a clearer copy of it."


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    return handle_batch(event, context, _handle)


def _handle(record: SQSRecord) -> None:
    completion = _completion(record.body)
    logger.append_keys(job_id=completion["JobTag"], textract_job_id=completion["JobId"])
    waiting = store.waiting(completion["JobTag"])
    if waiting is None:
        raise Retryable("JOB_NOT_KEPT")
    job = JobMessage.from_json(json.dumps(waiting["job"]))
    logger.append_keys(attempt=job.attempt, doc_type=job.docType, correlation_id=job.correlationId)
    logger.info("completed", status=completion["Status"], receives=receives(record))
    if waiting.get("textractJobId") not in (None, completion["JobId"]):
        # An earlier attempt's, come late: its answer is to what an earlier spec asked.
        logger.info("superseded by a newer attempt")
        return
    guarded(record, job, lambda: complete(job, waiting, completion))


def complete(job: JobMessage, waiting: dict[str, Any], completion: dict[str, Any]) -> None:
    envelope = store.answer_of(job.jobId, attempt=job.attempt)
    if envelope is None:
        parts = asking.parts(completion["JobId"], completion["API"])
        if parts[0].get("JobStatus") == "FAILED":
            logger.warning("textract failed", reason=parts[0].get("StatusMessage"))
            raise Permanent("VALIDATION", "DOCUMENT_UNREADABLE", UNREADABLE)
        logger.info("asynchronous analysis done", parts=len(parts))
        envelope = store.put_answer(job, waiting["textract"], parts)
    tail.finish(job, envelope, sent_at_ms=waiting["sentAtMs"])


def _completion(body: str) -> dict[str, Any]:
    """Textract's message out of SNS's out of SQS's."""
    try:
        completion: dict[str, Any] = json.loads(json.loads(body)["Message"])
    except (ValueError, KeyError, TypeError):
        raise ContractError("Message", "Textract's completion") from None
    for name in ("JobId", "Status", "API", "JobTag"):
        if not isinstance(completion.get(name), str):
            raise ContractError(name, "a text")
    if completion["API"] not in asking.GET:
        raise ContractError("API", " | ".join(asking.GET))
    return completion

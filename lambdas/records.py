"""One SQS record at a time: what is retried comes again after a growing pause, the agent hears of what is not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import BotoCoreError, ClientError

from lambdas import tail
from lambdas.contracts import ContractError, JobMessage
from lambdas.environment import client, settings
from lambdas.failures import Permanent, Retryable
from lambdas.logs import logger, where

BASE_SECONDS, MAX_SECONDS = 5, 900
GAVE_UP = "The document could not be processed for the moment. Try again later."


def handle_batch(event: dict[str, Any], context: Any, handle: Callable[[SQSRecord], None]) -> Any:
    """Lambda's answer: the ids of the records that failed."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def logged(record: SQSRecord) -> None:
        try:
            handle(record)
        except Exception as error:
            logger.warning("record failed", message_id=record.message_id, error=where(error))
            raise

    return process_partial_response(event=event, record_handler=logged, processor=processor, context=context)


def guarded(record: SQSRecord, job: JobMessage, work: Callable[[], None]) -> None:
    """Do the job's work; tell the agent of a permanent failure; otherwise the record comes again, or dead-letters."""
    try:
        try:
            work()
        except Permanent as failure:
            tail.failed(job, failure)
    except Retryable as failure:
        _again(record, job, failure.reason)
        raise
    except ContractError:
        raise
    except Exception as error:
        # A fault of ours: another try may meet another container, and the dead-letter queue keeps it for us.
        logger.error("unexpected", error=where(error))
        _again(record, job, "INTERNAL")
        raise


def _again(record: SQSRecord, job: JobMessage, reason: str) -> None:
    if receives(record) < settings().max_receive_count:
        seconds = backoff_seconds(record.message_id, receives(record))
        logger.warning("will be tried again", reason=reason, receives=receives(record), pause_seconds=seconds)
        _hide(record, seconds)
        return
    try:
        tail.failed(job, Permanent("TEMPORARY", reason, GAVE_UP))
    except (Retryable, ContractError) as error:
        logger.error("gave up untold", reason=reason, error=where(error))


def receives(record: SQSRecord) -> int:
    return int(record.attributes.approximate_receive_count or 1)


def sent_at_ms(record: SQSRecord) -> int:
    return int(record.attributes.sent_timestamp or 0)


def backoff_seconds(message_id: str, receive: int) -> int:
    """5, 10, 20 … at most 900, half of it spread by the message's own id: reproducible, and not all at once."""
    most = min(MAX_SECONDS, BASE_SECONDS * 2 ** (receive - 1))
    spread = hashlib.sha256(f"{message_id}:{receive}".encode()).digest()[0] / 255
    return max(1, round(most * (0.5 + spread / 2)))


def _hide(record: SQSRecord, seconds: int) -> None:
    try:
        client("sqs").change_message_visibility(
            QueueUrl=settings().queue_url, ReceiptHandle=record.receipt_handle, VisibilityTimeout=seconds
        )
    except (ClientError, BotoCoreError) as error:
        logger.warning("pause not set", error=where(error))  # then the queue's own timeout counts

"""A replay: a stored answer mapped with another bundle. Textract is not asked, and no job changes."""

from __future__ import annotations

import json
from typing import Any

import orjson
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lambdas import store
from lambdas.contracts import ContractError
from lambdas.environment import settings
from lambdas.failures import Permanent
from lambdas.logs import logger, metrics
from lambdas.mapping import mapped
from lambdas.records import handle_batch

NAMES = ("replayId", "jobId", "docType", "bundleId")


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    return handle_batch(event, context, _handle)


def _handle(record: SQSRecord) -> None:
    message = _message(record.body)
    logger.append_keys(job_id=message["jobId"], replay_id=message["replayId"])
    key = f"{settings().prefix}replays/{message['replayId']}/{message['jobId']}.json"
    store.put(key, orjson.dumps({**message, **_outcome(message)}))
    logger.info("replayed")


def _outcome(message: dict[str, str]) -> dict[str, Any]:
    """The result, or why there is none: one document does not stop a replay."""
    envelope = store.answer_of(message["jobId"])
    if envelope is None:
        return {"error": {"code": "VALIDATION", "reason": "ANSWER_MISSING"}}
    try:
        return {"result": mapped(envelope, message["bundleId"], message["docType"])}
    except Permanent as failure:
        return {"error": {"code": failure.code, "reason": failure.reason}}


def _message(body: str) -> dict[str, str]:
    try:
        message = json.loads(body)
        return {name: str(message[name]) for name in NAMES}
    except (ValueError, KeyError, TypeError):
        raise ContractError("message", ", ".join(NAMES)) from None

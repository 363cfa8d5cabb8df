"""Hands SQS batches to a function's real handler, as Lambda's event source mapping would.

    python -m infra.local.poller TextractProcessorFunction

Everything about the function and its queue comes from the environment that LocalStack makes of the template. A message
that the handler does not report as failed is deleted; the others come again when their visibility ends, and after
maxReceiveCount the queue itself moves them to its dead-letter queue.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WAIT_SECONDS = 1
"""SQS's long polling; short, so that a stop is soon."""


@dataclass
class Context:
    """As much of Lambda's context as handlers and Powertools use."""

    function_name: str
    memory_limit_in_mb: int
    deadline: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:eu-west-1:123456789012:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class Poller:
    def __init__(self, handler: Callable[[dict[str, Any], Any], Any], sqs: Any, env: dict[str, str]) -> None:
        self.handler = handler
        self.sqs = sqs
        self.queue_url = env["LOCAL_QUEUE_URL"]
        self.queue_arn = env["LOCAL_QUEUE_ARN"]
        self.batch_size = int(env["LOCAL_BATCH_SIZE"])
        self.timeout_seconds = float(env["LOCAL_FUNCTION_TIMEOUT_SECONDS"])
        self.name = env["LOCAL_FUNCTION_NAME"]
        self.memory_mb = int(env["LOCAL_FUNCTION_MEMORY_MB"])
        self.stopped = False

    def stop(self, *_: Any) -> None:
        """The batch at hand is finished first."""
        self.stopped = True

    def run(self) -> None:
        while not self.stopped:
            try:
                self.poll_once()
            except Exception:
                traceback.print_exc()
                time.sleep(1)

    def poll_once(self) -> int:
        """Receive a batch, hand it over, delete what succeeded; how many messages there were."""
        received = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=min(10, self.batch_size),
            WaitTimeSeconds=WAIT_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if received:
            failed = self._invoke(received)
            done = [message for message in received if message["MessageId"] not in failed]
            for message in done:
                self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return len(received)

    def _invoke(self, messages: list[dict[str, Any]]) -> set[str]:
        """The ids that failed: those reported, or all if the handler raised."""
        event = {"Records": [self._record(message) for message in messages]}
        context = Context(self.name, self.memory_mb, time.monotonic() + self.timeout_seconds)
        try:
            answer = self.handler(event, context)
        except Exception:
            traceback.print_exc()
            return {message["MessageId"] for message in messages}
        return {failure["itemIdentifier"] for failure in (answer or {}).get("batchItemFailures", [])}

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: {_lower(key): value for key, value in attribute.items()}
                for name, attribute in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.queue_arn,
            "awsRegion": os.environ.get("AWS_REGION", "eu-west-1"),
        }


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def loaded(handler: str) -> Callable[[dict[str, Any], Any], Any]:
    """`lambdas.textract_processor.handler.handler` → the function."""
    module, _, name = handler.rpartition(".")
    found: Callable[[dict[str, Any], Any], Any] = getattr(importlib.import_module(module), name)
    return found


def main() -> int:
    if len(sys.argv) != 2 or "LOCAL_FUNCTION_HANDLER" not in os.environ:
        print("usage: python -m infra.local.poller FUNCTION (in the environment LocalStack makes)", file=sys.stderr)
        return 2
    import boto3

    poller = Poller(loaded(os.environ["LOCAL_FUNCTION_HANDLER"]), boto3.client("sqs"), dict(os.environ))
    signal.signal(signal.SIGTERM, poller.stop)
    poller.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())

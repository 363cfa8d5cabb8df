from __future__ import annotations

from django.conf import settings

from backend.aws.clients import client, reporting


def send(body: str) -> None:
    with reporting("sqs"):
        client("sqs").send_message(QueueUrl=settings.SQS_QUEUE_URL, MessageBody=body)

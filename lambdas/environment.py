"""What the functions are told by their environment, and the AWS clients, each made once a container."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from typing import Any

CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS = 3, 60
SDK_ATTEMPTS = 3
"""Of one call; beyond that the message is tried again, with a longer pause."""


@dataclass(frozen=True)
class Settings:
    bucket: str
    prefix: str
    """Before every key but those that messages name; empty, or ends with a slash."""
    kms_key_id: str
    queue_url: str
    api_url: str
    callback_secret_id: str
    max_pages: int
    max_receive_count: int
    completion_topic_arn: str
    textract_role_arn: str
    default_features: list[str]


@cache
def settings() -> Settings:
    env = os.environ
    prefix = env.get("S3_PREFIX", "").strip("/")
    return Settings(
        bucket=env["S3_BUCKET"],
        prefix=f"{prefix}/" if prefix else "",
        kms_key_id=env["KMS_KEY_ID"],
        queue_url=env["SQS_QUEUE_URL"],
        api_url=env.get("DJANGO_API_URL", "").rstrip("/"),
        callback_secret_id=env.get("CALLBACK_SECRET_ID", ""),
        max_pages=int(env.get("MAX_PAGES", "50")),
        max_receive_count=int(env.get("MAX_RECEIVE_COUNT", "8")),
        completion_topic_arn=env.get("COMPLETION_TOPIC_ARN", ""),
        textract_role_arn=env.get("TEXTRACT_ROLE_ARN", ""),
        default_features=json.loads(env.get("TEXTRACT_FEATURES", '["FORMS", "TABLES"]')),
    )


@cache
def client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "total_max_attempts": SDK_ATTEMPTS},
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
    )
    make: Any = boto3.client
    return make(service, config=config)

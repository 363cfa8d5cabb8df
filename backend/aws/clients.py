"""boto3 clients, one of each kind. Endpoints come from boto3's own variables (AWS_ENDPOINT_URL_S3 …)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import boto3
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from backend.errors import Unavailable

log = structlog.get_logger(__name__)

QUICK = {"connect_timeout": 3, "read_timeout": 10, "retries": {"mode": "standard", "max_attempts": 3}}


@lru_cache
def client(service: str) -> Any:
    # Which service is the caller's to say: the stubs know one overload a name.
    made: Any = boto3.client
    return made(service, region_name=settings.AWS_REGION, config=Config(**_options(service)))


def _options(service: str) -> dict[str, Any]:
    if service != "s3":
        return dict(QUICK)
    # The default signature of presigned URLs is still SigV2, which leaves length and encryption headers unsigned.
    # Checksums only where we ask: a presigned URL must not sign one the client has not computed.
    # Virtual addressing, or presigned URLs name the global endpoint, which redirects (an IP address keeps paths).
    return {
        **QUICK,
        "signature_version": "s3v4",
        "s3": {"addressing_style": "virtual"},
        "request_checksum_calculation": "when_required",
    }


@contextmanager
def reporting(service: str) -> Iterator[None]:
    """Any failure of the service that the caller has not settled is temporary for our client."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        log.warning("aws_unavailable", service=service, aws_code=code)
        raise Unavailable(f"{service.upper()}_UNAVAILABLE", "A service we need does not answer. Try again.") from error


def error_status(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])

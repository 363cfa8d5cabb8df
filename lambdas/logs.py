"""Structured logs and metrics. Ids, counts and milliseconds; never a document's values."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from aws_lambda_powertools import Logger, Metrics

SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "docmap")
logger = Logger(service=SERVICE)
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "docmap"), service=SERVICE)


def where(error: BaseException) -> str:
    """The kind of an error and its place in the code: its own message might quote the document."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"

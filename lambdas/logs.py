"""Structured logs and metrics. Ids, counts and milliseconds; never a document's values."""

from __future__ import annotations

import traceback
from pathlib import Path

from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics()


def where(error: BaseException) -> str:
    """The kind of an error and its place in the code: its own message might quote the document."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"

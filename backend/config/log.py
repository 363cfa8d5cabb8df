"""Structured logs: one JSON object a line, ids and reasons only.

A traceback's last line is an exception's text, and that text may quote a document. So an exception is logged as its
type and the places it passed, never its message.
"""

from __future__ import annotations

import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, ExcInfo, Processor


def exception_places(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` with the exception's type and its frames, innermost last."""
    error = _exception(event.pop("exc_info", None))
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        event["exception"] = type(error).__qualname__
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _exception(exc_info: ExcInfo | BaseException | bool | None) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1]
    if exc_info:
        import sys

        return sys.exc_info()[1]
    return None


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def logging_config(*, level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "foreign_pre_chain": [*SHARED, structlog.stdlib.ExtraAdder(allow=[])],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    exception_places,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            # Our own middleware logs each request once, by route; Django's lines carry paths and messages.
            "django.request": {"level": "CRITICAL", "propagate": False},
            "django.server": {"handlers": ["stdout"], "level": "ERROR", "propagate": False},
            "botocore": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }

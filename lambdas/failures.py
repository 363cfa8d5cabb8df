"""What can go wrong with a job. The raiser knows the far side and decides whether trying again can help.

ProcessingFailed
├── Permanent     no retry will help: the agent is told why
└── Retryable     the message comes again; after the last receive the agent is told to try again
    └── Undeliverable   the callback could not be delivered
"""

from __future__ import annotations

from lambdas.contracts import ErrorCode


class ProcessingFailed(Exception):
    """`reason` is for machines. No message holds a document's values."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


class Permanent(ProcessingFailed):
    """`message` is for the insurance agent: what is wrong and what to do."""

    def __init__(self, code: ErrorCode, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.code = code


class Retryable(ProcessingFailed):
    pass


class Undeliverable(Retryable):
    pass

"""What can go wrong, as the client will hear it.

DomainError
├── Invalid           400 VALIDATION
│   ├── NotFound      404 VALIDATION
│   ├── Conflict      409 VALIDATION
│   └── Unsupported   415 VALIDATION
├── Unauthenticated   401 AUTH
│   └── Forbidden     403 AUTH
├── TooLarge          413 LIMIT
└── Unavailable       503 TEMPORARY, with Retry-After

The raiser decides which; `backend.config.exception_handler` words it. Messages are written for clients: they name
what to do and never carry a document's values.
"""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    status = 400
    code = "VALIDATION"
    retry_after_seconds: int | None = None

    def __init__(self, reason: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.details = details


class Invalid(DomainError):
    pass


class NotFound(Invalid):
    status = 404


class Conflict(Invalid):
    status = 409


class Unsupported(Invalid):
    status = 415


class Unauthenticated(DomainError):
    status = 401
    code = "AUTH"


class Forbidden(Unauthenticated):
    status = 403


class TooLarge(DomainError):
    status = 413
    code = "LIMIT"


class Unavailable(DomainError):
    status = 503
    code = "TEMPORARY"
    retry_after_seconds = 5

"""The two messages that cross the wire, and the signature on the second. Pure: no AWS, no HTTP, no clock.

Errors: ContractError (a message that is not one), SignatureError (a callback that cannot be trusted).
The signature is the Standard Webhooks scheme: https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

VERSION = 1
TOLERANCE_SECONDS = 300
MAX_DIGITS = 16
"""Of a timestamp; Python refuses to read very long numbers."""
INLINE_RESULT_MAX_BYTES = 200_000
SECRET_PREFIX = "whsec_"  # noqa: S105 - the scheme's prefix, not a secret

State = Literal["PROCESSING", "DONE", "FAILED"]
ErrorCode = Literal["VALIDATION", "AUTH", "LIMIT", "TEMPORARY"]
STATES = ("PROCESSING", "DONE", "FAILED")


class ContractError(ValueError):
    """The message lacks a key or holds a wrong kind of value; `key` names it, never its value."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: expected {expected}")
        self.key = key


class SignatureError(ValueError):
    """`reason`: `missing`, `stale` or `mismatch`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class JobMessage:
    """What SQS carries from the API to the processor: everything a job needs, so that it asks nobody."""

    jobId: str
    attempt: int
    objectKey: str
    objectVersionId: str
    docType: str
    bundleId: str | None
    """None: a sample, whose raw JSON is wanted without a mapping."""
    callbackUrl: str
    callbackKeyId: str
    correlationId: str | None
    mimeType: str
    sizeBytes: int
    version: int = VERSION

    @classmethod
    def from_json(cls, text: str | bytes) -> JobMessage:
        data = _object(text)
        message = cls(**{name: _typed(data, name, kind) for name, kind in _JOB_KEYS.items()})
        if message.version != VERSION:
            raise ContractError("version", str(VERSION))
        if message.attempt < 1:
            raise ContractError("attempt", "1 or more")
        return message

    def to_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class CallbackError:
    code: ErrorCode
    reason: str
    message: str


@dataclass(frozen=True)
class ResultRef:
    """Where a result too long for a callback lies in the bucket."""

    objectKey: str
    sha256: str
    sizeBytes: int


@dataclass(frozen=True)
class Callback:
    """What the processor tells the API. `result`, `resultRef` and `error` are left out where they are None."""

    jobId: str
    attempt: int
    state: State
    result: dict[str, Any] | None = None
    resultRef: ResultRef | None = None
    error: CallbackError | None = None

    @property
    def webhook_id(self) -> str:
        """The same for every delivery of one event, so a redelivery is harmless."""
        return f"{self.jobId}:{self.attempt}:{self.state}"

    @classmethod
    def from_json(cls, text: str | bytes) -> Callback:
        data = _object(text)
        state = _typed(data, "state", str)
        if state not in STATES:
            raise ContractError("state", " | ".join(STATES))
        return cls(
            jobId=_typed(data, "jobId", str),
            attempt=_typed(data, "attempt", int),
            state=state,
            result=_typed(data, "result", dict | None),
            resultRef=_part(ResultRef, data, "resultRef"),
            error=_part(CallbackError, data, "error"),
        )

    def to_json(self) -> bytes:
        body = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


_JOB_KEYS: dict[str, Any] = {
    "version": int,
    "jobId": str,
    "attempt": int,
    "objectKey": str,
    "objectVersionId": str,
    "docType": str,
    "bundleId": str | None,
    "callbackUrl": str,
    "callbackKeyId": str,
    "correlationId": str | None,
    "mimeType": str,
    "sizeBytes": int,
}


def sign(body: bytes, *, webhook_id: str, timestamp: int, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of a signed callback, a signature for every secret in force (current first)."""
    signatures = [_signature(body, webhook_id, str(timestamp), secret) for secret in secrets]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[str],
    *,
    now: float,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> str:
    """The webhook id of a callback that a holder of one of the secrets signed within the tolerance of `now`."""
    lowered = {name.lower(): value for name, value in headers.items()}
    webhook_id, timestamp, given = (lowered.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (webhook_id and given and timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_DIGITS):
        raise SignatureError("missing")
    if abs(now - int(timestamp)) > tolerance_seconds:
        raise SignatureError("stale")
    expected = [_signature(body, webhook_id, timestamp, secret) for secret in secrets]
    if not any(_equal(one, other) for one in given.split() for other in expected):
        raise SignatureError("mismatch")
    return webhook_id


def _equal(one: str, other: str) -> bool:
    # Bytes, because compare_digest refuses a str with other than ASCII, which a forged header may hold.
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _signature(body: bytes, webhook_id: str, timestamp: str, secret: str) -> str:
    signed = b".".join((webhook_id.encode("utf-8", "replace"), timestamp.encode(), body))
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ContractError("secret", "whsec_ and base64") from None


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ContractError("message", "JSON") from None
    if not isinstance(data, dict):
        raise ContractError("message", "a JSON object")
    return data


def _typed(data: dict[str, Any], key: str, kind: Any) -> Any:
    value = data.get(key)
    # A bool is an int to Python, and no count or size to us.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ContractError(key, getattr(kind, "__name__", str(kind)))
    return value


def _part(kind: Any, data: dict[str, Any], key: str) -> Any:
    part = _typed(data, key, dict | None)
    if part is None:
        return None
    return kind(**{field.name: _typed(part, field.name, _PART_KINDS[str(field.type)]) for field in fields(kind)})


_PART_KINDS: dict[str, Any] = {"str": str, "int": int, "ErrorCode": str}

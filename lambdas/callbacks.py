"""The signed callback to the API: PUT, the Standard Webhooks headers, one connection kept for the container's life."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.contracts import Callback, ContractError, sign
from lambdas.environment import client, settings
from lambdas.failures import Undeliverable
from lambdas.logs import logger

SECRETS_CACHE_SECONDS = 300
CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS = 3, 20


class _Secrets:
    """The signing keys, current first; read again after five minutes, or when one is wanted that is not known."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, str]] = []
        self.read_at = 0.0

    def signing(self, key_id: str | None = None, *, again: bool = False) -> list[str]:
        stale = time.monotonic() - self.read_at > SECRETS_CACHE_SECONDS
        unknown = key_id is not None and key_id not in {known for known, _ in self.keys}
        if again or not self.keys or stale or unknown:
            self.keys, self.read_at = _read_keys(), time.monotonic()
        return [secret for _, secret in self.keys]


def _read_keys() -> list[tuple[str, str]]:
    try:
        answer = client("secretsmanager").get_secret_value(SecretId=settings().callback_secret_id)
        return [(key["id"], key["secret"]) for key in json.loads(answer["SecretString"])["keys"]]
    except (ClientError, BotoCoreError, ValueError, KeyError, TypeError) as error:
        raise Undeliverable("SECRET_UNAVAILABLE") from error


_secrets = _Secrets()


@cache
def _http() -> Any:
    import urllib3

    timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS)
    return urllib3.PoolManager(timeout=timeout, retries=False)


def send(callback: Callback, *, url: str, key_id: str | None = None) -> bool:
    """Whether the API took it; False, and logged, for an answer that no retry would change.

    Undeliverable where trying again can help.
    """
    if not url.startswith(f"{settings().api_url}/"):
        raise ContractError("callbackUrl", "an address under DJANGO_API_URL")
    status = _put(callback, url, _secrets.signing(key_id))
    if status == 401:
        # The key may have been rotated since it was read.
        status = _put(callback, url, _secrets.signing(again=True))
    if 200 <= status < 300:
        logger.info("callback", state=callback.state, attempt=callback.attempt)
        return True
    if status in (400, 404, 409, 413):
        logger.error("callback refused", state=callback.state, attempt=callback.attempt, status=status)
        return False
    raise Undeliverable("CALLBACK_FAILED")


def _put(callback: Callback, url: str, secrets: list[str]) -> int:
    import urllib3

    body = callback.to_json()
    headers = sign(body, webhook_id=callback.webhook_id, timestamp=int(time.time()), secrets=secrets)
    try:
        answer = _http().request("PUT", url, body=body, headers={**headers, "Content-Type": "application/json"})
    except urllib3.exceptions.HTTPError as error:
        raise Undeliverable("CALLBACK_FAILED") from error
    return int(answer.status)

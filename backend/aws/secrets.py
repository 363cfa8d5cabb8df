"""Secrets Manager's signing keys: `{"keys": [{"id", "secret"}, …]}`, the first one current."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings

from backend.aws.clients import client, reporting
from backend.errors import Unavailable


@dataclass(frozen=True, slots=True)
class SigningKey:
    id: str
    secret: str

    def __repr__(self) -> str:
        return f"SigningKey({self.id!r})"


_cache: dict[str, tuple[float, list[SigningKey]]] = {}


def signing_keys(*, now: float) -> list[SigningKey]:
    """At least one key. Kept in this process for CALLBACK_KEYS_CACHE_SECONDS, so a rotation reaches us soon."""
    name = settings.CALLBACK_SECRET_ID
    fetched_at, keys = _cache.get(name, (float("-inf"), []))
    if now - fetched_at >= settings.CALLBACK_KEYS_CACHE_SECONDS:
        keys = _fetch(name)
        _cache[name] = (now, keys)
    return keys


def forget() -> None:
    _cache.clear()


def _fetch(name: str) -> list[SigningKey]:
    with reporting("secretsmanager"):
        text = client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    try:
        keys = [SigningKey(str(key["id"]), str(key["secret"])) for key in json.loads(text)["keys"]]
    except (ValueError, KeyError, TypeError):
        keys = []
    if not keys:
        # The chained exception would quote the secret.
        raise Unavailable("SECRET_MALFORMED", "A service we need is not set up. Try again.") from None
    return keys

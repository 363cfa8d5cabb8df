"""Regular expressions of specs, on RE2: linear time whatever the pattern. Compiled once a pattern."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

MAX_PATTERN_CHARACTERS = 2_000
MAX_TEXT_CHARACTERS = 1_000_000


class PatternError(ValueError):
    """The pattern is not one of RE2's; the message says why."""


@lru_cache(maxsize=4096)
def compiled(pattern: str, *, multiline: bool = False) -> Any:
    """The compiled pattern. PatternError if RE2 does not take it."""
    import re2

    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise PatternError(f"a pattern has at most {MAX_PATTERN_CHARACTERS} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(f"(?m){pattern}" if multiline else pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        raise PatternError(reason.decode() if isinstance(reason, bytes) else str(reason)) from None


def value_of(match: Any) -> str:
    """The group `value`, else the whole match."""
    groups = match.groupdict()
    found = groups["value"] if groups.get("value") is not None else match.group()
    return str(found)

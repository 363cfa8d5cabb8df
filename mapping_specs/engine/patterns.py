"""Regular expressions of specs, on RE2: linear time whatever the pattern. Compiled once a pattern."""

from __future__ import annotations

import re
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


ESCAPE = re.compile(r"\\(?:(?P<number>[1-9]\d?)|g<(?P<name>\w+)>|(?P<literal>[\\nt])|(?P<unknown>.?))", re.S)
LITERALS = {"\\": "\\", "n": "\n", "t": "\t"}


@lru_cache(maxsize=4096)
def template_of(pattern: str, template: str) -> tuple[str | int, ...]:
    """What takes the place of a match: texts and numbers of groups. PatternError if it names a group that isn't there."""
    expression = compiled(pattern)
    if len(template) > MAX_PATTERN_CHARACTERS:
        raise PatternError(f"it has at most {MAX_PATTERN_CHARACTERS} characters")
    parts: list[str | int] = []
    end = 0
    for escape in ESCAPE.finditer(template):
        parts += [template[end : escape.start()], _escaped(escape, expression)]
        end = escape.end()
    return (*parts, template[end:])


def _escaped(escape: re.Match[str], expression: Any) -> str | int:
    if escape["literal"]:
        return LITERALS[escape["literal"]]
    if escape["unknown"] is not None:
        raise PatternError(f"`{escape.group()}` stands for nothing")
    named = escape["name"] or escape["number"]
    group = int(named) if named.isdecimal() else expression.groupindex.get(named)
    if group is None or group > expression.groups:
        raise PatternError(f"the expression has no group {named}")
    return int(group)


def replaced(pattern: str, template: str, text: str) -> str:
    """Every match by the template; a group that took no part is empty. OverflowError past MAX_TEXT_CHARACTERS."""
    parts = template_of(pattern, template)
    made, last = 0, None

    def expanded(match: Any) -> str:
        nonlocal made, last
        if match.span() == last:
            return ""  # RE2's binding gives an empty match behind a character twice.
        last = match.span()
        found = "".join(part if isinstance(part, str) else match.group(part) or "" for part in parts)
        made += len(found)
        if made > MAX_TEXT_CHARACTERS:
            raise OverflowError
        return found

    return str(compiled(pattern).sub(expanded, text))

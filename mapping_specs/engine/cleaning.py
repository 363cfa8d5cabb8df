"""Cleaning steps: each is one small function, and all are in one table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.patterns import compiled, replaced, value_of

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Step

MAX_CLEANED_CHARACTERS = 100_000


class CleaningFailed(ValueError):
    """The step cannot be taken on this text: the hit drops out. The message names the step."""


def clean(text: str, steps: list[Step]) -> str:
    """The text after all steps, in order. CleaningFailed where an `extract` or `line` finds nothing."""
    for step in steps:
        text = STEPS[step["step"]](text, step.get("argument"))
        if len(text) > MAX_CLEANED_CHARACTERS:
            raise CleaningFailed(f"{step['step']}: the text grew too long")
    return text


def collapse(text: str, argument: Any) -> str:
    """All white space, line breaks too, as single spaces; none at the ends."""
    return " ".join(text.split())


def digits(text: str, argument: Any) -> str:
    return "".join(character for character in text if character.isdecimal())


def no_spaces(text: str, argument: Any) -> str:
    return "".join(text.split())


def upper(text: str, argument: Any) -> str:
    return text.upper()


def lower(text: str, argument: Any) -> str:
    return text.lower()


WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
ONE_LETTER_PREFIX = re.compile(r"^[^\W\d_]['’](?=[^\W\d_]{2})")


def title(text: str, argument: Any) -> str:
    """Capitals at the start of words: `Murang'a`, `Owner's`, but `O'Hara`."""
    return WORD.sub(lambda match: _capitalized(match.group().lower()), text)


def _capitalized(word: str) -> str:
    prefix = ONE_LETTER_PREFIX.match(word)
    if prefix:
        return prefix.group().upper() + word[prefix.end() :].capitalize()
    return word[:1].upper() + word[1:]


def first_line(text: str, argument: Any) -> str:
    return line(text, 1)


def last_line(text: str, argument: Any) -> str:
    return line(text, -1)


def line(text: str, argument: Any) -> str:
    """The n-th printed line, from 1, negative from the end."""
    lines = [one for one in text.splitlines() if one.strip()]
    position = int(argument)
    if position == 0 or abs(position) > len(lines):
        raise CleaningFailed(f"line: there is no line {position}")
    return lines[position - 1 if position > 0 else position].strip()


def replace(text: str, argument: Any) -> str:
    """`{pattern: replacement, …}`, in order; `\\1` names a group."""
    for pattern, replacement in argument.items():
        try:
            text = replaced(pattern, str(replacement), text)
        except OverflowError:
            raise CleaningFailed("replace: the text grew too long") from None
    return text


def extract(text: str, argument: Any) -> str:
    """The group `value`, else the whole match, of the first match."""
    match = compiled(str(argument)).search(text)
    if match is None:
        raise CleaningFailed("extract: no match")
    return value_of(match)


def remove(text: str, argument: Any) -> str:
    for pattern in argument if isinstance(argument, list) else [argument]:
        text = compiled(str(pattern)).sub("", text)
    return text.strip()


def mapped(text: str, argument: Any) -> str:
    """`{printed: value, …}`, compared as all printed text is; text that is not listed stays."""
    from mapping_specs.engine.matching import normalize

    wanted = normalize(text)
    for printed, value in argument.items():
        if normalize(str(printed)) == wanted:
            return str(value)
    return text


STEPS: dict[str, Callable[[str, Any], str]] = {
    "collapse": collapse,
    "digits": digits,
    "no_spaces": no_spaces,
    "upper": upper,
    "lower": lower,
    "title": title,
    "first_line": first_line,
    "last_line": last_line,
    "line": line,
    "replace": replace,
    "extract": extract,
    "remove": remove,
    "map": mapped,
}
WITH_ARGUMENT = frozenset({"line", "replace", "extract", "remove", "map"})

"""email: one address, however OCR has spaced it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.types.outcome import ConversionFailed, Converted

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Locale

MAX_EMAIL_CHARACTERS = 255
"""One more than an address may have."""
LIKE_DOMAIN = re.compile(r"\.[a-z]{2,6}$")
"""The end of an address, and of none with a word behind it: `.comNairobi`."""
SPACE_IN_EMAIL = re.compile(r"\s+(?=[@.]|[_-]\w)|(?<=[@.])\s+|(?<=\w[_-])\s+(?=\w)")
ENDS_OPEN, BEGINS_OPEN = re.compile(r"(?:[.@]|\w[_-])$"), re.compile(r"[.@]|[_-]\w")
EMAIL = re.compile(
    r"(?!.{255})[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+"
)


def email(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    """The one address among the words, or what they make without the spaces and line breaks that OCR puts into it. Where
    both are addresses, or nothing but the joined words is one, a person should look."""
    words = text.split()
    whole = _address("".join(words))
    alone = [word for number, word in enumerate(map(_address, words)) if word and not _goes_on(words, number)]
    if len(alone) == 1 and text.count("@") == 1 and len(words) > 1:
        is_one = whole is not None and (words[-1] == alone[0] or LIKE_DOMAIN.search(whole) is not None)
        # An address that goes on over a line has no name before it.
        is_wrapped = is_one and "\n" in text.strip() and len(words) == 2 and not words[0][0].isupper()
        return Converted(whole if is_wrapped else alone[0], certain=not is_one)
    joined = _address(SPACE_IN_EMAIL.sub("", text))
    if not joined and not whole:
        raise ConversionFailed("not an e-mail address")
    is_of_boxes = all(len(word) == 1 for word in words)
    return Converted(joined or whole, certain=bool(joined) or is_of_boxes or "\n" in text)


def _goes_on(words: list[str], number: int) -> bool:
    """A mark that no text ends or begins with stands where a space parts the word from its neighbours."""
    before, word, after = words[number - 1] if number else "", words[number], "".join(words[number + 1 : number + 2])
    return bool(ENDS_OPEN.search(before) or BEGINS_OPEN.match(after) or BEGINS_OPEN.match(word)) or (
        bool(after) and ENDS_OPEN.search(word) is not None
    )


def _address(text: str) -> str | None:
    text = text.strip().removeprefix("mailto:").strip("<>,;.")[:MAX_EMAIL_CHARACTERS]
    return text if EMAIL.fullmatch(text) else None

"""One way to match printed text: labels, options, headers, titles, rows, sections, questions, anchors.

Classes, best first. A better class beats a worse one; two hits of one class are two hits.

    0  equal, `#` counted
    1  equal
    2  equal without a leading item number (`12A.`, `c`, `1`) that only one side has
    3  equal without bracketed remarks
    4  equal without both
    5  fuzzy: one edit for every ten characters of the label, at most 3, digits equal
    6  the start of a printed line, in whole words (anchors only)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

EQUAL_WITH_NUMBER_SIGN, EQUAL, NO_ITEM, NO_REMARK, NO_ITEM_NO_REMARK, FUZZY, START = range(7)
CLASS_NAMES = (
    "equal with #",
    "equal",
    "equal without item number",
    "equal without bracketed remark",
    "equal without item number and remark",
    "fuzzy",
    "start of the line",
)
SEPARATOR = "\x1f"
LOWER = bytes(ord(chr(code).lower()) if code < 128 else code for code in range(256))
NOT_ALNUM = bytes(code for code in range(256) if code >= 128 or not chr(code).isalnum())
NOT_ALNUM_OR_SEPARATOR = bytes(code for code in NOT_ALNUM if chr(code) != SEPARATOR)
MAX_EDITS = 3
MAX_TEXT_CHARACTERS = 2_000
ITEM = re.compile(r"\s*\(?(\d{1,3}[A-Za-z]?|[A-Za-z])(?:[.):]+\s*|\s+)(?=\S)")
REMARK = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
"""In brackets, of which one may be misread."""


def is_remark(text: str) -> bool:
    """Nothing but a remark in brackets: that belongs to a label."""
    return not REMARK.sub("", text).strip(" :.")


def is_item_number(text: str) -> bool:
    """Nothing else is printed there: `100`, `12A.`; before a label it would be ignored."""
    item = ITEM.match(f"{text} .")
    return item is not None and item.end() > len(text)


def normalize(text: str) -> str:
    """Letters and digits only, without case, accents, punctuation or spacing."""
    if text.isascii():
        return text.encode("ascii").translate(LOWER, NOT_ALNUM).decode("ascii")
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


def normalize_all(texts: Sequence[str]) -> list[str]:
    """Each text normalized. As one text where they are ASCII: a whole page in the time of a few words."""
    joined = SEPARATOR.join(texts)
    if joined.isascii():
        normalized = joined.encode("ascii").translate(LOWER, NOT_ALNUM_OR_SEPARATOR).decode("ascii").split(SEPARATOR)
        if len(normalized) == len(texts):
            return normalized
    elif len(texts) > 1:
        return _normalize_mixed(texts)
    return [normalize(text) for text in texts]


def _normalize_mixed(texts: Sequence[str]) -> list[str]:
    """Those that are ASCII as one text, as long as they are most."""
    normalized = normalize_all([text if text.isascii() else "" for text in texts])
    for position, text in enumerate(texts):
        if not text.isascii():
            normalized[position] = normalize(text)
    return normalized


class Forms(NamedTuple):
    """What a printed text or a label is compared by."""

    signed: str
    """Normalized, `#` kept."""
    plain: str
    no_item: str
    """Without a leading item number; the same as `plain` where there is none."""
    no_remark: str
    bare: str
    """Without both."""


def forms(text: str) -> Forms:
    text = text[:MAX_TEXT_CHARACTERS]
    plain = normalize(text)
    signed = "#".join(map(normalize, text.split("#"))) if "#" in text else plain
    item = ITEM.match(text)
    no_item = (normalize(text[item.end() :]) or plain) if item else plain
    if "(" not in text and "[" not in text:
        return Forms(signed, plain, no_item, plain, no_item)
    stripped = REMARK.sub(" ", text)
    no_remark = normalize(stripped) or plain
    item = ITEM.match(stripped)
    bare = (normalize(stripped[item.end() :]) or no_remark) if item else no_remark
    return Forms(signed, plain, no_item, no_remark, bare)


def words_of(text: str) -> list[str]:
    """Normalized words, empty ones left out."""
    return [word for word in map(normalize, text[:MAX_TEXT_CHARACTERS].split()) if word]


def edits_allowed(label: str) -> int:
    return min(MAX_EDITS, len(label) // 10)


def digits_of(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _fuzzy(label: str, printed: str) -> bool:
    allowed = edits_allowed(label)
    return bool(allowed) and digits_of(label) == digits_of(printed) and _differ_at_most(label, printed, allowed)


def _differ_at_most(one: str, other: str, edits: int) -> bool:
    if not edits or abs(len(one) - len(other)) > edits:
        return one == other
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(one, other, score_cutoff=edits) <= edits


ALIKE = str.maketrans("0125678", "olzsgtb")
SHORT_REMARK_CHARACTERS = 4
DATE_FORMAT = re.compile(r"(?:day|month|year|[dmytj])+")
LONG_LABEL_CHARACTERS = 6
"""Of a shorter one that was misread every letter has to look alike."""


def looks_like(label: str, printed: str) -> bool:
    """The same letters where those that look alike are one: `City, S7ZIP`, `Te1ephone`. Rules out that a text is a value;
    never finds a label. A number is none."""
    if printed.isdecimal():
        return False
    allowed = max(1, edits_allowed(label)) if len(label) >= LONG_LABEL_CHARACTERS else 0
    return _differ_at_most(label.translate(ALIKE), printed.translate(ALIKE), allowed)


def _remark(text: str) -> str:
    return normalize(" ".join(REMARK.findall(text)))


def _is_another(one: str, other: str) -> bool:
    """Not where one says no more than the other, both are formats of a date, or one is short for the other, as far as its
    first letter tells: `KES` and `Kenya Shillings`."""
    if one in other or other in one or (DATE_FORMAT.fullmatch(one) and DATE_FORMAT.fullmatch(other)):
        return False
    return one[0] != other[0] or min(len(one), len(other)) > SHORT_REMARK_CHARACTERS


class Label:
    """One synonym by its forms, and where an index is to be asked for them: (form, class), best first."""

    __slots__ = ("forms", "odd", "ordinary", "pieces", "plain", "remark", "starts", "without_item")

    def __init__(self, text: str, *, exact: bool) -> None:
        label = self.forms = forms(text)
        self.plain = label.plain
        self.remark = _remark(text) if label.plain != label.no_remark else ""
        self.pieces = _pieces(label.plain)
        """What nearly matches holds one of these."""
        self.ordinary = _ranked(
            (label.signed, EQUAL_WITH_NUMBER_SIGN),
            (label.plain, EQUAL),
            (label.no_item, NO_ITEM),
            (label.no_remark, NO_REMARK),
            (label.bare, NO_ITEM_NO_REMARK),
        )
        """Of texts without `#`, brackets or item number."""
        self.without_item = _ranked((label.plain, NO_ITEM), (label.no_remark, NO_ITEM_NO_REMARK))
        self.odd = _ranked(
            (("signed", label.signed), EQUAL_WITH_NUMBER_SIGN),
            (("plain", label.plain), EQUAL),
            (("no_item", label.plain), NO_ITEM),
            (("plain", label.no_item), NO_ITEM),
            (("no_remark", label.no_remark), NO_REMARK),
            (("bare", label.no_remark), NO_ITEM_NO_REMARK),
            (("no_remark", label.bare), NO_ITEM_NO_REMARK),
        )
        self.starts = {label.no_remark: NO_REMARK, label.no_item: NO_ITEM, label.plain: EQUAL}
        if exact or not label.plain:
            self.ordinary, self.without_item, self.odd = self.ordinary[:1], (), self.odd[:1]


Key = TypeVar("Key")


def _ranked(*pairs: tuple[Key, int]) -> tuple[tuple[Key, int], ...]:
    best: dict[Key, int] = {}
    for key, rank in pairs:
        best.setdefault(key, rank)
    return tuple(best.items())


def _pieces(label: str) -> list[str]:
    """A text that differs from a label by so many edits holds one of so many pieces, and one more, of it unharmed."""
    count = edits_allowed(label) + 1
    size = len(label) // count
    return [label[start : start + size] for start in range(0, size * count, size)] if count > 1 else []


class Matcher:
    """Some synonyms, ready to be compared with printed text."""

    __slots__ = ("exact", "labels", "pieces", "whole", "wildcards")

    def __init__(self, texts: Sequence[str], *, exact: bool = False) -> None:
        self.exact = exact
        labels = [Label(text, exact=exact) for text in texts if "*" not in text]
        self.labels = [label for label in labels if label.plain]
        self.wildcards = [[normalize(part) for part in text.split("*")] for text in texts if "*" in text]
        self.whole = list(dict.fromkeys(form for label in self.labels for form in label.forms[1:]))
        """A text without brackets that equals a label ends with one of these, after its item number at most."""
        self.pieces = [piece for label in self.labels for piece in label.pieces]

    def match(self, text: str) -> int | None:
        """The class of the match, None for none."""
        printed = forms(text)
        if not printed.plain:
            return None
        found = [rank for label in self.labels if (rank := self._class(label.forms, printed)) is not None]
        found += [rank for parts in self.wildcards if (rank := _wildcard(parts, printed)) is not None]
        return min(found, default=None)

    def has_another_remark(self, text: str) -> bool:
        """It matches only because remarks are dropped, its own and the label's: `Total (incl. VAT)`, `Total (excl. VAT)`."""
        printed = forms(text)
        if printed.plain == printed.no_remark:
            return False
        alike = [label for label in self.labels if label.forms.bare == printed.bare]
        return bool(alike) and all(_is_another(label.remark, _remark(text)) for label in alike)

    def _class(self, label: Forms, printed: Forms) -> int | None:
        if label.signed == printed.signed:
            return EQUAL_WITH_NUMBER_SIGN
        if self.exact:
            return None
        if label.plain == printed.plain:
            return EQUAL
        if label.plain == printed.no_item or label.no_item == printed.plain:
            return NO_ITEM
        if label.no_remark == printed.no_remark:
            return NO_REMARK
        if label.no_remark == printed.bare or label.bare == printed.no_remark:
            return NO_ITEM_NO_REMARK
        return FUZZY if _fuzzy(label.plain, printed.plain) else None


def held_by_wildcard(parts: list[str], text: str, plain: str) -> int | None:
    """The class in which a text, `plain` its letters and digits, is what the parts around the `*` leave open."""
    if _holds(parts, plain):
        return EQUAL
    has_brackets = "(" in text or "[" in text
    if not has_brackets and not all(part in plain for part in parts):
        return None
    has_other_forms = has_brackets or (not text[:2].isalpha() and ITEM.match(text))
    return _wildcard(parts, forms(text)) if plain and has_other_forms else None


def _wildcard(parts: list[str], printed: Forms) -> int | None:
    """`*` stands for any text, none too."""
    for text, rank in ((printed.plain, EQUAL), (printed.no_item, NO_ITEM), (printed.no_remark, NO_REMARK)):
        if _holds(parts, text):
            return rank
    return None


def _holds(parts: list[str], text: str) -> bool:
    first, *middle, last = parts
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    start, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, start, end)
        if found < 0:
            return False
        start = found + len(part)
    return True


@lru_cache(maxsize=8_192)
def matcher(texts: tuple[str, ...], *, exact: bool = False) -> Matcher:
    return Matcher(texts, exact=exact)

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
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

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
MAX_EDITS = 3
MAX_START_WORDS = 16
MAX_TEXT_CHARACTERS = 2_000
ITEM = re.compile(r"\s*\(?(?:\d{1,3}[A-Za-z]?|[A-Za-z])(?:[.):]+\s*|\s+)(?=\S)")
REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@lru_cache(maxsize=16_384)
def normalize(text: str) -> str:
    """Letters and digits only, without case, accents, punctuation or spacing."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


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


@lru_cache(maxsize=16_384)
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


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _fuzzy(label: str, printed: str) -> bool:
    allowed = edits_allowed(label)
    if not allowed or abs(len(label) - len(printed)) > allowed or _digits(label) != _digits(printed):
        return False
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(label, printed, score_cutoff=allowed) <= allowed


class Matcher:
    """Some synonyms, ready to be compared with printed text."""

    __slots__ = ("exact", "labels", "wildcards")

    def __init__(self, texts: Sequence[str], *, exact: bool = False) -> None:
        self.exact = exact
        self.labels = [forms(text) for text in texts if "*" not in text]
        self.wildcards = [[normalize(part) for part in text.split("*")] for text in texts if "*" in text]

    def match(self, text: str) -> int | None:
        """The class of the match, None for none."""
        printed = forms(text)
        if not printed.plain:
            return None
        found = [rank for label in self.labels if (rank := self._class(label, printed)) is not None]
        found += [rank for parts in self.wildcards if (rank := _wildcard(parts, printed)) is not None]
        return min(found, default=None)

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


class Start(NamedTuple):
    """A printed text that begins with a label: how many of its words the label takes."""

    position: int
    words: int
    rank: int


class PrintedIndex:
    """Printed texts by their forms: a label is found by looking up, not by scanning. Positions are the texts' own."""

    __slots__ = ("_bare", "_by_length", "_no_item", "_no_remark", "_plain", "_signed", "_starts", "_texts")

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = list(texts)
        self._signed: dict[str, list[int]] = {}
        self._plain: dict[str, list[int]] = {}
        self._no_item: dict[str, list[int]] = {}
        self._no_remark: dict[str, list[int]] = {}
        self._bare: dict[str, list[int]] = {}
        self._by_length: dict[int, list[str]] | None = None
        self._starts: dict[str, list[tuple[int, int]]] | None = None
        for position, text in enumerate(self._texts):
            printed = forms(text)
            if not printed.plain:
                continue
            self._signed.setdefault(printed.signed, []).append(position)
            self._plain.setdefault(printed.plain, []).append(position)
            self._no_remark.setdefault(printed.no_remark, []).append(position)
            if printed.no_item != printed.plain:
                self._no_item.setdefault(printed.no_item, []).append(position)
            if printed.bare != printed.no_remark:
                self._bare.setdefault(printed.bare, []).append(position)

    def find(self, wanted: Matcher) -> dict[int, int]:
        """Position → class, of the texts that match; fuzzy only where nothing better is found."""
        found: dict[int, int] = {}
        for label in wanted.labels:
            self._look_up(label, wanted.exact, found)
        for parts in wanted.wildcards:
            for position, text in enumerate(self._texts):
                rank = _wildcard(parts, forms(text))
                if rank is not None:
                    found[position] = min(rank, found.get(position, rank))
        if not found and not wanted.exact:
            for label in wanted.labels:
                self._look_near(label, found)
        return found

    def _look_up(self, label: Forms, exact: bool, found: dict[int, int]) -> None:
        if not label.plain:
            return
        for position in self._signed.get(label.signed, ()):
            found[position] = EQUAL_WITH_NUMBER_SIGN
        if exact:
            return
        for index, key, rank in (
            (self._plain, label.plain, EQUAL),
            (self._no_item, label.plain, NO_ITEM),
            (self._plain, label.no_item, NO_ITEM),
            (self._no_remark, label.no_remark, NO_REMARK),
            (self._bare, label.no_remark, NO_ITEM_NO_REMARK),
            (self._no_remark, label.bare, NO_ITEM_NO_REMARK),
        ):
            for position in index.get(key, ()):
                if found.get(position, rank) >= rank:
                    found[position] = rank

    def _look_near(self, label: Forms, found: dict[int, int]) -> None:
        allowed = edits_allowed(label.plain)
        if not allowed:
            return
        if self._by_length is None:
            self._by_length = {}
            for plain in self._plain:
                self._by_length.setdefault(len(plain), []).append(plain)
        for length in range(len(label.plain) - allowed, len(label.plain) + allowed + 1):
            for plain in self._by_length.get(length, ()):
                if _fuzzy(label.plain, plain):
                    for position in self._plain[plain]:
                        found.setdefault(position, FUZZY)

    def starting(self, wanted: Matcher) -> list[Start]:
        """The texts that begin with a label in whole words and go on after it, in their order; the longest label wins.

        None where only exact matches are wanted.
        """
        if self._starts is None:
            self._starts = self._index_starts()
        best: dict[int, Start] = {}
        for label in wanted.labels if not wanted.exact else ():
            for key, rank in {label.plain: EQUAL, label.no_item: NO_ITEM, label.no_remark: NO_REMARK}.items():
                for position, count in self._starts.get(key, ()):
                    if position not in best or best[position].words < count:
                        best[position] = Start(position, count, rank)
        return [best[position] for position in sorted(best)]

    def _index_starts(self) -> dict[str, list[tuple[int, int]]]:
        """Every proper beginning in whole words → (position, printed words it takes); an item number may come first."""
        starts: dict[str, list[tuple[int, int]]] = {}
        for position, text in enumerate(self._texts):
            words = text[:MAX_TEXT_CHARACTERS].split()
            item = ITEM.match(text)
            skips = {0, len(item.group().split())} if item else {0}
            for skip in skips:
                beginning = ""
                for count, word in enumerate(words[skip : skip + MAX_START_WORDS], start=skip + 1):
                    beginning += normalize(word)
                    if count < len(words) and beginning:
                        starts.setdefault(beginning, []).append((position, count))
        return starts

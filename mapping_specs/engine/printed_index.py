"""Printed texts by what they are compared by: a label is found by looking it up, never by scanning the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mapping_specs.engine.matching import (
    FUZZY,
    ITEM,
    MAX_TEXT_CHARACTERS,
    Label,
    Matcher,
    digits_of,
    edits_allowed,
    forms,
    held_by_wildcard,
    normalize,
    normalize_all,
)

MAX_START_WORDS = 16
PREFIX = 3
"""Characters by which beginnings are looked up."""


class Start(NamedTuple):
    """A printed text that begins with a label: how many of its words the label takes."""

    position: int
    words: int
    rank: int


class PrintedIndex:
    """Positions are the texts' own.

    Most texts have neither `#`, nor brackets, nor an item number: all their forms are one. The others have indexes of
    their own, so that nothing is worked out for what is not there.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [text[:MAX_TEXT_CHARACTERS] for text in texts]
        self._plain = normalize_all(self._texts)
        self._first: dict[str, int] = {}
        """The first ordinary text of a form."""
        self._more: dict[str, list[int]] = {}
        """The others."""
        self._without_item: dict[str, list[int]] = {}
        self._odd: dict[tuple[str, str], list[int]] = {}
        """Texts with `#` or brackets by (name of the form, form)."""
        self._by_digits_and_length: dict[tuple[str, int], list[str]] | None = None
        self._beginnings: dict[str, list[tuple[int, int, str]]] | None = None
        self._add_all()

    def _add_all(self) -> None:
        first = self._first
        for position, (text, plain) in enumerate(zip(self._texts, self._plain, strict=True)):
            if not plain:
                continue
            if "#" in text or "(" in text or "[" in text:
                self._add_odd(position, text)
                continue
            if first.setdefault(plain, position) != position:
                self._more.setdefault(plain, []).append(position)
            if not text[:2].isalpha() and (item := ITEM.match(text)):
                rest = plain[len(item[1]) :]
                if rest and rest != plain:
                    self._without_item.setdefault(rest, []).append(position)

    def _add_odd(self, position: int, text: str) -> None:
        printed = forms(text)
        for name in ("signed", "plain", "no_remark"):
            self._odd.setdefault((name, getattr(printed, name)), []).append(position)
        if printed.no_item != printed.plain:
            self._odd.setdefault(("no_item", printed.no_item), []).append(position)
        if printed.bare != printed.no_remark:
            self._odd.setdefault(("bare", printed.bare), []).append(position)

    def find(self, wanted: Matcher) -> dict[int, int]:
        """Position → class, of the texts that match; fuzzy only where nothing better is found."""
        found: dict[int, int] = {}
        for label in wanted.labels:
            self._look_up(label, found)
        for parts in wanted.wildcards:
            for position, text in enumerate(self._texts):
                rank = held_by_wildcard(parts, text, self._plain[position])
                if rank is not None:
                    found[position] = min(rank, found.get(position, rank))
        if not found and not wanted.exact:
            for label in wanted.labels:
                self._look_near(label.plain, found)
        return found

    def _look_up(self, label: Label, found: dict[int, int]) -> None:
        for form, rank in label.ordinary:
            if form in self._first:
                _put(found, rank, [self._first[form], *self._more.get(form, ())])
        if self._without_item:
            for form, rank in label.without_item:
                if form in self._without_item:
                    _put(found, rank, self._without_item[form])
        if self._odd:
            for key, rank in label.odd:
                if key in self._odd:
                    _put(found, rank, self._odd[key])

    def _look_near(self, label: str, found: dict[int, int]) -> None:
        allowed = edits_allowed(label)
        if not allowed:
            return
        if self._by_digits_and_length is None:
            self._by_digits_and_length = self._index_digits_and_length()
        from rapidfuzz.distance.Levenshtein import distance

        digits = digits_of(label)
        for length in range(len(label) - allowed, len(label) + allowed + 1):
            for plain in self._by_digits_and_length.get((digits, length), ()):
                if distance(label, plain, score_cutoff=allowed) <= allowed:
                    for position, other in enumerate(self._plain):
                        if other == plain:
                            found.setdefault(position, FUZZY)

    def _index_digits_and_length(self) -> dict[tuple[str, int], list[str]]:
        index: dict[tuple[str, int], list[str]] = {}
        for plain in dict.fromkeys(self._plain):
            index.setdefault(("" if plain.isalpha() else digits_of(plain), len(plain)), []).append(plain)
        return index

    def holding(self, letters: str) -> list[str]:
        """The texts in whose letters and digits these are, wherever words begin and end."""
        return [text for text, plain in zip(self._texts, self._plain, strict=True) if letters in plain]

    def starting(self, wanted: Matcher) -> list[Start]:
        """The texts that begin with a label in whole words and go on after it, in their order; the longest label wins.

        None where only exact matches are wanted.
        """
        best: dict[int, Start] = {}
        for label in wanted.labels if not wanted.exact else ():
            for form, rank in label.starts.items():
                for position, skipped in self._beginning_with(form):
                    count = self._words_taken(position, skipped, form)
                    if count and (position not in best or best[position].words < count):
                        best[position] = Start(position, count, rank)
        return [best[position] for position in sorted(best)]

    def _beginning_with(self, form: str) -> list[tuple[int, int]]:
        """(position, words of the item number passed over) of the texts whose letters begin so, wherever words end."""
        if self._beginnings is None:
            self._beginnings = self._index_beginnings()
        if len(form) >= PREFIX:
            near = self._beginnings.get(form[:PREFIX], [])
        else:
            near = [entry for entries in self._beginnings.values() for entry in entries]
        return [(position, skipped) for position, skipped, plain in near if plain.startswith(form)]

    def _index_beginnings(self) -> dict[str, list[tuple[int, int, str]]]:
        index: dict[str, list[tuple[int, int, str]]] = {}
        for position, (text, plain) in enumerate(zip(self._texts, self._plain, strict=True)):
            index.setdefault(plain[:PREFIX], []).append((position, 0, plain))
            if not text[:2].isalpha() and (item := ITEM.match(text)):
                skipped = len(item.group().split())
                rest = normalize("".join(text.split()[skipped:]))
                index.setdefault(rest[:PREFIX], []).append((position, skipped, rest))
        return index

    def _words_taken(self, position: int, skipped: int, form: str) -> int:
        """How many printed words make up the form, with what is passed over; 0 if it ends within a word or is all."""
        words = self._texts[position].split()
        beginning, taken = "", 0
        for count, word in enumerate(words[skipped : skipped + MAX_START_WORDS], start=skipped + 1):
            beginning += normalize(word)
            if len(beginning) > len(form):
                break
            if beginning == form and count < len(words):
                taken = count
        return taken


def _put(found: dict[int, int], rank: int, positions: list[int]) -> None:
    for position in positions:
        if found.get(position, rank) >= rank:
            found[position] = rank

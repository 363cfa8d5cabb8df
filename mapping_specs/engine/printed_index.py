"""Printed texts by what they are compared by: a label is found by looking it up, never by scanning the page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from mapping_specs.engine.matching import (
    FUZZY,
    ITEM,
    MAX_TEXT_CHARACTERS,
    SEPARATOR,
    Forms,
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
END = "\x00"
ITEMS = re.compile(f"{END}({ITEM.pattern.replace('(?=', f'(?=[^{END}])(?=')})")
ODD = re.compile(r"[#(\[]")
"""Is in texts that have more than one form."""


class Start(NamedTuple):
    """A printed text that begins with a label: how many of its words the label takes."""

    position: int
    words: int
    rank: int


class Beginnings:
    """The letters of all texts as one: what begins with a label is found by a single search."""

    def __init__(self, texts: list[str], plain: list[str], letters: str, items: list[Item]) -> None:
        self._joined = SEPARATOR + letters
        self._starts = list(accumulate([len(one) + 1 for one in plain], initial=0))
        self._without_item: list[tuple[int, int, str]] = []
        for position, _, skipped in items:
            rest = normalize("".join(texts[position].split()[skipped:]))
            self._without_item.append((position, skipped, rest))

    def of(self, form: str) -> list[tuple[int, int]]:
        found = []
        wanted = SEPARATOR + form
        start = self._joined.find(wanted)
        while start >= 0:
            found.append((bisect_right(self._starts, start) - 1, 0))
            start = self._joined.find(wanted, start + 1)
        return found + [(position, skipped) for position, skipped, rest in self._without_item if rest.startswith(form)]


class Item(NamedTuple):
    """A text that may begin with an item number: the number, and how many of its words that is."""

    position: int
    number: str
    words: int


def _items(texts: list[str]) -> list[Item]:
    """As one text: most have none."""
    joined = END + END.join(texts)
    if joined.count(END) != len(texts):
        found = ((position, ITEM.match(text)) for position, text in enumerate(texts))
        return [Item(position, item[1], len(item.group().split())) for position, item in found if item]
    items = []
    position, before = -1, 0
    for item in ITEMS.finditer(joined):
        position += joined.count(END, before, item.start() + 1)
        before = item.start() + 1
        items.append(Item(position, item[2], len(item[1].split())))
    return items


class PrintedIndex:
    """Positions are the texts' own.

    Most texts have neither `#`, nor brackets, nor an item number: all their forms are one. The others have indexes of
    their own, so that nothing is worked out for what is not there.
    """

    def __init__(self, texts: Iterable[str], known: dict[str, Forms] | None = None) -> None:
        """`known`: the forms of texts that another index of the document has met, added to."""
        self._known = {} if known is None else known
        self._texts = list(texts)
        if max(map(len, self._texts), default=0) > MAX_TEXT_CHARACTERS:
            self._texts = [text[:MAX_TEXT_CHARACTERS] for text in self._texts]
        self._plain = normalize_all(self._texts)
        self._first: dict[str, int] = {}
        """The first ordinary text of a form."""
        self._more: dict[str, list[int]] = {}
        """The others."""
        self._without_item: dict[str, list[int]] = {}
        self._odd: dict[tuple[str, str], list[int]] = {}
        """Texts with `#` or brackets by (name of the form, form)."""
        self._letters = SEPARATOR.join(self._plain)
        self._by_length: dict[int, list[str]] | None = None
        self._beginnings: Beginnings | None = None
        self._add_all()

    def _add_all(self) -> None:
        texts, plain = self._texts, self._plain
        odd = (
            [position for position, text in enumerate(texts) if ODD.search(text)] if ODD.search("".join(texts)) else []
        )
        self._odd_positions = frozenset(odd)
        if odd:
            plain = plain.copy()
            for position in odd:
                if plain[position]:
                    self._add_odd(position, texts[position])
                    plain[position] = ""
        # From the last to the first: of equal ones the first stays.
        first = self._first = dict(zip(reversed(plain), range(len(plain) - 1, -1, -1), strict=True))
        for position in sorted(set(range(len(plain))).difference(first.values())):
            self._more.setdefault(plain[position], []).append(position)
        first.pop("", None)
        self._items = _items(texts)
        for position, number, _ in self._items:
            form = plain[position]
            rest = form[len(number) :]
            if rest and rest != form:
                self._without_item.setdefault(rest, []).append(position)

    def _add_odd(self, position: int, text: str) -> None:
        printed = self._known.get(text)
        if printed is None:
            printed = self._known[text] = forms(text)
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
            telling = max(parts, key=len)
            for position, plain in enumerate(self._plain):
                if telling not in plain and position not in self._odd_positions:
                    continue
                rank = held_by_wildcard(parts, self._texts[position], plain)
                if rank is not None:
                    found[position] = min(rank, found.get(position, rank))
        if not found and not wanted.exact:
            for label in wanted.labels:
                if any(piece in self._letters for piece in label.pieces):
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
        if self._by_length is None:
            self._by_length = {}
            for plain in dict.fromkeys(self._plain):
                self._by_length.setdefault(len(plain), []).append(plain)
        from rapidfuzz.distance.Levenshtein import distance

        for length in range(len(label) - allowed, len(label) + allowed + 1):
            for plain in self._by_length.get(length, ()):
                if distance(label, plain, score_cutoff=allowed) <= allowed and digits_of(label) == digits_of(plain):
                    for position, other in enumerate(self._plain):
                        if other == plain:
                            found.setdefault(position, FUZZY)

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
            self._beginnings = Beginnings(self._texts, self._plain, self._letters, self._items)
        return self._beginnings.of(form)

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

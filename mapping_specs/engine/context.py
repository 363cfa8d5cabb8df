"""One document under one spec: what sources and tables look things up in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.compiled import CompiledSpec
from mapping_specs.engine.matching import FUZZY, looks_like, normalize
from mapping_specs.engine.places import Places, places_of
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.regions import Region, Regions
from mapping_specs.engine.view import View
from mapping_specs.engine.view.nodes import Line, Word

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source, Where

MAX_LABEL_WORDS = 6
"""Of a label within a line."""
GLUED = re.compile(r"[^:]*[^\W\d_][^:]*:(?!//)[^:]+")

BEGUN = re.compile(r"[\W\d]*\d[\W\d]*|\s*[$€£¥₹]\s*")
"""Figures, or the sign of a currency, without any letters: no label goes on so."""


class Context:
    def __init__(self, view: View, compiled: CompiledSpec, *, thorough: bool = False) -> None:
        self.view = view
        self.compiled = compiled
        self.locale = compiled.locale
        self.blank = compiled.blank
        self.thorough = thorough
        """Also look at what cannot be taken any more: for `explain`."""
        self.within: Region | None = None
        """The section a repeated table is at: every region is inside it."""
        self.warnings: list[dict[str, Any]] = []
        self._told: set[str] = set()
        self.fields: dict[str, Any] = {}
        """Typed values so far, None for a blank: what `computed` and rules read."""
        self.confidences: dict[str, float | None] = {}
        self.unread: set[str] = set()
        """Fields that are missing although something is written: it is not of the type."""
        self.constants: set[str] = set()
        """Fields whose value is not read from the document."""
        self.candidates: dict[Any, Any] = {}
        """The tables of the document that fit some words of the spec, by these words."""
        self.tables: dict[str, Any] = {}
        """Rows as put out."""
        self.runs: list[Any] | None = None
        """What `near` chooses from, made on its first use."""
        self.row_texts: dict[Any, tuple[list[int], PrintedIndex, Any]] = {}
        """What `cell` finds rows by, by rows and column."""
        self._indexes: dict[tuple[str, ...], PrintedIndex] = {}
        self.tables_read: dict[str, Any] = {}
        """The TableResult of each, for those who look into its printed rows."""

    def warn(self, code: str, message: str, **more: Any) -> None:
        warning = {"code": code, "message": message, **more}
        told = repr(warning)
        if told not in self._told:
            self._told.add(told)
            self.warnings.append(warning)

    @cached_property
    def places(self) -> Places:
        return places_of(self.view)

    @cached_property
    def regions(self) -> Regions:
        return Regions(self.view, self.compiled.headings, self.compiled.labels_of_one, self.compiled.labels_in_sections)

    def region(self, source: Source | None, where: Where | None = None) -> Region:
        if where is None:
            where = source["where"] if source is not None else {}
        region = self.regions.of(where)
        if self.within is None or region.missing is not None:
            return region
        return Region(
            (*self.within.sections, *region.sections), region.page or self.within.page, region.area or self.within.area
        )

    @cached_property
    def keys(self) -> PrintedIndex:
        return _index(self.view, "keys", lambda: [pair.key for pair in self.view.key_values])

    @cached_property
    def lines(self) -> PrintedIndex:
        return _index(self.view, "lines", lambda: [line.text for line in self.view.lines])

    def index_of(self, texts: list[str]) -> PrintedIndex:
        """Of a few texts that many sources look into: the labels of boxes, the first cells of rows."""
        key = tuple(texts)
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = PrintedIndex(texts)
        return index

    @cached_property
    def glued_lines(self) -> list[Line]:
        """Lines whose first word may be a label and its value run together: `Key2:value2`."""
        lines = [line for line in self.view.lines if ":" in line.text]
        return [line for line in lines if line.words and GLUED.fullmatch(line.words[0].text)]

    @cached_property
    def begun_keys(self) -> tuple[list[tuple[int, str, str]], PrintedIndex]:
        """Keys that Textract took the beginning of their value into, `Mobile: +91` or `Mobile:+91`: position, label and
        rest; and their labels."""
        parted = (
            (position, *pair.key.rpartition(":"))
            for position, pair in enumerate(self.view.key_values)
            if ":" in pair.key and pair.key[-1] != ":"
        )
        begun = [(position, label, rest) for position, label, _, rest in parted if BEGUN.fullmatch(rest)]
        return begun, PrintedIndex(label for _, label, _ in begun)

    @cached_property
    def key_words(self) -> set[str]:
        """The ids of the words that Textract took for keys."""
        return {identity for pair in self.view.key_values for identity in pair.key_word_ids}

    @cached_property
    def value_words(self) -> dict[str, int]:
        """The id of a value's word → the position of its pair."""
        pairs = enumerate(self.view.key_values)
        return {identity: position for position, pair in pairs for identity in pair.value_word_ids}

    @cached_property
    def label_words(self) -> set[str]:
        """The ids of the words that are labels: keys, and what a label of the spec names on a line or in a cell."""
        words = set(self.key_words)
        for position in self.places.index.find(self.compiled.labels):
            words.update(self.places.word_ids(position))
        return words

    @cached_property
    def label_lines(self) -> dict[int, int]:
        """The lines that begin with a label of the spec, by their order, and how many words it takes."""
        return {start.position: start.words for start in self.lines.starting(self.compiled.labels)}

    @cached_property
    def before_colons(self) -> dict[str, list[tuple[Line, int, int]]]:
        """What stands before a colon within a line, more of it before and behind: the letters of its last words →
        the line, the first and the last of these words."""
        found: dict[str, list[tuple[Line, int, int]]] = {}
        for line in self.view.lines:
            if ": " not in line.text:
                continue
            words = line.words
            for last in range(1, len(words) - 1):
                if words[last].text.endswith(":"):
                    letters = ""
                    for first in range(last, max(0, last - MAX_LABEL_WORDS), -1):
                        letters = normalize(words[first].text) + letters
                        found.setdefault(letters, []).append((line, first, last))
        return found

    @cached_property
    def cells(self) -> dict[str, int]:
        """The id of a word in a table → the number of its cell, or of the merged cell over it."""
        found: dict[str, int] = {}
        cells = (cell for table in self.view.tables for row in table.grid for cell in row)
        for number, cell in enumerate(cells):
            for identity in cell.word_ids:
                found.setdefault(identity, number)
        return found

    def holder(self, word: Word) -> tuple[str, int] | None:
        """The value or the cell that a word is a part of."""
        pair = self.value_words.get(word.id)
        if pair is not None:
            return ("value", pair)
        cell = self.cells.get(word.id)
        return None if cell is None else ("cell", cell)

    def parts(self, word: Word, following: Word) -> bool:
        """Do the words belong to two cells or two values?"""
        one, other = self.holder(word), self.holder(following)
        return one is not None and other is not None and one != other

    @cached_property
    def column_heads(self) -> set[str]:
        """The ids of the words that head a column of a table."""
        tables = self.view.tables
        return {
            identity
            for table in tables
            for row in table.heads
            for cell in table.grid[row]
            for identity in cell.word_ids
        }

    @cached_property
    def heads_of_several(self) -> set[str]:
        """The ids of the words that head a column with several values: nothing tells which of them is meant."""
        found: set[str] = set()
        for table in self.view.tables:
            heads = set(table.heads)
            below = [row for number, row in enumerate(table.grid) if number not in heads]
            for row in heads:
                for head, *cells in zip(table.grid[row], *below, strict=True):
                    if sum(bool(cell.text) for cell in cells) > 1:
                        found.update(head.word_ids)
        return found

    @cached_property
    def box_headers(self) -> dict[int, str]:
        """Identity of a check box that stands alone in its cell → the header of its column."""
        return {
            id(cell.selections[0]): header
            for table in self.view.tables
            if any(cell.selections for row in table.grid for cell in row)
            for row in table.grid
            for header, cell in zip(table.headers, row, strict=True)
            if len(cell.selections) == 1 and not cell.text and header
        }

    def looks_like_label(self, words: list[Word]) -> bool:
        """A label of the spec of which a letter was read as a digit, or the other way."""
        text = normalize(" ".join(word.text for word in words))
        return any(looks_like(label.plain, text) for label in self.compiled.labels.labels)

    def of_no_other_label(self, found: dict[int, int], text_of: Callable[[int], str]) -> dict[int, int]:
        """What nearly matches one label, without what is another label of the spec: `Employer's name`, `Employee's name`."""
        labels = self.compiled.labels
        return {
            at: rank for at, rank in found.items() if rank < FUZZY or not _is_below(labels.match(text_of(at)), FUZZY)
        }

    def is_label(self, words: list[Word]) -> bool:
        return bool(words) and all(word.id in self.label_words for word in words)


def _is_below(rank: int | None, limit: int) -> bool:
    return rank is not None and rank < limit


def _index(view: View, name: str, texts: Any) -> PrintedIndex:
    index: PrintedIndex | None = view.cache.get(name)
    if index is None:
        index = view.cache[name] = PrintedIndex(texts(), view.cache.setdefault("forms", {}))
    return index

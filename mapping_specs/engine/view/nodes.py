"""What the view is made of: things printed on a page, with their confidence and their place.

Confidences are percent; None where Textract gave none. Boxes are fractions of the turned page, as its reader sees it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ReferenceType

from mapping_specs.engine.view.attributes import Block, confidence_of, kinds_of, page_of, text_of
from mapping_specs.engine.view.geometry import NOWHERE, Box, hull, overlap_sideways, same_row  # noqa: F401
from mapping_specs.engine.view.lazy import lazy
from mapping_specs.engine.view.reading_order import printed

if TYPE_CHECKING:
    from mapping_specs.engine.view.blocks import Blocks
    from mapping_specs.engine.view.lines import Words
    from mapping_specs.engine.view.selections import Selections


class Word:
    """It does not keep its line, which keeps it: so a document is freed when its last user lets go of it."""

    __slots__ = ("_block", "_line", "box", "id", "text")

    def __init__(self, block: Block, box: Box, line: ReferenceType[Line] | None) -> None:
        self.id: str = block["Id"]
        self.text = text_of(block)
        self.box = box
        self._line = line
        self._block = block

    @property
    def line(self) -> Line | None:
        """The printed line that holds it, if one does. ReferenceError after the line is gone."""
        if self._line is None:
            return None
        line = self._line()
        if line is None:
            raise ReferenceError("The line of this word is gone: keep the view as long as the words taken from it.")
        return line

    @property
    def page(self) -> int:
        return page_of(self._block)

    @property
    def confidence(self) -> float | None:
        return confidence_of(self._block)


class Line:
    """A printed line; `words` in Textract's order."""

    order = 0
    """Its place in the reading order of the whole document, from 0."""

    def __init__(self, block: Block, text: str, page: int, box: Box, words: Words) -> None:
        self.text = text
        self.page = page
        self.box = box
        self.block = block
        self._words = words

    @lazy
    def confidence(self) -> float | None:
        return confidence_of(self.block)

    @lazy
    def words(self) -> list[Word]:
        return self._words.of(self.block)

    @property
    def word_ids(self) -> list[str]:
        return self._words.ids(self.block)

    @property
    def ocr_confidence(self) -> float | None:
        return mean_confidence(self.words) if self.words else self.confidence

    def to_dict(self) -> dict[str, Any]:
        return known(text=self.text, confidence=self.confidence, page=self.page, box=self.box.to_dict())


class Selection:
    """A check box or radio button; `label` is what is printed for it."""

    label = ""
    label_box: Box | None = None
    left_label = ""
    """What is printed left of it, where every box of its row has text on both sides: `Yes [x]   No [ ]   If yes, explain`."""

    def __init__(self, block: Block, blocks: Blocks) -> None:
        self.selected = block.get("SelectionStatus") == "SELECTED"
        self.page = page_of(block)
        self._block = block
        self._blocks = blocks

    @lazy
    def confidence(self) -> float | None:
        return confidence_of(self._block)

    @lazy
    def box(self) -> Box:
        return self._blocks.box(self._block)

    def to_dict(self) -> dict[str, Any]:
        return known(
            selected=self.selected,
            label=self.label,
            confidence=self.confidence,
            page=self.page,
            box=self.box.to_dict(),
        )


class Written:
    """What stands in the values of a key: words, boxes, a signature, or nothing."""

    __slots__ = ("selections", "signed", "words")

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.selections: list[Selection] = []
        self.signed = False


class KeyValue:
    """A key and its value as Textract paired them. `value` is None where nothing is written; lines are kept in it.

    `confidence` is that of the link between the two, `ocr_confidence` the mean of the value's words.
    """

    def __init__(self, block: Block, page: int, key_box: Box, words: Words, selections: Selections) -> None:
        self.key = words.printed(block)
        self.page = page
        self.key_box = key_box
        self._block = block
        self._words = words
        self._selections = selections

    @lazy
    def confidence(self) -> float | None:
        return confidence_of(self._block)

    @lazy
    def key_words(self) -> list[Word]:
        return self._words.of(self._block)

    @property
    def key_word_ids(self) -> list[str]:
        return self._words.ids(self._block)

    @property
    def value_word_ids(self) -> list[str]:
        return [identity for value in self._values for identity in self._words.ids(value)]

    @lazy
    def _values(self) -> list[Block]:
        return self._words.blocks.related(self._block, "VALUE")

    @lazy
    def written(self) -> Written:
        written = Written()
        for value in self._values:
            words = self._words.of(value)
            written.words += words
            children = self._words.blocks.children(value)
            if len(words) != len(children):
                self._add_marks(written, children)
        return written

    def _add_marks(self, written: Written, children: list[Block]) -> None:
        for child in children:
            kind = child.get("BlockType")
            if kind == "SELECTION_ELEMENT":
                written.selections.append(self._selections.of(child))
            elif kind == "SIGNATURE":
                written.signed = True

    @lazy
    def box(self) -> Box | None:
        """Around all values; None where there is none."""
        turning = self._words.blocks.turning(self.page)
        return hull([turning.box(value) for value in self._values]) if self._values else None

    @lazy
    def value(self) -> str | None:
        return printed(self.written.words) if self.written.words else None

    @property
    def value_words(self) -> list[Word]:
        return self.written.words

    @property
    def selections(self) -> list[Selection]:
        return self.written.selections

    @property
    def signed(self) -> bool:
        return self.written.signed

    @property
    def label(self) -> str:
        """The key without the punctuation that ends it."""
        return self.key.strip().rstrip(":.…_ ").strip()

    @property
    def selected(self) -> bool | None:
        """Of a value that is one box; None where it is none."""
        return self.selections[0].selected if len(self.selections) == 1 else None

    @property
    def ocr_confidence(self) -> float | None:
        return mean_confidence(self.value_words)

    def to_dict(self) -> dict[str, Any]:
        return known(
            key=self.key,
            label=self.label,
            value=self.value,
            confidence=self.confidence,
            ocr_confidence=_rounded(self.ocr_confidence),
            selected=self.selected,
            signed=self.signed or None,
            page=self.page,
            box=self.box.to_dict() if self.box else None,
            key_box=self.key_box.to_dict(),
        )


class Cell:
    """One place of a table's grid. `kinds` are Textract's: COLUMN_HEADER, TABLE_SECTION_TITLE, TABLE_SUMMARY …"""

    covered_by = 0
    """Number of the merged cell over it, from 1; 0: none."""

    def __init__(self, row: int, column: int, page: int, block: Block, words: Words, selections: Selections) -> None:
        self.row = row
        self.column = column
        self.page = page
        self._block = block
        self._words = words
        self._selections = selections

    @lazy
    def _word_blocks(self) -> list[Block]:
        return self._words.blocks.words_in(self._block)

    @lazy
    def text(self) -> str:
        words = self._word_blocks
        return self._words.printed_of(self._block, words) if words else ""

    @lazy
    def confidence(self) -> float | None:
        return confidence_of(self._block)

    @lazy
    def box(self) -> Box:
        return self._words.blocks.turning(self.page).box(self._block)

    @lazy
    def words(self) -> list[Word]:
        return self._words.of(self._block)

    @property
    def word_ids(self) -> list[str]:
        """Of a merged cell those of all its parts."""
        own = self.__dict__.get("words")
        return [child["Id"] for child in self._word_blocks] if own is None else [word.id for word in own]

    @lazy
    def selections(self) -> list[Selection]:
        blocks = self._words.blocks
        if not blocks.of("SELECTION_ELEMENT"):
            return []
        boxes = [child for child in blocks.children(self._block) if child.get("BlockType") == "SELECTION_ELEMENT"]
        return [self._selections.of(box) for box in boxes]

    @lazy
    def kinds(self) -> frozenset[str]:
        return kinds_of(self._block)

    @property
    def ocr_confidence(self) -> float | None:
        if "words" in self.__dict__:
            return mean_confidence(self.words)
        return mean([percent for child in self._word_blocks if (percent := confidence_of(child)) is not None])

    @property
    def selected(self) -> bool | None:
        return self.selections[0].selected if len(self.selections) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        return known(
            text=self.text,
            confidence=self.confidence,
            ocr_confidence=_rounded(self.ocr_confidence),
            selected=self.selected,
            page=self.page,
            box=self.box.to_dict(),
        )


def mean_confidence(words: list[Word]) -> float | None:
    return mean([percent for word in words if (percent := word.confidence) is not None])


def mean(percents: list[float]) -> float | None:
    return sum(percents) / len(percents) if percents else None


def min_confidence(words: list[Word]) -> float | None:
    return min((percent for word in words if (percent := word.confidence) is not None), default=None)


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 2)


def known(**items: Any) -> dict[str, Any]:
    """Without what is not known: absent, never a guess."""
    return {name: value for name, value in items.items() if value is not None}

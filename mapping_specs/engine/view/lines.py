"""Printed lines and their words, in the reading order of the turned pages."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from weakref import ReferenceType, ref

from mapping_specs.engine.view.attributes import Block, text_of, texts_of
from mapping_specs.engine.view.blocks import Blocks
from mapping_specs.engine.view.nodes import Line, Word
from mapping_specs.engine.view.reading_order import printed, rows_of

TOP, HEIGHT, ORDER = attrgetter("box.top"), attrgetter("box.height"), attrgetter("order")


class Words:
    """Word nodes by block id, each made once: a word of a line is the very word of its cell and its value."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.lines: dict[str, ReferenceType[Line]] = {}
        """The line that holds a word, by the word's id. Lines hold words: were they held too, nothing would be freed
        before a garbage collection."""
        self._made: dict[str, Word] = {}
        self._kept: list[Line] = []

    def keeping(self, lines: list[Line]) -> Words:
        """The same words for nodes that are no lines: what has these keeps the lines."""
        words = Words(self.blocks)
        words.lines, words._made, words._kept = self.lines, self._made, lines
        return words

    def hold(self, lines: list[Line]) -> None:
        """The lines' blocks name their words."""
        held = self.lines
        for line in lines:
            reference = ref(line)
            try:
                for relationship in line.block.get("Relationships", ()):
                    if relationship["Type"] == "CHILD":
                        held.update(dict.fromkeys(relationship["Ids"], reference))
            except (KeyError, TypeError):
                children = self.blocks.children(line.block)
                held.update(dict.fromkeys([child["Id"] for child in children], reference))

    def of(self, block: Block) -> list[Word]:
        """The words a block holds, in Textract's order."""
        found = []
        made = self._made
        for child in self.blocks.words_in(block):
            identity = child["Id"]
            word = made.get(identity)
            if word is None:
                word = made[identity] = Word(child, self.blocks.box(child), self.lines.get(identity))
            found.append(word)
        return found

    def ids(self, block: Block) -> list[str]:
        return [word["Id"] for word in self.blocks.words_in(block)]

    def printed(self, block: Block) -> str:
        """The words a block holds as they are printed. Most stand on one line: their nodes need not be made."""
        return self.printed_of(block, self.blocks.words_in(block))

    def printed_of(self, block: Block, children: list[Block]) -> str:
        """The same of a block whose words' blocks are at hand."""
        if len(children) > 1:
            lines = [self.lines.get(child["Id"]) for child in children]
            if lines[0] is None or lines.count(lines[0]) != len(lines):
                return printed(self.of(block))
        return _one_text(children)


def _one_text(blocks: list[Block]) -> str:
    try:
        text = " ".join([block["Text"] for block in blocks])
        if text.isascii():
            return text
    except (KeyError, TypeError):
        pass
    return " ".join(map(text_of, blocks))


class PageLines:
    """The lines of a page by their upper edges: what is printed about a place is found without looking at all of them."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = sorted(lines, key=TOP)
        self._tops = list(map(TOP, self._lines))
        self.tallest = max(map(HEIGHT, lines), default=0.0)
        """The height of the tallest line."""

    def between(self, top: float, bottom: float) -> list[Line]:
        """The lines of which something is printed between two heights, in reading order."""
        first = bisect_left(self._tops, top - self.tallest)
        found = [line for line in self._lines[first : bisect_left(self._tops, bottom)] if line.box.bottom > top]
        found.sort(key=ORDER)
        return found


def lines_of(blocks: Blocks, words: Words) -> list[Line]:
    """Every printed line. Reading order: page, then row by row from the top, each row from the left."""
    ordered: list[Line] = []
    for page in sorted(blocks.lines_by_page):
        printed_lines = blocks.lines_by_page[page]
        of_page = zip(printed_lines, texts_of(printed_lines), blocks.boxes(printed_lines, page), strict=True)
        lines = [Line(block, text, page, box, words) for block, text, box in of_page]
        words.hold(lines)
        for row in rows_of(lines):
            ordered += row
    for order, line in enumerate(ordered):
        line.order = order
    return ordered

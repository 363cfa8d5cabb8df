"""Printed lines and their words, in the reading order of the turned pages."""

from __future__ import annotations

from mapping_specs.engine.view.attributes import Block, text_of
from mapping_specs.engine.view.blocks import Blocks
from mapping_specs.engine.view.nodes import Line, Word
from mapping_specs.engine.view.reading_order import printed, rows_of


class Words:
    """Word nodes by block id, each made once: a word of a line is the very word of its cell and its value."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.lines: dict[str, Line] = {}
        """The line that holds a word, by the word's id."""
        self._made: dict[str, Word] = {}

    def hold(self, block: Block, line: Line) -> None:
        """The line's block names its words."""
        try:
            for relationship in block.get("Relationships", ()):
                if relationship["Type"] == "CHILD":
                    self.lines.update(dict.fromkeys(relationship["Ids"], line))
        except (KeyError, TypeError):
            children = self.blocks.children(block)
            self.lines.update(dict.fromkeys([child["Id"] for child in children], line))

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


def lines_of(blocks: Blocks, words: Words) -> list[Line]:
    """Every printed line. Reading order: page, then row by row from the top, each row from the left."""
    ordered: list[Line] = []
    box = blocks.box
    for page in sorted(blocks.lines_by_page):
        lines = [Line(block, page, box(block), words) for block in blocks.lines_by_page[page]]
        for line in lines:
            words.hold(line.block, line)
        for row in rows_of(lines):
            ordered += row
    for order, line in enumerate(ordered):
        line.order = order
    return ordered

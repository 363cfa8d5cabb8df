"""Printed lines and their words, in the reading order of the turned pages."""

from __future__ import annotations

from typing import TypeVar

from mapping_specs.engine.view.blocks import Block, Blocks, confidence_of, page_of, text_of
from mapping_specs.engine.view.nodes import Line, Word

Thing = TypeVar("Thing", Line, Word)


class Words:
    """Word nodes by block id, each made once: a word of a line is the very word of its cell and its value."""

    __slots__ = ("blocks", "by_id")

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.by_id: dict[str, Word] = {}

    def of(self, block: Block) -> list[Word]:
        """The words a block holds, in Textract's order."""
        found = []
        by_id = self.by_id
        for child in self.blocks.related(block, "CHILD"):
            if child.get("BlockType") == "WORD":
                identity = child["Id"]
                word = by_id.get(identity)
                if word is None:
                    word = by_id[identity] = self._word(child)
                found.append(word)
        return found

    def _word(self, block: Block) -> Word:
        page = page_of(block)
        return Word(text_of(block), confidence_of(block), page, self.blocks.turning(page).box(block))


def lines_of(blocks: Blocks, words: Words) -> list[Line]:
    """Every printed line. Reading order: page, then row by row from the top, each row from the left."""
    by_page: dict[int, list[Line]] = {}
    for block in blocks.of("LINE"):
        page = page_of(block)
        held = words.of(block)
        line = Line(text_of(block), confidence_of(block), page, blocks.turning(page).box(block), held)
        for word in held:
            word.line = line
        by_page.setdefault(page, []).append(line)
    ordered = [line for page in sorted(by_page) for row in rows_of(by_page[page]) for line in row]
    for order, line in enumerate(ordered):
        line.order = order
    return ordered


def rows_of(things: list[Thing]) -> list[list[Thing]]:
    """Things of one page by the printed row they stand on, top to bottom, each row from the left.

    A thing stands on a row if its middle is between the top and the bottom of the row's first thing.
    """
    rows: list[list[Thing]] = []
    for thing in sorted(things, key=lambda one: (one.box.top + one.box.bottom, one.box.left)):
        middle = (thing.box.top + thing.box.bottom) / 2
        if rows and rows[-1][0].box.top <= middle <= rows[-1][0].box.bottom:
            rows[-1].append(thing)
        else:
            rows.append([thing])
    for row in rows:
        row.sort(key=lambda one: one.box.left)
    return rows


def printed(words: list[Word]) -> str:
    """Words as they are printed: a row a line, top to bottom."""
    if len(words) < 2:
        return words[0].text if words else ""
    first = words[0].line
    if first is not None and all(word.line is first for word in words):
        return " ".join(word.text for word in words)
    return "\n".join(" ".join(word.text for word in row) for row in rows_of(words))

"""Keys and values as Textract paired them, none dropped."""

from __future__ import annotations

from mapping_specs.engine.view.blocks import Block, Blocks, confidence_of, page_of
from mapping_specs.engine.view.lines import Words, printed
from mapping_specs.engine.view.nodes import KeyValue, hull
from mapping_specs.engine.view.selections import Selections


def key_values_of(blocks: Blocks, words: Words, selections: Selections) -> list[KeyValue]:
    """In reading order of their keys. A key whose VALUE is not there is a pair with nothing written."""
    pairs = []
    for block in blocks.of("KEY_VALUE_SET"):
        kinds = block.get("EntityTypes")
        if type(kinds) is list and "KEY" in kinds:
            pairs.append(_pair(block, blocks, words, selections))
    pairs.sort(key=lambda pair: (pair.page, round(pair.key_box.center_y, 2), pair.key_box.left))
    return pairs


def _pair(block: Block, blocks: Blocks, words: Words, selections: Selections) -> KeyValue:
    page = page_of(block)
    turning = blocks.turning(page)
    key_words = words.of(block)
    pair = KeyValue(printed(key_words), confidence_of(block), page, turning.box(block), key_words)
    values = blocks.related(block, "VALUE")
    for value in values:
        pair.value_words.extend(words.of(value))
        for child in blocks.related(value, "CHILD"):
            kind = child.get("BlockType")
            if kind == "SELECTION_ELEMENT":
                pair.selections.append(selections.of(child))
            elif kind == "SIGNATURE":
                pair.signed = True
    if values:
        pair.box = hull([turning.box(value) for value in values])
    if pair.value_words:
        pair.value = printed(pair.value_words)
    return pair

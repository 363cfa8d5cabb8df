"""Keys and values as Textract paired them, none dropped."""

from __future__ import annotations

from mapping_specs.engine.view.attributes import page_of
from mapping_specs.engine.view.blocks import Blocks
from mapping_specs.engine.view.lines import Words
from mapping_specs.engine.view.nodes import KeyValue
from mapping_specs.engine.view.reading_order import in_order
from mapping_specs.engine.view.selections import Selections


def key_values_of(blocks: Blocks, words: Words, selections: Selections) -> list[KeyValue]:
    """In reading order of their keys. A key whose VALUE is not there is a pair with nothing written."""
    pairs = []
    for block in blocks.of("KEY_VALUE_SET"):
        kinds = block.get("EntityTypes")
        if type(kinds) is list and "KEY" in kinds:
            pairs.append(KeyValue(block, page_of(block), blocks.box(block), words, selections))
    return in_order(pairs, lambda pair: (pair.page, pair.key_box))

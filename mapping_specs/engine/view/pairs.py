"""Keys and values as Textract paired them, none dropped."""

from __future__ import annotations

from mapping_specs.engine.view.attributes import Block
from mapping_specs.engine.view.blocks import Blocks
from mapping_specs.engine.view.lines import Words
from mapping_specs.engine.view.nodes import KeyValue
from mapping_specs.engine.view.reading_order import in_order
from mapping_specs.engine.view.selections import Selections


def key_values_of(blocks: Blocks, words: Words, selections: Selections) -> list[KeyValue]:
    """In reading order of their keys. A key whose VALUE is not there is a pair with nothing written."""
    pairs = []
    for kind in ("KEY_VALUE_SET", "KEY"):  # the console's download calls a set by what it is
        for page, of_page in blocks.by_page(kind).items():
            keys = [block for block in of_page if _is_key(block)]
            boxes = zip(keys, blocks.boxes(keys, page), strict=True)
            pairs += [KeyValue(block, page, box, words, selections) for block, box in boxes]
    return in_order(pairs, lambda pair: (pair.page, pair.key_box))


def _is_key(block: Block) -> bool:
    kinds = block.get("EntityTypes")
    return type(kinds) is list and "KEY" in kinds

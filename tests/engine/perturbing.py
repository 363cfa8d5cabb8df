"""Ways in which Textract answers worse, or otherwise, for the same document: each takes blocks and gives others."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator

from tests.engine.pages import Block
from tests.engine.scanning import geometry, shuffled, turned

Perturbation = Callable[[list[Block]], list[Block]]
SEED = 7


def children(block: Block, kind: str = "CHILD") -> list[str]:
    return [
        identity
        for relation in block.get("Relationships") or []
        if relation["Type"] == kind
        for identity in relation["Ids"]
    ]


def set_children(block: Block, ids: list[str], kind: str = "CHILD") -> None:
    relations = [one for one in block.get("Relationships") or [] if one["Type"] != kind]
    block["Relationships"] = [*relations, *([{"Type": kind, "Ids": ids}] if ids else [])]


def has_kind(block: Block, kind: str) -> bool:
    return kind in (block.get("EntityTypes") or [])


def pairs_of(blocks: list[Block]) -> Iterator[tuple[Block, list[Block]]]:
    by_id = {block["Id"]: block for block in blocks}
    for block in blocks:
        if block["BlockType"] == "KEY_VALUE_SET" and has_kind(block, "KEY"):
            yield block, [by_id[identity] for identity in children(block, "VALUE") if identity in by_id]


def pairs_dropped(share: float) -> Perturbation:
    """Textract finds fewer pairs: the lines are still there."""

    def drop(blocks: list[Block]) -> list[Block]:
        chance = random.Random(SEED)
        gone = {block["Id"] for key, values in pairs_of(blocks) if chance.random() < share for block in (key, *values)}
        return [block for block in blocks if block["Id"] not in gone]

    return drop


def values_cut(keep_first: bool) -> Perturbation:
    """Of every value of several words Textract links one."""

    def cut(blocks: list[Block]) -> list[Block]:
        blocks = copy.deepcopy(blocks)
        for _, values in pairs_of(blocks):
            for value in values:
                if len(ids := children(value)) > 1:
                    set_children(value, ids[:1] if keep_first else ids[-1:])
        return blocks

    return cut


def values_in_keys(share: float) -> Perturbation:
    """Textract takes the value for a part of its key."""

    def swallow(blocks: list[Block]) -> list[Block]:
        blocks, chance = copy.deepcopy(blocks), random.Random(SEED)
        words = {block["Id"] for block in blocks if block["BlockType"] == "WORD"}
        for key, values in pairs_of(blocks):
            if chance.random() < share and all(child in words for value in values for child in children(value)):
                set_children(key, [*children(key), *(child for value in values for child in children(value))])
                for value in values:
                    set_children(value, [])
        return blocks

    return swallow


def headers_unmarked(blocks: list[Block]) -> list[Block]:
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        if has_kind(block, "COLUMN_HEADER"):
            block["EntityTypes"] = [kind for kind in block["EntityTypes"] if kind != "COLUMN_HEADER"]
    return blocks


def data_row_marked(blocks: list[Block]) -> list[Block]:
    """The first row below the header is marked as header too."""
    blocks = copy.deepcopy(blocks)
    by_id = {block["Id"]: block for block in blocks}
    for table in (block for block in blocks if block["BlockType"] == "TABLE"):
        cells = [by_id[one] for one in children(table) if by_id.get(one, {}).get("BlockType") == "CELL"]
        marked = [cell["RowIndex"] for cell in cells if has_kind(cell, "COLUMN_HEADER")]
        for cell in cells if marked else ():
            if cell["RowIndex"] == max(marked) + 1:
                cell["EntityTypes"] = ["COLUMN_HEADER"]
    return blocks


def on_a_later_page(blocks: list[Block]) -> list[Block]:
    """A cover page comes first."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        block["Page"] = (block.get("Page") or 1) + 1
    return [{"BlockType": "PAGE", "Id": "cover", "Page": 1}, *blocks]


def scaled(factor: float) -> Perturbation:
    """The sheet takes only a part of the image."""

    def scale(blocks: list[Block]) -> list[Block]:
        blocks = copy.deepcopy(blocks)
        margin = (1 - factor) / 2
        for block in blocks:
            if "Polygon" in (block.get("Geometry") or {}):
                corners = [
                    (margin + factor * one["X"], margin + factor * one["Y"]) for one in block["Geometry"]["Polygon"]
                ]
                block["Geometry"] = geometry(corners)
        return blocks

    return scale


def jittered(blocks: list[Block]) -> list[Block]:
    """Boxes are not drawn with a ruler: a thousandth of the page up or down."""
    blocks, chance = copy.deepcopy(blocks), random.Random(SEED)
    for block in blocks:
        if "Polygon" in (block.get("Geometry") or {}) and block["BlockType"] in ("LINE", "WORD"):
            down, right = chance.uniform(-0.001, 0.001), chance.uniform(-0.001, 0.001)
            block["Geometry"] = geometry([(one["X"] + right, one["Y"] + down) for one in block["Geometry"]["Polygon"]])
    return blocks


def without(kind: str) -> Perturbation:
    return lambda blocks: [block for block in blocks if not block["BlockType"].startswith(kind)]


def turning(degrees: float) -> Perturbation:
    return lambda blocks: turned(blocks, degrees)


SAME: dict[str, Perturbation] = {
    "shuffled": lambda blocks: shuffled(blocks, SEED),
    "turned 90": turning(90),
    "turned 180": turning(180),
    "turned 270": turning(270),
    "turned 10": turning(10),
    "turned -5": turning(-5),
    "scaled": scaled(0.7),
    "jittered": jittered,
    "on a later page": on_a_later_page,
    "headers unmarked": headers_unmarked,
    "data row marked": data_row_marked,
    "without layout": without("LAYOUT_"),
}
"""What is printed is the same: so are the results."""

WORSE: dict[str, Perturbation] = {
    "half the pairs dropped": pairs_dropped(0.5),
    "all pairs dropped": pairs_dropped(1.0),
    "values cut to their first word": values_cut(True),
    "values cut to their last word": values_cut(False),
    "half the values in their keys": values_in_keys(0.5),
    "without tables": without("TABLE"),
}
"""Textract finds less: fields may be missing or to be checked, never wrong and `ok`."""

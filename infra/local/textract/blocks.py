"""Textract's blocks from what a form says: ids, relationships, geometry, confidences."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from infra.local.textract.form import Form, Grid, GridCell, Pair, PrintedLine
from infra.local.textract.queries import answer
from infra.local.textract.sheet import PrintedWord, Rect, Sheet, TickBox, around

Block = dict[str, Any]


class PageBlocks:
    """The blocks of one page. Ids follow from the document and the order: the same document has the same ids."""

    def __init__(self, sheet: Sheet, form: Form, *, seed: str) -> None:
        self.sheet = sheet
        self.form = form
        self.seed = f"{seed}:{sheet.number}"
        self.blocks: list[Block] = []
        self.word_ids: dict[int, str] = {}
        self.box_ids: dict[int, str] = {}
        self.page = self._add("PAGE", Rect(0, 0, sheet.width, sheet.height))

    def make(self, features: list[str], queries: list[dict[str, Any]]) -> list[Block]:
        for line in self.form.lines:
            self._line(line)
        if {"FORMS", "TABLES"} & set(features):
            self._boxes()
        makers: tuple[tuple[str, list[Any], Callable[[Any], None]], ...] = (
            ("FORMS", self.form.pairs, self._pair),
            ("TABLES", self.form.grids, self._table),
            ("SIGNATURES", self.sheet.signatures, self._signature),
            ("QUERIES", queries, self._query),
        )
        for feature, things, make in makers:
            if feature in features:
                for thing in things:
                    make(thing)
        return self.blocks

    def _signature(self, place: Rect) -> None:
        self._child(self.page, self._add("SIGNATURE", place, Confidence=88.0))

    def _add(self, kind: str, place: Rect | None, **more: Any) -> Block:
        number = len(self.blocks)
        digest = hashlib.sha256(f"{self.seed}:{number}".encode()).digest()
        block: Block = {"BlockType": kind, **more, "Id": str(uuid.UUID(bytes=digest[:16], version=4))}
        if place is not None:
            block["Geometry"] = self._geometry(place)
        block["Page"] = self.sheet.number
        self.blocks.append(block)
        return block

    def _geometry(self, place: Rect) -> dict[str, Any]:
        polygon = self.sheet.polygon(place)
        xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
        box = {"Width": max(xs) - min(xs), "Height": max(ys) - min(ys), "Left": min(xs), "Top": min(ys)}
        return {"BoundingBox": box, "Polygon": [{"X": x, "Y": y} for x, y in polygon]}

    def _relate(self, block: Block, kind: str, ids: list[str]) -> None:
        if ids:
            relationships = block.setdefault("Relationships", [])
            for relationship in relationships:
                if relationship["Type"] == kind:
                    relationship["Ids"] += ids
                    return
            relationships.append({"Type": kind, "Ids": ids})

    def _child(self, block: Block, child: Block) -> None:
        self._relate(block, "CHILD", [child["Id"]])

    def _line(self, line: PrintedLine) -> None:
        confidence = sum(word.confidence for word in line.words) / len(line.words)
        block = self._add("LINE", line.place, Text=line.text, Confidence=round(confidence, 4))
        self._child(self.page, block)
        for word in line.words:
            made = self._add("WORD", word, Text=word.text, TextType="PRINTED", Confidence=word.confidence)
            self.word_ids[id(word)] = made["Id"]
            self._child(block, made)

    def _boxes(self) -> None:
        for box in self.sheet.boxes:
            status = "SELECTED" if box.ticked else "NOT_SELECTED"
            made = self._add("SELECTION_ELEMENT", box, SelectionStatus=status, Confidence=box.confidence)
            self.box_ids[id(box)] = made["Id"]

    def _pair(self, pair: Pair) -> None:
        value_place = pair.box or (around(list(pair.value)) if pair.value else _beside(pair.key))
        value = self._add("KEY_VALUE_SET", value_place, EntityTypes=["VALUE"], Confidence=pair.confidence)
        key = self._add("KEY_VALUE_SET", around(list(pair.key)), EntityTypes=["KEY"], Confidence=pair.confidence)
        self._relate(value, "CHILD", self._ids(pair.value, [pair.box] if pair.box else []))
        self._relate(key, "VALUE", [value["Id"]])
        self._relate(key, "CHILD", self._ids(pair.key, []))
        self._relate(self.page, "CHILD", [key["Id"], value["Id"]])

    def _ids(self, words: list[PrintedWord], boxes: list[TickBox]) -> list[str]:
        return [self.word_ids[id(word)] for word in words] + [self.box_ids[id(box)] for box in boxes]

    def _table(self, grid: Grid) -> None:
        table = self._add("TABLE", grid.place, Confidence=98.0, EntityTypes=["STRUCTURED_TABLE"])
        self._child(self.page, table)
        for cell in grid.cells:
            parts = [
                self._cell(table, grid, cell, row, column)
                for row in range(cell.row, cell.row + cell.row_span)
                for column in range(cell.column, cell.column + cell.column_span)
            ]
            if len(parts) > 1:
                spans = {"RowSpan": cell.row_span, "ColumnSpan": cell.column_span}
                at = {"RowIndex": cell.row, "ColumnIndex": cell.column}
                merged = self._add("MERGED_CELL", cell.place, Confidence=97.0, **at, **spans)
                self._relate(merged, "CHILD", [part["Id"] for part in parts])
                self._relate(table, "MERGED_CELL", [merged["Id"]])

    def _cell(self, table: Block, grid: Grid, cell: GridCell, row: int, column: int) -> Block:
        kinds = ["COLUMN_HEADER"] if grid.has_header and row == 1 else []
        more = {"EntityTypes": kinds} if kinds else {}
        place = {"RowIndex": row, "ColumnIndex": column, "RowSpan": 1, "ColumnSpan": 1}
        made = self._add("CELL", cell.place, Confidence=97.0, **place, **more)
        self._child(table, made)
        if (row, column) == (cell.row, cell.column):
            self._relate(made, "CHILD", self._ids(cell.words, cell.boxes))
        return made

    def _query(self, query: dict[str, Any]) -> None:
        asked = {name: query[name] for name in ("Text", "Alias") if query.get(name)}
        block = self._add("QUERY", None, Query=asked)
        self._child(self.page, block)
        found = answer(query["Text"], self.form)
        if found:
            pair, shared = found
            text = " ".join(word.text for word in pair.value)
            made = self._add("QUERY_RESULT", around(list(pair.value)), Text=text, Confidence=round(90 * shared, 2))
            self._relate(block, "ANSWER", [made["Id"]])


def _beside(words: list[PrintedWord]) -> Rect:
    """Where the value of an empty field would stand."""
    place = around(list(words))
    return Rect(place.x1, place.top, place.x1 + place.width, place.bottom)

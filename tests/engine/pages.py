"""Textract's answers written as drawings, so that a case shows what its document looks like.

A page is a text: a character is 1 % of the width, a line 2 % of the height. Three spaces end a printed line, `[x]` and
`[ ]` are check boxes. `pairs` names what Textract paired: `[key, value]`, each the n-th text of that wording with `#n`;
a value `null` is written blank, `[x]` or `[ ]` is the first box after the key. `tables` are grids of texts.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mapping_specs.engine.yaml_text import load

Block = dict[str, Any]
CHARACTER, ROW = 0.01, 0.02
CONFIDENCE = 99.0


class Drawing:
    def __init__(self, *, confidence: float = CONFIDENCE) -> None:
        self.blocks: list[Block] = []
        self.confidence = confidence
        self.words: list[tuple[int, str, Block]] = []
        """Page, text and block, in the order drawn."""
        self.boxes: list[tuple[int, Block]] = []

    def add(self, kind: str, page: int, place: tuple[float, float, float, float] | None, **more: Any) -> Block:
        block: Block = {"BlockType": kind, "Id": f"{kind.lower()}-{len(self.blocks)}", "Page": page, **more}
        if place is not None:
            left, top, width, height = place
            corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
            box = {"Left": left, "Top": top, "Width": width, "Height": height}
            block["Geometry"] = {"BoundingBox": box, "Polygon": [{"X": x, "Y": y} for x, y in corners]}
        self.blocks.append(block)
        return block

    def page(self, number: int, drawing: str) -> None:
        self.add("PAGE", number, (0.0, 0.0, 1.0, 1.0))
        for row, text in enumerate(drawing.splitlines(), start=2):
            for match in re.finditer(r"\[[x ]\]", text):
                ticked = "SELECTED" if "x" in match.group() else "NOT_SELECTED"
                place = (match.start() * CHARACTER, row * ROW, 0.02, 0.014)
                box = self.add("SELECTION_ELEMENT", number, place, SelectionStatus=ticked, Confidence=self.confidence)
                self.boxes.append((number, box))
            text = re.sub(r"\[[x ]\]", lambda found: "\0" * len(found.group()), text)
            for match in re.finditer(r"[^\s\0]+(?: {1,2}[^\s\0]+)*", text):
                self.line(number, match.group(), match.start(), row)

    def line(self, page: int, text: str, column: float, row: float) -> list[Block]:
        words = []
        for match in re.finditer(r"\S+", text):
            place = ((column + match.start()) * CHARACTER, row * ROW, len(match.group()) * CHARACTER, 0.014)
            word = self.add("WORD", page, place, Text=match.group(), Confidence=self.confidence)
            self.words.append((page, match.group(), word))
            words.append(word)
        place = (column * CHARACTER, row * ROW, len(text) * CHARACTER, 0.014)
        line = self.add("LINE", page, place, Text=" ".join(text.split()), Confidence=self.confidence)
        relate(line, "CHILD", words)
        return words

    def find(self, text: str) -> list[Block]:
        """The words of the n-th printing of a text: `Name #2`."""
        named = re.fullmatch(r"(?P<wanted>.*?)(?: #(?P<nth>\d+))?", str(text), re.S)
        assert named is not None
        parts, found = named["wanted"].split(), []
        for start in range(len(self.words)):
            run = self.words[start : start + len(parts)]
            if [word for _, word, _ in run] == parts:
                found.append([block for _, _, block in run])
        return found[int(named["nth"] or 1) - 1]

    def pair(self, key: str, value: str | None, confidence: float | None = None) -> None:
        words = self.find(key)
        page, link = words[0]["Page"], confidence if confidence is not None else self.confidence
        key_block = self.add("KEY_VALUE_SET", page, around(words), EntityTypes=["KEY"], Confidence=link)
        relate(key_block, "CHILD", words)
        held = self._held(key_block, value)
        place = around(held) if held else (0.9, 0.9, 0.01, 0.01)
        value_block = self.add("KEY_VALUE_SET", page, place, EntityTypes=["VALUE"], Confidence=link)
        relate(value_block, "CHILD", held)
        relate(key_block, "VALUE", [value_block])

    def _held(self, key: Block, value: str | None) -> list[Block]:
        if value is None:
            return []
        if value in ("[x]", "[ ]"):
            after = key["Geometry"]["BoundingBox"]
            return [min((box for _, box in self.boxes), key=lambda box: distance(box, after))]
        return self.find(value)

    def table(self, table: dict[str, Any]) -> None:
        page, top, widths = table.get("page", 1), table.get("top", 60), table.get("width", 18)
        rows = table["rows"]
        block = self.add(
            "TABLE", page, (0.0, top * 0.01, widths * len(rows[0]) * CHARACTER, len(rows) * ROW), Confidence=98.0
        )
        placed: dict[tuple[int, int], Block] = {}
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row, start=1):
                placed[number, column] = self._cell(table, block, page, number, column, text)
        for merged in table.get("merged", []):
            cells = [placed[tuple(place)] for place in merged]
            one = self.add("MERGED_CELL", page, around(cells), RowIndex=merged[0][0], ColumnIndex=merged[0][1])
            one["EntityTypes"] = cells[0].get("EntityTypes", [])
            relate(one, "CHILD", cells)
            relate(block, "MERGED_CELL", [one])
        if "title" in table:
            title = self.add("TABLE_TITLE", page, (0.0, top * 0.01 - 0.02, 0.2, 0.014), Confidence=98.0)
            relate(title, "CHILD", self.line(page, table["title"], 0, top / 2 - 1))
            relate(block, "TABLE_TITLE", [title])

    def _cell(self, table: dict[str, Any], block: Block, page: int, number: int, column: int, text: Any) -> Block:
        left, row = (column - 1) * table.get("width", 18), table.get("top", 60) / 2 + number - 1
        place = (left * CHARACTER, row * ROW, table.get("width", 18) * CHARACTER, ROW)
        cell = self.add("CELL", page, place, RowIndex=number, ColumnIndex=column, Confidence=97.0)
        kinds = table.get("kinds", {}).get(str(number))
        if kinds or number <= table.get("header", 0):
            cell["EntityTypes"] = [kinds or "COLUMN_HEADER"]
        held = self._boxes_in(str(text or ""), page, place)
        texts = re.sub(r"\[[x ]\]", lambda found: " " * len(found.group()), str(text or ""))
        for order, line in enumerate(texts.split("\n")):
            for match in re.finditer(r"\S+(?: {1,2}\S+)*", line):
                held += self.line(page, match.group(), left + match.start(), row + order / 2)
        relate(cell, "CHILD", held)
        relate(block, "CHILD", [cell])
        return cell

    def _boxes_in(self, text: str, page: int, cell: tuple[float, float, float, float]) -> list[Block]:
        """A box that is all there is in its cell has the cell's place."""
        boxes = []
        for match in re.finditer(r"\[[x ]\]", text):
            status = "SELECTED" if "x" in match.group() else "NOT_SELECTED"
            place = cell if match.group() == text else (cell[0] + match.start() * CHARACTER, cell[1], 0.02, 0.014)
            boxes.append(self.add("SELECTION_ELEMENT", page, place, SelectionStatus=status, Confidence=97.0))
        return boxes

    def query(self, alias: str | None, question: str, answer: str | None) -> None:
        asked = {"Text": question, **({"Alias": alias} if alias else {})}
        query = self.add("QUERY", 1, None, Query=asked)
        if answer is not None:
            result = self.add("QUERY_RESULT", 1, (0.1, 0.1, 0.1, 0.014), Text=answer, Confidence=95.0)
            relate(query, "ANSWER", [result])


def relate(block: Block, kind: str, others: list[Block]) -> None:
    if others:
        relationships = block.setdefault("Relationships", [])
        for relationship in relationships:
            if relationship["Type"] == kind:
                relationship["Ids"] += [other["Id"] for other in others]
                return
        relationships.append({"Type": kind, "Ids": [other["Id"] for other in others]})


def around(blocks: list[Block]) -> tuple[float, float, float, float]:
    boxes = [block["Geometry"]["BoundingBox"] for block in blocks]
    left, top = min(box["Left"] for box in boxes), min(box["Top"] for box in boxes)
    right = max(box["Left"] + box["Width"] for box in boxes)
    bottom = max(box["Top"] + box["Height"] for box in boxes)
    return left, top, right - left, bottom - top


def distance(box: Block, key: dict[str, float]) -> float:
    place = box["Geometry"]["BoundingBox"]
    return abs(place["Top"] - key["Top"]) * 10 + abs(place["Left"] - key["Left"])


def response_of(case: dict[str, Any]) -> Any:
    """The response a case draws, or the one it gives."""
    if "response" in case:
        return case["response"]
    drawing = Drawing(confidence=case.get("confidence", CONFIDENCE))
    for number, page in enumerate(case.get("pages") or [case.get("page", "")], start=1):
        drawing.page(number, page)
    for pair in case.get("pairs", []):
        drawing.pair(*pair)
    for table in case.get("tables", []):
        drawing.table(table)
    for query in case.get("queries", []):
        drawing.query(*query)
    for place in case.get("signatures", []):
        drawing.add("SIGNATURE", 1, (place[0] * CHARACTER, place[1] * ROW, 0.2, 0.02), Confidence=90.0)
    pages = len(case.get("pages") or [1])
    return {"DocumentMetadata": {"Pages": pages}, "Blocks": drawing.blocks}


def cases(path: Path) -> list[dict[str, Any]]:
    """The cases of a file, whose YAML is the language's: `YES` and `2020-01-01` are texts."""
    return [written_out(case) for case in json.loads(json.dumps(load(path.read_bytes()).data))]


def written_out(case: dict[str, Any]) -> dict[str, Any]:
    """A case of `field` and `printed` as one of a page with a pair a text, and a spec with a field for each."""
    if "printed" not in case:
        return case
    texts = {f"F{number}": text for number, text in enumerate(case["printed"], start=1)}
    spec = {"fields": {name.lower(): {**case["field"], "from": {"key": name, "paired": True}} for name in texts}}
    values = {name.lower(): case["printed"][text] for name, text in texts.items()}
    expect = case.get("expect", {})
    found = {name: value for name, value in values.items() if value is not None}
    status = {name: "missing" for name, value in values.items() if value is None}
    return {
        "name": case["name"],
        "page": "\n".join(f"{name}:   {text}" for name, text in texts.items()),
        "pairs": [[f"{name}:", " ".join(text.split())] for name, text in texts.items()],
        "spec": {**({"locale": case["locale"]} if "locale" in case else {}), **spec},
        "expect": {"status": status, **expect, "fields": {**found, **expect.get("fields", {})}},
    }

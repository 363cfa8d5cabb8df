"""What `near` takes for one text: characters in boxes of their own, and not what is stamped across a cell."""

from __future__ import annotations

from mapping_specs import build_view, extract, load_spec
from tests.engine.pages import Drawing


def test_a_character_at_another_pitch_is_none_of_the_comb_beside_it() -> None:
    drawing = Drawing()
    drawing.page(1, "Code:")
    for character, column in (("X", 20), ("4", 25), ("7", 27), ("1", 29), ("9", 33)):
        drawing.line(1, character, column, 2)
    spec = load_spec("spec: 1\ndoc_type: combs\nfields: {code: {type: integer, from: {near: {right_of: 'Code:'}}}}")

    result = extract(build_view({"Blocks": drawing.blocks}), spec)

    assert result["fields"] == {"code": 471}


def test_a_watermark_across_a_cell_is_no_part_of_its_text() -> None:
    drawing = Drawing()
    drawing.table({"rows": [["Bank:   Equity   -   Nairobi"]], "width": 60})
    cell = next(block for block in drawing.blocks if block["BlockType"] == "CELL")
    mark = drawing.line(1, "PAID", 50, 29)
    for block in drawing.blocks[-2:]:
        block["Geometry"]["BoundingBox"]["Height"] = 0.06
        block["Geometry"]["Polygon"] = [
            {**corner, "Y": 0.64 if corner["Y"] > 0.59 else corner["Y"]} for corner in block["Geometry"]["Polygon"]
        ]
    cell["Relationships"][0]["Ids"].insert(1, mark[0]["Id"])
    spec = load_spec("spec: 1\ndoc_type: marked\nfields: {bank: {from: {near: {right_of: 'Bank:'}}}}")

    result = extract(build_view({"Blocks": drawing.blocks}), spec)

    assert result["fields"] == {"bank": "Equity - Nairobi"}

"""What real Textract does, and the view settles once for every spec: the ten points of the language; tables are in `test_view_tables`."""

from __future__ import annotations

import copy
import gc
from textwrap import indent
from typing import Any

import pytest

from mapping_specs import ResponseError, View, build_view, explain, extract, load_spec
from tests.engine.pages import Drawing, relate
from tests.engine.scanning import parts, shuffled, turned
from tests.engine.views import drawn, fields_of, result_of, view_of

FORM = """\
MOTOR VEHICLE REGISTRATION

Owner                    Previous owner
Name: Grace Wanjiku      Name: Peter Kamau
Town: Nairobi            Town: Thika

Colour                   Fuel
White                    Diesel

Body   [x] Saloon   [ ] Lorry
Reg. No KCA 123A"""
FORM_SPEC = """
owner: {from: {key: Name, section: Owner}}
previous: {from: {key: Name, section: Previous owner}}
colour: {from: {near: {below: Colour}}}
fuel: Fuel
saloon: {type: boolean, from: {checkbox: Saloon}}
lorry: {type: boolean, from: {checkbox: Lorry}}
number: {from: {line: 'Reg\\. No (?P<value>.*)'}}
age: {type: integer, from: {cell: {table: {headers: [Part, Age]}, row: Engine, column: Age}}}
"""
FORM_FIELDS = {
    "owner": "Grace Wanjiku",
    "previous": "Peter Kamau",
    "colour": "White",
    "fuel": "Diesel",
    "saloon": "true",
    "lorry": "false",
    "number": "KCA 123A",
    "age": 7,
}


def form() -> Drawing:
    drawing = drawn(FORM)
    drawing.pair("Name:", "Grace Wanjiku")
    drawing.pair("Name: #2", "Peter Kamau")
    drawing.table({"rows": [["Part", "Age"], ["Gearbox", "3"], ["Engine", "7"]], "header": 1})
    drawing.query("reg", "What is the number?", "KCA 123A")
    return drawing


def test_it_works() -> None:
    assert fields_of(view_of(form()), FORM_SPEC) == FORM_FIELDS


# 1. Parts are joined, none is lost.


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_an_answer_in_parts_is_the_answer_in_one(size: int) -> None:
    drawing = form()

    view = build_view(parts(drawing.blocks, size))

    assert view.to_dict() == view_of(drawing).to_dict()


def test_the_parts_of_an_answer_come_in_any_order() -> None:
    drawing = form()
    answers = [{"Blocks": part["Blocks"]} for part in parts(drawing.blocks, 10)]

    for joined in (answers[::-1], answers[3:] + answers[:3]):
        assert build_view(joined).to_dict() == view_of(drawing).to_dict()


def test_a_key_and_its_value_in_different_parts_are_a_pair() -> None:
    drawing = form()
    pairs = [block for block in drawing.blocks if block["BlockType"] == "KEY_VALUE_SET"]
    others = [block for block in drawing.blocks if block["BlockType"] != "KEY_VALUE_SET"]

    view = build_view([{"Blocks": [one]} for one in pairs] + [{"Blocks": others}])

    assert [(pair.label, pair.value) for pair in view.key_values] == [
        ("Name", "Grace Wanjiku"),
        ("Name", "Peter Kamau"),
    ]


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (lambda whole: whole[:-1], "not whole"),
        (lambda whole: [*whole[:-1], {"JobStatus": "IN_PROGRESS"}], "has not ended"),
        (lambda whole: [*whole, {"JobStatus": "FAILED"}], "failed"),
        (lambda whole: [*whole, {"ExpenseDocuments": []}], "mixes"),
        (lambda whole: [*whole, "part"], "not an object"),
        (lambda whole: [], "no parts"),
    ],
    ids=["the last part is missing", "in progress", "failed", "two APIs", "a part is a text", "nothing"],
)
def test_an_answer_that_is_not_whole_is_refused(response: Any, why: str) -> None:
    with pytest.raises(ResponseError, match=why):
        build_view(response(parts(form().blocks, 10)))


def test_pages_that_textract_lacks_are_told() -> None:
    blocks = drawn("Name: Grace", "Town: Thika", "Fuel: Diesel").blocks
    blocks = [block for block in blocks if block["Page"] != 2]

    result = result_of(view_of(blocks), "name: Name")

    assert [(one["code"], one["pages"]) for one in result["warnings"]] == [("PAGES_MISSING", [2])]
    assert result["needsReview"]


# 2. The confidence of the link is not that of the reading.


def test_link_and_ocr_confidence_are_both_kept() -> None:
    drawing = drawn("Name: Grace Wanjiku")
    drawing.pair("Name:", "Grace Wanjiku", confidence=91.0)
    for word, confidence in zip(drawing.find("Grace Wanjiku"), (99.0, 61.0), strict=True):
        word["Confidence"] = confidence

    view = view_of(drawing)
    told = explain(view, load_spec("spec: 1\ndoc_type: form\nfields: {name: Name}"))

    assert (view.key_values[0].confidence, view.key_values[0].ocr_confidence) == (91.0, 80.0)
    candidate = told["explain"]["name"]["sources"][0]["candidates"][0]
    assert (candidate["confidence"], candidate["ocr_confidence"], candidate["ocr_confidence_min"]) == (91.0, 80.0, 61.0)


@pytest.mark.parametrize("confidence", [None, "98", float("nan"), -1, 101])
def test_a_confidence_that_is_none_is_absent(confidence: Any) -> None:
    drawing = drawn("Name: Grace")
    drawing.pair("Name:", "Grace")
    for block in drawing.blocks:
        block.pop("Confidence", None)
        if confidence is not None:
            block["Confidence"] = confidence

    view = view_of(drawing)

    assert "confidence" not in view.key_values[0].to_dict()
    assert "ocr_confidence" not in view.key_values[0].to_dict()
    assert result_of(view, "name: Name")["fieldStatus"] == {"name": "check"}


# 3. The same key several times.


def test_no_printing_of_a_key_is_dropped() -> None:
    drawing = drawn("Name: Grace      Name: Peter\nName: Amina", "Name: Otieno")
    for number, value in ((4, "Otieno"), (2, "Peter"), (1, "Grace"), (3, "Amina")):
        drawing.pair(f"Name: #{number}", value)

    view = view_of(drawing)

    assert [(pair.value, pair.page) for pair in view.key_values] == [
        ("Grace", 1),
        ("Peter", 1),
        ("Amina", 1),
        ("Otieno", 2),
    ]
    names = "\n".join(f"name_{nth}: {{from: {{key: Name, nth: {nth}}}}}" for nth in (1, 2, 3, 4))
    assert list(fields_of(view, names).values()) == ["Grace", "Peter", "Amina", "Otieno"]


# 4. What a value may hold.


def test_a_value_keeps_its_lines_and_their_print_order() -> None:
    drawing = drawn("Address:   P.O. Box 77\n           Kenyatta Avenue\n           Nairobi")
    drawing.pair("Address:", "P.O. Box 77 Kenyatta Avenue Nairobi")
    (value,) = (block for block in drawing.blocks if block.get("EntityTypes") == ["VALUE"])
    identities = value["Relationships"][0]["Ids"]
    value["Relationships"][0]["Ids"] = identities[3:] + identities[:3]

    assert view_of(drawing).key_values[0].value == "P.O. Box 77\nKenyatta Avenue\nNairobi"


def test_a_value_is_words_or_a_box_or_a_signature_or_nothing() -> None:
    drawing = drawn("Name: Grace\nSober: [x]\nSigned:\nRemarks:")
    drawing.pair("Name:", "Grace")
    drawing.pair("Sober:", "[x]")
    drawing.pair("Signed:", None)
    drawing.pair("Remarks:", None)
    signature = drawing.add("SIGNATURE", 1, (0.1, 0.08, 0.2, 0.02), Confidence=90.0)
    relate([block for block in drawing.blocks if block.get("EntityTypes") == ["VALUE"]][2], "CHILD", [signature])

    name, sober, signed, remarks = (pair.to_dict() for pair in view_of(drawing).key_values)

    assert name["value"] == "Grace"
    assert "value" not in sober
    assert sober["selected"] is True
    assert signed["signed"] is True
    assert {"value", "selected", "signed"} & remarks.keys() == set()


def test_a_key_whose_value_block_is_not_there_is_a_pair_with_nothing_written() -> None:
    drawing = drawn("Name: Grace\nTown: Thika")
    drawing.pair("Name:", "Grace")
    drawing.pair("Town:", "Thika")
    lost = next(block for block in drawing.blocks if block.get("EntityTypes") == ["VALUE"])

    view = view_of([block for block in drawing.blocks if block is not lost])

    assert [(pair.label, pair.value) for pair in view.key_values] == [("Name", None), ("Town", "Thika")]


# 5. What is printed for a box.


def labels_of(view: View) -> list[tuple[str, bool]]:
    return [(box.label, box.selected) for box in view.selections]


def test_a_box_is_labelled_by_the_key_of_its_pair() -> None:
    drawing = drawn("Retired   [x]   Employed")
    drawing.pair("Retired", "[x]")

    assert labels_of(view_of(drawing)) == [("Retired", True)]


@pytest.mark.parametrize(
    ("page", "labels"),
    [
        ("[x] Male   [ ] Female", [("Male", True), ("Female", False)]),
        ("Male [x]   Female [ ]", [("Male", True), ("Female", False)]),
        ("Sex:   [x] Male   [ ] Female", [("Male", True), ("Female", False)]),
        ("Male\n[x]", [("Male", True)]),
        ("Male      Female\n[ ]       [x]", [("Male", False), ("Female", True)]),
        ("[ ] Own house\n[x] Rented", [("Own house", False), ("Rented", True)]),
    ],
    ids=["right", "left of all", "a question before them", "above", "each below its own", "rows"],
)
def test_a_box_is_labelled_by_the_nearest_text(page: str, labels: list[tuple[str, bool]]) -> None:
    assert labels_of(view_of(drawn(page))) == labels


def test_a_cell_s_boxes_in_any_order_keep_their_own_labels() -> None:
    for backwards in (False, True):
        drawing = drawn("Diet   [x] Halal   [ ] Vegan   [ ] None")
        boxes = [block for block in drawing.blocks if block["BlockType"] == "SELECTION_ELEMENT"]
        words = [block for block in drawing.blocks if block["BlockType"] == "WORD"]
        table = drawing.add("TABLE", 1, (0.0, 0.03, 0.6, 0.03), Confidence=98.0)
        cell = drawing.add("CELL", 1, (0.0, 0.03, 0.6, 0.03), RowIndex=1, ColumnIndex=1, Confidence=97.0)
        relate(cell, "CHILD", [*words, *(boxes[::-1] if backwards else boxes)])
        relate(table, "CHILD", [cell])

        view = view_of(drawing)

        assert labels_of(view) == [("Halal", True), ("Vegan", False), ("None", False)]
        diet = "diet: {type: enum, from: {checkbox: {question: Diet, options: [Halal, Vegan, None]}}}"
        assert fields_of(view, diet) == {"diet": "Halal"}


# 9. Turned and skewed pages.


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_is_read_as_its_reader_turns_it(degrees: int) -> None:
    upright = view_of(form())

    view = view_of(turned(form().blocks, degrees))

    assert view.pages[0].rotation == 360 - degrees
    assert view.to_dict() == {**upright.to_dict(), "pages": view.to_dict()["pages"]}
    assert view.pages[0].to_dict()["text"] == upright.pages[0].to_dict()["text"]


@pytest.mark.parametrize("degrees", [10, -10, 3, 100, 170, 190])
def test_of_a_skewed_page_rows_and_columns_are_the_printed_ones(degrees: int) -> None:
    upright = view_of(form())

    view = view_of(turned(form().blocks, degrees))

    assert [line.text for line in view.lines] == [line.text for line in upright.lines]
    assert labels_of(view) == labels_of(upright)
    assert fields_of(view, FORM_SPEC) == FORM_FIELDS


def test_each_page_has_its_own_turning() -> None:
    drawing = drawn("Owner   Fuel\nGrace   Diesel", "Owner   Fuel\nPeter   Petrol")
    first = [block for block in drawing.blocks if block["Page"] == 1]
    second = [block for block in drawing.blocks if block["Page"] == 2]

    view = view_of([*turned(first, 180), *turned(second, 90)])

    assert [page.rotation for page in view.pages] == [180.0, 270.0]
    assert [line.text for line in view.lines] == [
        "Owner",
        "Fuel",
        "Grace",
        "Diesel",
        "Owner",
        "Fuel",
        "Peter",
        "Petrol",
    ]


# 10. Blocks in no order, dangling ids, unanswered queries.


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_blocks_means_nothing(seed: int) -> None:
    drawing = form()

    view = view_of(shuffled(drawing.blocks, seed))

    assert view.to_dict() == view_of(drawing).to_dict()


@pytest.mark.parametrize("backwards", [False, True])
def test_a_query_answered_on_two_pages_gives_the_first_page_s_answer(backwards: bool) -> None:
    drawing = drawn("Total 70", "Total 80")
    for page, answer in ((1, "70"), (2, "80")):
        query = drawing.add("QUERY", page, None, Query={"Text": "What is the total?", "Alias": "total"})
        result = drawing.add("QUERY_RESULT", page, (0.1, 0.1, 0.1, 0.014), Text=answer, Confidence=95.0)
        relate(query, "ANSWER", [result])
    spec = load_spec(
        "spec: 1\ndoc_type: form\ntextract: {queries: {total: What is the total}}\n"
        "fields: {total: {type: integer, from: {query: total}}}"
    )

    result = extract(view_of(drawing.blocks[::-1] if backwards else drawing.blocks), spec)

    assert result["fields"] == {"total": 70}


def test_ids_that_dangle_are_left_out() -> None:
    whole = form()
    blocks = copy.deepcopy(whole.blocks)
    for block in blocks:
        for relationship in block.get("Relationships", []):
            relationship["Ids"] = ["gone", *relationship["Ids"], "gone too"]

    assert view_of(blocks).to_dict() == view_of(whole).to_dict()


def test_a_query_without_alias_or_without_answer_is_no_error() -> None:
    drawing = drawn("Total 70")
    drawing.query(None, "What is the total?", "70")
    drawing.query("owner", "Who is the owner?", None)
    drawing.blocks.append({"BlockType": "QUERY", "Id": "bare", "Page": 1})

    view = view_of(drawing)

    assert [(one.alias, one.question, one.value) for one in view.queries] == [
        (None, "What is the total?", "70"),
        ("owner", "Who is the owner?", None),
        (None, "", None),
    ]
    spec = load_spec(
        "spec: 1\ndoc_type: form\ntextract: {queries: {total: What is the total, owner: Who is the owner}}\n"
        "fields: {total: {from: {query: What is the TOTAL}}, owner: {from: {query: owner}}}"
    )
    assert extract(view, spec)["fields"] == {"total": "70"}


def test_an_expense_and_an_identity_have_the_same_view() -> None:
    expense = build_view(
        {
            "ExpenseDocuments": [
                {
                    "SummaryFields": [
                        {
                            "Type": {"Text": "TOTAL"},
                            "LabelDetection": {"Text": "Amount due"},
                            "ValueDetection": {"Text": "KES 70", "Confidence": 91.0},
                            "PageNumber": 1,
                        }
                    ],
                    "LineItemGroups": [
                        {
                            "LineItems": [
                                {
                                    "LineItemExpenseFields": [
                                        {"Type": {"Text": "ITEM"}, "ValueDetection": {"Text": "Rice"}}
                                    ]
                                }
                            ]
                        }
                    ],
                }
            ]
        }
    ).to_dict()
    identity = build_view(
        {
            "IdentityDocuments": [
                {"IdentityDocumentFields": [{"Type": {"Text": name}, "ValueDetection": {"Text": value}}]}
                for name, value in (("FIRST_NAME", "GRACE"), ("FIRST_NAME", "PETER"))
            ]
        }
    ).to_dict()

    (document,) = expense["expenses"]
    assert document["summary"] == [
        {"type": "TOTAL", "label": "Amount due", "value": "KES 70", "confidence": 91.0, "page": 1, "box": ANYWHERE}
    ]
    assert [[cell["value"] for cell in item["cells"]] for item in document["line_items"]] == [["Rice"]]
    assert [(one["document"], one["value"]) for one in identity["identities"]] == [(1, "GRACE"), (2, "PETER")]
    assert expense.keys() == identity.keys() == view_of(form()).to_dict().keys()


def test_keys_of_one_row_are_read_from_the_left_though_they_do_not_stand_level() -> None:
    drawing = Drawing()
    drawing.page(1, "")
    for row, column in ((4.91, 10), (4.89, 40), (5.89, 40), (5.91, 10)):
        drawing.line(1, f"Key{row}", column, row)
        drawing.line(1, f"value{row}", column + 12, row)
        drawing.pair(f"Key{row}", f"value{row}")

    keys = build_view({"Blocks": drawing.blocks}).key_values

    assert [pair.key for pair in keys] == ["Key4.91", "Key4.89", "Key5.91", "Key5.89"]


def test_the_words_of_a_second_identity_card_are_on_its_page() -> None:
    """AnalyzeID gives a line no page and a word page 0."""
    cards = [
        {
            "IdentityDocumentFields": [],
            "Blocks": [
                {
                    "BlockType": "LINE",
                    "Id": f"l{n}",
                    "Text": text,
                    "Relationships": [{"Type": "CHILD", "Ids": [f"w{n}"]}],
                },
                {"BlockType": "WORD", "Id": f"w{n}", "Text": text, "Page": 0},
            ],
        }
        for n, text in enumerate(("GRACE", "PETER"))
    ]

    view = build_view({"IdentityDocuments": cards})
    lines = view.lines

    assert [(line.page, line.text, [word.page for word in line.words]) for line in lines] == [
        (1, "GRACE", [1]),
        (2, "PETER", [2]),
    ]


ANYWHERE = {"left": 0.0, "top": 0.0, "width": 0.0, "height": 0.0}


def test_half_a_character_is_none() -> None:
    """JSON can escape one; regular expressions and UTF-8 know none."""
    drawing = Drawing()
    drawing.page(1, "Name: Gr\ud83dace")
    spec = load_spec("spec: 1\ndoc_type: half\nfields: {name: Name, found: {from: {line: 'Gr.+'}}}")

    result = extract(build_view({"Blocks": drawing.blocks}), spec)

    assert result["fields"] == {"name": "Gr?ace", "found": "Gr?ace"}


def test_a_document_is_freed_with_its_last_user() -> None:
    """No part of it waits for a garbage collection, which would go through the next documents too."""
    spec = load_spec(f"spec: 1\ndoc_type: form\nfields:{indent(FORM_SPEC, '  ')}")
    gc.collect()
    gc.disable()
    try:
        extract(view_of(drawn(FORM)), spec)
        garbage = gc.collect()
    finally:
        gc.enable()

    assert garbage == 0


def test_what_is_taken_from_a_view_outlives_it() -> None:
    address = drawn("Address:   P.O. Box 77\n           Kenyatta Avenue")
    address.pair("Address:", "P.O. Box 77 Kenyatta Avenue")

    assert view_of(address).key_values[0].value == "P.O. Box 77\nKenyatta Avenue"
    assert [word.text for word in view_of(address).lines[2].words] == ["Kenyatta", "Avenue"]


def test_a_word_kept_longer_than_its_line_says_so() -> None:
    word = view_of(drawn(FORM)).lines[0].words[0]

    with pytest.raises(ReferenceError, match="keep the view as long as the words"):
        _ = word.line

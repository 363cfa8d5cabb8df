"""Tables as the view settles them once for every spec: points 6 to 8 of the ten."""

from __future__ import annotations

from typing import Any

import pytest

from mapping_specs import View
from tests.engine.views import drawn, fields_of, result_of, view_of

# 6. Merged cells.


def table_of(**table: Any) -> View:
    drawing = drawn("FORM")
    drawing.table(table)
    return view_of(drawing)


def texts(view: View, number: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row] for row in view.tables[number].grid]


def test_over_columns_the_words_count_for_the_first() -> None:
    view = table_of(rows=[["Item", "Qty", "Price"], ["Free of", "charge", "0"]], header=1, merged=[[[2, 1], [2, 2]]])

    assert texts(view) == [["Item", "Qty", "Price"], ["Free of charge", "", "0"]]


def test_over_columns_of_a_header_row_they_count_for_every_one() -> None:
    view = table_of(rows=[["Item", "Price", ""], ["Rice", "1", "2"]], header=1, merged=[[[1, 2], [1, 3]]])

    assert texts(view)[0] == ["Item", "Price", "Price"]


@pytest.mark.parametrize("own", [2, 3])
def test_of_columns_under_one_header_the_one_with_the_words_answers(own: int) -> None:
    header = ["Item", "", ""]
    header[own - 1] = "Price"
    drawing = drawn("FORM")
    drawing.table({"rows": [header, ["Rice", "70", "80"]], "header": 1, "merged": [[[1, 2], [1, 3]]]})

    price = "price: {type: integer, from: {cell: {table: {headers: [Item]}, row: Rice, column: Price}}}"

    assert fields_of(view_of(drawing), price) == {"price": 70 if own == 2 else 80}


def test_over_rows_only_blank_cells_are_filled() -> None:
    view = table_of(
        rows=[["Date", "Item"], ["2 March", "Rice"], ["", "Beans"], ["3 March", "Tea"]],
        header=1,
        merged=[[[2, 1], [3, 1], [4, 1]]],
    )

    assert [row[0] for row in texts(view)] == ["Date", "2 March", "2 March", "3 March"]


def test_a_merged_cell_of_cells_that_are_not_there_changes_nothing() -> None:
    drawing = drawn("FORM")
    drawing.table({"rows": [["Item", "Qty"], ["Rice", "2"]], "header": 1, "merged": [[[2, 1], [2, 2]]]})
    (merged,) = (block for block in drawing.blocks if block["BlockType"] == "MERGED_CELL")
    merged["Relationships"] = [{"Type": "CHILD", "Ids": ["gone", merged["Id"]]}]

    assert texts(view_of(drawing)) == [["Item", "Qty"], ["Rice", "2"]]


# 7. Headers and titles.

ITEMS = [["Item", "Qty"], ["Rice", "2"], ["Beans", "3"]]
ITEMS_SPEC = "tables:\n  items: {columns: {item: Item, quantity: {header: Qty, type: integer}}}\n"
ITEMS_ROWS = [{"item": "Rice", "quantity": 2}, {"item": "Beans", "quantity": 3}]


@pytest.mark.parametrize(
    "table",
    [
        {"rows": ITEMS, "header": 1},
        {"rows": ITEMS},
        {"rows": ITEMS, "header": 2},
        {"rows": ITEMS, "header": 3},
        {"rows": [["Order of the day", ""], *ITEMS], "header": 2, "merged": [[[1, 1], [1, 2]]]},
        {"rows": [["", "Qty"], ["Item", ""], *ITEMS[1:]], "header": 2},
    ],
    ids=["marked", "unmarked", "a data row marked", "all marked", "under a title row", "over two rows"],
)
def test_headers_are_found_however_they_are_marked(table: dict[str, Any]) -> None:
    result = result_of(table_of(**table), "form: FORM", ITEMS_SPEC)

    assert result["tables"]["items"] == ITEMS_ROWS


@pytest.mark.parametrize(
    ("page", "table"),
    [
        ("FORM", {"rows": ITEMS, "header": 1, "title": "Groceries"}),
        ("FORM", {"rows": [["Groceries", ""], *ITEMS], "header": 2, "merged": [[[1, 1], [1, 2]]]}),
        ("\n" * 27 + "Groceries", {"rows": ITEMS, "header": 1}),
    ],
    ids=["a TABLE_TITLE", "a merged first row", "the line above"],
)
def test_a_title_is_found_wherever_it_is(page: str, table: dict[str, Any]) -> None:
    drawing = drawn(page)
    drawing.table(table)

    view = view_of(drawing)

    assert [one.title for one in view.tables] == ["Groceries"]
    titled = (
        "tables:\n  items: {where: {title: Groceries}, columns: {item: Item, quantity: {header: Qty, type: integer}}}\n"
    )
    assert result_of(view, "form: FORM", titled)["tables"]["items"] == ITEMS_ROWS


def test_a_line_far_above_is_no_title() -> None:
    drawing = drawn("Groceries")
    drawing.table({"rows": ITEMS, "header": 1})

    assert [one.title for one in view_of(drawing).tables] == [""]


# 8. A table over pages.


@pytest.mark.parametrize(
    "second",
    [
        {"rows": [["Item", "Qty"], ["Beans", "3"]], "header": 1},
        {"rows": [["Beans", "3"]]},
        {"rows": [["Beans", "3"]], "header": 1},
    ],
    ids=["the header repeated", "without", "its first row marked as header"],
)
def test_a_table_goes_on_over_the_page(second: dict[str, Any]) -> None:
    drawing = drawn("FORM", "page two")
    drawing.table({"rows": ITEMS[:2], "header": 1})
    drawing.table({"rows": [["Paid by", "On", "Place"], ["Grace", "Monday", "Thika"]], "header": 1, "top": 80})
    drawing.table({"rows": [["Agent", "Commission", "Branch"], ["Peter", "5", "Meru"]], "page": 2, "top": 10})
    drawing.table({**second, "page": 2, "top": 40})

    assert result_of(view_of(drawing), "form: FORM", ITEMS_SPEC)["tables"]["items"] == ITEMS_ROWS


def test_another_table_of_the_next_page_is_not_its_end() -> None:
    drawing = drawn("FORM", "page two")
    drawing.table({"rows": ITEMS, "header": 1})
    drawing.table({"rows": [["Agent", "Branch"], ["Peter", "Meru"]], "header": 1, "page": 2})

    assert result_of(view_of(drawing), "form: FORM", ITEMS_SPEC)["tables"]["items"] == ITEMS_ROWS

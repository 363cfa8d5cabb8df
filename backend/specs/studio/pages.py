"""What is printed on a page, with its places: what the analyst points at."""

from __future__ import annotations

from typing import Any

import mapping_specs
from backend.errors import NotFound
from backend.specs.studio.naming import camel_keys
from mapping_specs.engine.view.tables import Table

ON_PAGE = ("key_values", "lines", "selections", "signatures", "queries")


def page_json(view: mapping_specs.View, number: int, size: tuple[int, int]) -> dict[str, Any]:
    """Boxes are fractions of the turned page; `size` is its image's, in pixels."""
    page_check(view, number)
    parts = {name: [node.to_dict() for node in getattr(view, name) if node.page == number] for name in ON_PAGE}
    tables = [table_json(table) for table in view.tables if table.page == number]
    nodes = {name: [camel_keys(node) for node in found] for name, found in parts.items()}
    return {"number": number, "width": size[0], "height": size[1], "tables": tables, **camel_keys(nodes)}


def page_check(view: mapping_specs.View, number: int) -> None:
    if number not in {page.number for page in view.pages}:
        raise NotFound("PAGE_NOT_FOUND", "The document has no such page.", pages=len(view.pages))


def table_json(table: Table) -> dict[str, Any]:
    headers = table.headers
    header_rows = set(table.header_rows)
    rows = [
        {"box": _row_box(row), "cells": [_cell(cell, headers, column) for column, cell in enumerate(row, start=1)]}
        for row in table.grid
    ]
    return {
        "title": table.title,
        "headers": headers,
        "headerRows": sorted(row + 1 for row in header_rows),
        "box": table.box.to_dict(),
        "rows": rows,
    }


def _row_box(row: list[Any]) -> dict[str, float]:
    left, top = min(cell.box.left for cell in row), min(cell.box.top for cell in row)
    right, bottom = max(cell.box.right for cell in row), max(cell.box.bottom for cell in row)
    return {
        "left": round(left, 5),
        "top": round(top, 5),
        "width": round(right - left, 5),
        "height": round(bottom - top, 5),
    }


def _cell(cell: Any, headers: list[str], column: int) -> dict[str, Any]:
    return {
        "text": cell.text,
        "selected": cell.selected,
        "box": cell.box.to_dict(),
        "column": column,
        "header": headers[column - 1],
    }

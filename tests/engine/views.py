"""Views of pages drawn as text, and what a few lines of spec find in them."""

from __future__ import annotations

from typing import Any

from mapping_specs import View, build_view, extract, load_spec
from tests.engine.pages import Block, Drawing


def drawn(*pages: str) -> Drawing:
    drawing = Drawing()
    for number, page in enumerate(pages, start=1):
        drawing.page(number, page)
    return drawing


def view_of(drawing: Drawing | list[Block]) -> View:
    blocks = drawing if isinstance(drawing, list) else drawing.blocks
    return build_view({"DocumentMetadata": {"Pages": max(block["Page"] for block in blocks)}, "Blocks": blocks})


def fields_of(view: View, fields: str) -> dict[str, Any]:
    return result_of(view, fields)["fields"]


def result_of(view: View, fields: str, tables: str = "") -> dict[str, Any]:
    indented = "".join(f"  {line}\n" for line in fields.strip().splitlines())
    return extract(view, load_spec(f"spec: 1\ndoc_type: form\nfields:\n{indented}{tables}"))

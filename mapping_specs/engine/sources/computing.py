"""`jmespath` reads the view, `computed` the fields and tables so far, `value` nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.errors import ExpressionError
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.reading import Reads
from mapping_specs.engine.view.nodes import Box

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source

TEXT_NAMES = ("value", "text", "title")
MAX_HITS = 1_000


def jmespath(context: Context, source: Source) -> list[Hit]:
    """A node keeps its confidence and evidence, a bare scalar has neither; of a list every item is a hit."""
    found = _searched(context, source, context.view.as_json)
    region = context.region(source)
    hits = [_hit(item) for item in (found if isinstance(found, list) else [found])[:MAX_HITS]]
    return [hit for hit in hits if hit is not None and (region.everywhere or region.holds(hit.page, hit.box))]


def computed(context: Context, source: Source) -> list[Hit]:
    """Its confidence is the lowest of what it read."""
    from mapping_specs.engine.expressions import compile_expression

    data = {"fields": context.fields, "tables": context.tables}
    found = _searched(context, source, data)
    if found is None or isinstance(found, dict | list):
        return []
    confidence, constant = _trust(context, compile_expression(source["args"]["expression"]).reads)
    return [Hit(_text(found), value=found, confidence=confidence, constant=constant)]


def _trust(context: Context, reads: Reads) -> tuple[float | None, bool]:
    """The lowest confidence of what was read, None where one is unknown or something written was not read; and whether
    it read constants only."""
    names = set(context.fields) if reads.all_fields else reads.fields
    read = [name for name in names if name not in context.constants]
    known = [context.confidences.get(name) for name in read if context.fields.get(name) is not None]
    known += confidences_of_cells(context, reads)
    known += [None for name in read if name in context.unread]
    known += [None for table in reads.tables if _is_partly_read(context, table, _columns_of(reads, table))]
    lowest = None if None in known else min(known, default=None)  # type: ignore[type-var]
    return lowest, not read and not reads.tables


def confidences_of_cells(context: Context, reads: Reads) -> list[float | None]:
    return [percent for table in reads.tables for percent in _of_cells(context, table, _columns_of(reads, table))]


def _columns_of(reads: Reads, table: str) -> set[str]:
    return {column for of, column in reads.columns if of == table}


def _is_partly_read(context: Context, table: str, columns: set[str]) -> bool:
    """Something stands in a cell that is not of its type: a sum without it is none."""
    result = context.tables_read.get(table)
    return result is not None and bool(result.unread & columns if columns else result.unread)


def _of_cells(context: Context, table: str, columns: set[str]) -> list[float | None]:
    """Of the columns read, or of all where that cannot be told."""
    result = context.tables_read.get(table)
    names = {column.removesuffix("_currency") for column in columns} | columns
    return [
        cell["confidence"]
        for row in (result.evidence if result is not None else ())
        for column, cell in row.items()
        if not columns or column in names
    ]


def value(context: Context, source: Source) -> list[Hit]:
    constant = source["args"]["value"]
    return [Hit(_text(constant), value=constant, constant=True)]


def _searched(context: Context, source: Source, data: Any) -> Any:
    from mapping_specs.engine.expressions import compile_expression

    expression = source["args"]["expression"]
    try:
        return compile_expression(expression).search(data)
    except ExpressionError as error:
        context.warn("EXPRESSION_FAILED", f"An expression could not be evaluated: {error}", expression=expression)
        return None


def _hit(found: Any) -> Hit | None:
    if isinstance(found, dict):
        return _hit_of_node(found)
    if found is None or isinstance(found, list):
        return None
    return Hit(_text(found), value=None if isinstance(found, str) else found)


def _hit_of_node(node: dict[str, Any]) -> Hit | None:
    text = next((node[name] for name in TEXT_NAMES if isinstance(node.get(name), str)), None)
    selected = node.get("selected")
    if text is None and not isinstance(selected, bool):
        return None
    hit = Hit(text if text is not None else ("yes" if selected else "no"), value=selected if text is None else None)
    page = node.get("page")
    hit.page = page if type(page) is int else None
    hit.box = _box(node.get("box"))
    hit.confidence, hit.ocr_confidence = _percent(node.get("confidence")), _percent(node.get("ocr_confidence"))
    return hit


def _box(found: Any) -> Box | None:
    """An expression may have made the node itself, of anything."""
    if not isinstance(found, dict):
        return None
    sides: list[Any] = [found.get(side) for side in ("left", "top", "width", "height")]
    if not all(type(side) in (int, float) for side in sides):
        return None
    left, top, width, height = sides
    return Box(left, top, left + width, top + height)


def _percent(found: Any) -> float | None:
    return float(found) if type(found) in (int, float) and 0 <= found <= 100 else None


def _text(scalar: Any) -> str:
    if isinstance(scalar, bool):
        return "yes" if scalar else "no"
    return str(scalar)

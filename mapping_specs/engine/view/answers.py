"""Queries, signatures, layout, and the answers of AnalyzeExpense and AnalyzeID."""

from __future__ import annotations

from typing import Any

from mapping_specs.engine.view.blocks import Blocks, confidence_of, page_of, text_of
from mapping_specs.engine.view.lines import Words
from mapping_specs.engine.view.nodes import Expense, ExpenseField, Identity, Layout, Query, Signature
from mapping_specs.engine.view.turning import Turning


def queries_of(blocks: Blocks) -> list[Query]:
    """Every query with its best answer; those without an answer too."""
    queries = []
    for block in blocks.of("QUERY"):
        asked = block.get("Query")
        asked = asked if isinstance(asked, dict) else {}
        alias, question = asked.get("Alias"), asked.get("Text")
        query = Query(alias if type(alias) is str else None, question if type(question) is str else "", page_of(block))
        answers = [answer for answer in blocks.related(block, "ANSWER") if text_of(answer)]
        if answers:
            best = max(answers, key=lambda answer: confidence_of(answer) or 0.0)
            query.value, query.confidence, query.page = text_of(best), confidence_of(best), page_of(best)
            query.box = blocks.turning(query.page).box(best)
        queries.append(query)
    return sorted(queries, key=lambda one: one.page)


def signatures_of(blocks: Blocks) -> list[Signature]:
    found = []
    for block in blocks.of("SIGNATURE"):
        page = page_of(block)
        found.append(Signature(confidence_of(block), page, blocks.turning(page).box(block)))
    return sorted(found, key=lambda one: (one.page, one.box.top, one.box.left))


def layout_of(blocks: Blocks, words: Words) -> list[Layout]:
    found = []
    for kind, of_kind in blocks.by_type.items():
        if type(kind) is not str or not kind.startswith("LAYOUT_"):
            continue
        for block in of_kind:
            page = page_of(block)
            texts = [text_of(line) for line in blocks.related(block, "CHILD")]
            text = "\n".join(filter(None, texts))
            box = blocks.turning(page).box(block)
            found.append(Layout(kind.removeprefix("LAYOUT_").lower(), text, confidence_of(block), page, box))
    return sorted(found, key=lambda one: (one.page, one.box.top, one.box.left))


def expenses_of(parts: list[dict[str, Any]]) -> list[Expense]:
    documents = [one for part in parts for one in _dicts(part.get("ExpenseDocuments"))]
    return [_expense(number, document) for number, document in enumerate(documents, start=1)]


def _expense(number: int, document: dict[str, Any]) -> Expense:
    fields = [_expense_field(field) for field in _dicts(document.get("SummaryFields"))]
    expense = Expense(number, fields[0].page if fields else 1)
    expense.summary = fields
    for group in _dicts(document.get("LineItemGroups")):
        rows = [
            [_expense_field(cell) for cell in _dicts(item.get("LineItemExpenseFields"))]
            for item in _dicts(group.get("LineItems"))
        ]
        expense.groups.append(rows)
    return expense


def _expense_field(source: dict[str, Any]) -> ExpenseField:
    page = page_of({"Page": source.get("PageNumber")})
    kind, label, value = (_dict(source.get(name)) for name in ("Type", "LabelDetection", "ValueDetection"))
    field = ExpenseField(text_of(kind), page)
    upright = Turning(0.0)
    field.label = text_of(label) or None
    field.label_box = upright.box(label) if field.label else None
    field.value = text_of(value) or None
    field.confidence = confidence_of(value)
    field.box = upright.box(value) if field.value else None
    currency = _dict(source.get("Currency")).get("Code")
    field.currency = currency if type(currency) is str else None
    for group in _dicts(source.get("GroupProperties")):
        types = group.get("Types")
        field.groups.extend(kind for kind in types if type(kind) is str) if type(types) is list else None
    return field


def identities_of(parts: list[dict[str, Any]]) -> list[Identity]:
    documents = [one for part in parts for one in _dicts(part.get("IdentityDocuments"))]
    found = []
    for number, document in enumerate(documents, start=1):
        for source in _dicts(document.get("IdentityDocumentFields")):
            kind, value = _dict(source.get("Type")), _dict(source.get("ValueDetection"))
            field = Identity(number, text_of(kind))
            field.label = text_of(_dict(source.get("LabelDetection"))) or None
            field.value = text_of(value) or None
            normalized = _dict(value.get("NormalizedValue")).get("Value")
            field.normalized = normalized if type(normalized) is str else None
            field.confidence = confidence_of(value) if field.value else None
            found.append(field)
    return found


def blocks_of_documents(parts: list[dict[str, Any]]) -> list[Any]:
    """The OCR blocks inside the documents of AnalyzeExpense and AnalyzeID, where they are given."""
    found: list[Any] = []
    for part in parts:
        for name in ("ExpenseDocuments", "IdentityDocuments"):
            for number, document in enumerate(_dicts(part.get(name)), start=1):
                for block in _dicts(document.get("Blocks")):
                    found.append(block if "Page" in block else {**block, "Page": number})
    return found


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

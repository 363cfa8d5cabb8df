"""Queries, signatures, layout, and the answers of AnalyzeExpense and AnalyzeID."""

from __future__ import annotations

from typing import Any

from mapping_specs.engine.view.attributes import Block, confidence_of, dict_in, dicts_in, page_of, text_in, text_of
from mapping_specs.engine.view.blocks import Blocks
from mapping_specs.engine.view.geometry import Box
from mapping_specs.engine.view.lazy import lazy
from mapping_specs.engine.view.nodes import known
from mapping_specs.engine.view.turning import UPRIGHT


class Signature:
    __slots__ = ("box", "confidence", "page")

    def __init__(self, confidence: float | None, page: int, box: Box) -> None:
        self.confidence = confidence
        self.page = page
        self.box = box

    def to_dict(self) -> dict[str, Any]:
        return known(confidence=self.confidence, page=self.page, box=self.box.to_dict())


class Query:
    __slots__ = ("alias", "box", "confidence", "page", "question", "value")

    def __init__(self, alias: str | None, question: str, page: int) -> None:
        self.alias = alias
        self.question = question
        self.page = page
        self.value: str | None = None
        self.confidence: float | None = None
        self.box: Box | None = None

    def to_dict(self) -> dict[str, Any]:
        return known(
            alias=self.alias,
            question=self.question,
            value=self.value,
            confidence=self.confidence,
            page=self.page,
            box=self.box.to_dict() if self.box else None,
        )


class Layout:
    """An element of the page's layout; `type` is Textract's without LAYOUT_, in lower case: title, section_header …"""

    def __init__(self, type: str, block: Block, blocks: Blocks) -> None:
        self.type = type
        self.page = page_of(block)
        self._block = block
        self._blocks = blocks

    @lazy
    def text(self) -> str:
        texts = [text_of(line) for line in self._blocks.children(self._block)]
        return "\n".join(filter(None, texts))

    @lazy
    def confidence(self) -> float | None:
        return confidence_of(self._block)

    @lazy
    def box(self) -> Box:
        return self._blocks.box(self._block)

    def to_dict(self) -> dict[str, Any]:
        return known(type=self.type, text=self.text, confidence=self.confidence, page=self.page, box=self.box.to_dict())


class ExpenseField:
    """A summary field, or a cell of a line item. `label` is None where nothing is printed for it."""

    def __init__(self, source: dict[str, Any]) -> None:
        self.type = text_of(dict_in(source, "Type"))
        self.page = page_of({"Page": source.get("PageNumber")})
        self._source = source

    @lazy
    def label(self) -> str | None:
        return text_of(dict_in(self._source, "LabelDetection")) or None

    @lazy
    def label_box(self) -> Box | None:
        return UPRIGHT.box(dict_in(self._source, "LabelDetection")) if self.label else None

    @lazy
    def value(self) -> str | None:
        return text_of(dict_in(self._source, "ValueDetection")) or None

    @lazy
    def confidence(self) -> float | None:
        return confidence_of(dict_in(self._source, "ValueDetection"))

    @lazy
    def box(self) -> Box | None:
        return UPRIGHT.box(dict_in(self._source, "ValueDetection")) if self.value else None

    @lazy
    def currency(self) -> str | None:
        return text_in(dict_in(self._source, "Currency"), "Code")

    @lazy
    def groups(self) -> list[str]:
        groups = [group.get("Types") for group in dicts_in(self._source, "GroupProperties")]
        return [kind for types in groups if type(types) is list for kind in types if type(kind) is str]

    def to_dict(self) -> dict[str, Any]:
        return known(
            type=self.type,
            label=self.label,
            value=self.value,
            confidence=self.confidence,
            currency=self.currency,
            groups=self.groups or None,
            page=self.page,
            box=self.box.to_dict() if self.box else None,
        )


class Expense:
    """One document of an AnalyzeExpense answer; `line_items` are rows of cells, `groups` are Textract's of them."""

    def __init__(self, number: int, document: dict[str, Any]) -> None:
        self.document = number
        self.summary = [ExpenseField(field) for field in dicts_in(document, "SummaryFields")]
        self.page = self.summary[0].page if self.summary else 1
        self._document = document

    @lazy
    def groups(self) -> list[list[list[ExpenseField]]]:
        return [
            [
                [ExpenseField(cell) for cell in dicts_in(item, "LineItemExpenseFields")]
                for item in dicts_in(group, "LineItems")
            ]
            for group in dicts_in(self._document, "LineItemGroups")
        ]

    @property
    def line_items(self) -> list[list[ExpenseField]]:
        return [row for group in self.groups for row in group]

    def to_dict(self) -> dict[str, Any]:
        return {
            "document": self.document,
            "page": self.page,
            "summary": [field.to_dict() for field in self.summary],
            "line_items": [{"cells": [cell.to_dict() for cell in row]} for row in self.line_items],
        }


class Identity:
    """One field of an identity document."""

    def __init__(self, document: int, source: dict[str, Any]) -> None:
        value = dict_in(source, "ValueDetection")
        self.document = document
        self.page = document
        self.type = text_of(dict_in(source, "Type"))
        self.label = text_of(dict_in(source, "LabelDetection")) or None
        self.value = text_of(value) or None
        self.normalized = text_in(dict_in(value, "NormalizedValue"), "Value")
        self.confidence = confidence_of(value) if self.value else None

    def to_dict(self) -> dict[str, Any]:
        return known(
            document=self.document,
            page=self.page,
            type=self.type,
            label=self.label,
            value=self.value,
            normalized=self.normalized,
            confidence=self.confidence,
        )


def queries_of(blocks: Blocks) -> list[Query]:
    """Every query with its best answer; those without an answer too."""
    queries = []
    for block in blocks.of("QUERY"):
        asked = dict_in(block, "Query")
        query = Query(text_in(asked, "Alias"), text_of(asked), page_of(block))
        answers = [answer for answer in blocks.related(block, "ANSWER") if text_of(answer)]
        if answers:
            best = max(answers, key=lambda answer: confidence_of(answer) or 0.0)
            query.value, query.confidence, query.page = text_of(best), confidence_of(best), page_of(best)
            query.box = blocks.box(best)
        queries.append(query)
    return sorted(queries, key=lambda one: one.page)


def signatures_of(blocks: Blocks) -> list[Signature]:
    found = []
    for block in blocks.of("SIGNATURE"):
        found.append(Signature(confidence_of(block), page_of(block), blocks.box(block)))
    return sorted(found, key=lambda one: (one.page, one.box.top, one.box.left))


def layout_of(blocks: Blocks) -> list[Layout]:
    found = [
        Layout(kind.removeprefix("LAYOUT_").lower(), block, blocks)
        for kind, of_kind in blocks.by_type.items()
        if type(kind) is str and kind.startswith("LAYOUT_")
        for block in of_kind
    ]
    return sorted(found, key=lambda one: (one.page, one.box.top, one.box.left))


def expenses_of(parts: list[dict[str, Any]]) -> list[Expense]:
    documents = [one for part in parts for one in dicts_in(part, "ExpenseDocuments")]
    return [Expense(number, document) for number, document in enumerate(documents, start=1)]


def identities_of(parts: list[dict[str, Any]]) -> list[Identity]:
    documents = [one for part in parts for one in dicts_in(part, "IdentityDocuments")]
    return [
        Identity(number, source)
        for number, document in enumerate(documents, start=1)
        for source in dicts_in(document, "IdentityDocumentFields")
    ]


def blocks_of_documents(parts: list[dict[str, Any]]) -> list[Any]:
    """The OCR blocks inside the documents of AnalyzeExpense and AnalyzeID, where they are given.

    AnalyzeID counts no pages: a line has none, a word page 0.
    """
    found: list[Any] = []
    for part in parts:
        for name in ("ExpenseDocuments", "IdentityDocuments"):
            for number, document in enumerate(dicts_in(part, name), start=1):
                for block in dicts_in(document, "Blocks"):
                    found.append(block if number == 1 or block.get("Page") else {**block, "Page": number})
    return found

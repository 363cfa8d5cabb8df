"""The view of a document: every part made on first use and kept."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from mapping_specs.engine.view import answers
from mapping_specs.engine.view.attributes import mean_confidence_of, page_of
from mapping_specs.engine.view.blocks import (
    Blocks,
    blocks_of,
    joined,
    pages_announced,
    pages_failed,
    partial,
    requested,
)
from mapping_specs.engine.view.lazy import lazy
from mapping_specs.engine.view.lines import PageLines, Words, lines_of
from mapping_specs.engine.view.nodes import KeyValue, Line, Selection, Word
from mapping_specs.engine.view.pairs import key_values_of
from mapping_specs.engine.view.selections import Selections, labelled
from mapping_specs.engine.view.tables import Table, tables_of
from mapping_specs.engine.view.turning import Turning

PAGE = attrgetter("page")
PARTS = (
    "lines",
    "key_values",
    "tables",
    "queries",
    "selections",
    "signatures",
    "layout",
    "expenses",
    "identities",
)


class Page:
    """`rotation`: degrees clockwise by which the stored image must be turned to be read."""

    def __init__(self, number: int, rotation: float, lines: list[Line], blocks: Blocks) -> None:
        self.number = number
        self.rotation = rotation
        self.lines = lines
        self._blocks = blocks

    @lazy
    def ocr_confidence(self) -> float | None:
        """Mean of the page's words, percent; None on a page without."""
        return mean_confidence_of(self._blocks.words_by_page.get(self.number, ()))

    def to_dict(self) -> dict[str, Any]:
        text = "\n".join(line.text for line in self.lines)
        return {"number": self.number, "rotation": self.rotation, "text": text}


class View:
    """What specs see of a document. `api` is Textract's operation; `warnings` say which pages are missing."""

    def __init__(self, response: Any) -> None:
        self.api, self._parts = joined(response)
        self.asked: dict[str, Any] = requested(response)
        """What Textract was asked for, where the stored answer says so."""
        inner = answers.blocks_of_documents(self._parts) if self.api != "AnalyzeDocument" else []
        self._blocks = Blocks(inner or blocks_of(self._parts))
        self._printed_on: dict[int, PageLines] = {}
        self.cache: dict[str, Any] = {}
        """For those who read the view: indexes made once a document."""

    @cached_property
    def _words(self) -> Words:
        return Words(self._blocks)

    @cached_property
    def _lasting_words(self) -> Words:
        """They know their lines."""
        return self._words.keeping(self.lines)

    @cached_property
    def _selections(self) -> Selections:
        return Selections(self._blocks)

    @cached_property
    def warnings(self) -> list[dict[str, Any]]:
        missing = sorted(self._missing_pages())
        if not missing:
            message = "Textract calls its answer partial, and does not say which pages it lacks."
            return [{"code": "PAGES_MISSING", "message": message, "pages": []}] if partial(self._parts) else []
        pages = ", ".join(map(str, missing))
        message = f"Textract's answer lacks {'page' if len(missing) == 1 else 'pages'} {pages}."
        return [{"code": "PAGES_MISSING", "message": message, "pages": missing}]

    def _missing_pages(self) -> set[int]:
        failed = pages_failed(self._parts)
        announced = min(pages_announced(self._parts), 10_000)
        if self.api != "AnalyzeDocument" or announced < 2:
            return failed
        present = {page_of(block) for block in self._blocks.of("PAGE")}
        if not any("Page" in block for block in self._blocks.of("PAGE")):
            present = set(range(1, len(self._blocks.of("PAGE")) + 1))
        return failed | (set(range(1, announced + 1)) - present)

    def was_asked(self, feature: str) -> bool:
        """False only where the stored answer says that it was not."""
        features = self.asked.get("features") if self.asked.get("api") == "AnalyzeDocument" else None
        return feature in features if isinstance(features, list) else True

    @property
    def text_only(self) -> bool:
        """An answer of DetectDocumentText."""
        return any("DetectDocumentTextModelVersion" in part for part in self._parts)

    @cached_property
    def pages(self) -> list[Page]:
        numbers = {page_of(block) for block in self._blocks.of("PAGE")} | self._by_page.keys()
        turning, blocks = self._blocks.turning, self._blocks
        return [Page(number, turning(number).degrees, self.lines_on(number), blocks) for number in sorted(numbers)]

    @cached_property
    def _by_page(self) -> dict[int, list[Line]]:
        return {page: list(lines) for page, lines in groupby(self.lines, PAGE)}

    def turning(self, page: int) -> Turning:
        """How the page's stored image lies on the turned page."""
        return self._blocks.turning(page)

    def lines_on(self, page: int) -> list[Line]:
        """In reading order."""
        return self._by_page.get(page, [])

    def printed_on(self, page: int) -> PageLines:
        """The same, for who looks about a place."""
        lines = self._printed_on.get(page)
        if lines is None:
            lines = self._printed_on[page] = PageLines(self.lines_on(page))
        return lines

    @cached_property
    def lines(self) -> list[Line]:
        return lines_of(self._blocks, self._words)

    @cached_property
    def words(self) -> list[Word]:
        return [word for line in self.lines for word in line.words]

    @cached_property
    def key_values(self) -> list[KeyValue]:
        return key_values_of(self._blocks, self._lasting_words, self._selections)

    @cached_property
    def tables(self) -> list[Table]:
        return tables_of(self._blocks, self._lasting_words, self._selections, self.printed_on)

    @cached_property
    def _tables_by_page(self) -> dict[int, list[Table]]:
        by_page: dict[int, list[Table]] = {}
        for table in self.tables:
            by_page.setdefault(table.page, []).append(table)
        return by_page

    def tables_on(self, page: int) -> list[Table]:
        """In reading order."""
        return self._tables_by_page.get(page, [])

    @cached_property
    def selections(self) -> list[Selection]:
        return labelled(self._selections, self.key_values, self.printed_on)

    @cached_property
    def queries(self) -> list[answers.Query]:
        return answers.queries_of(self._blocks)

    @cached_property
    def signatures(self) -> list[answers.Signature]:
        return answers.signatures_of(self._blocks)

    @cached_property
    def layout(self) -> list[answers.Layout]:
        return answers.layout_of(self._blocks)

    @cached_property
    def expenses(self) -> list[answers.Expense]:
        return answers.expenses_of(self._parts)

    @cached_property
    def identities(self) -> list[answers.Identity]:
        return answers.identities_of(self._parts)

    def __getitem__(self, name: str) -> Any:
        """A part of the JSON view: `view["tables"]`."""
        return self.as_json[name]

    def keys(self) -> Iterable[str]:
        return self.as_json.keys()

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """The JSON view that JMESPath expressions read; made once, not to be changed."""
        return self.to_dict()

    def to_dict(self) -> dict[str, Any]:
        _ = self.selections  # labels
        view: dict[str, Any] = {"pages": [page.to_dict() for page in self.pages]}
        for name in PARTS:
            view[name] = [node.to_dict() for node in getattr(self, name)]
        return view


def build_view(response: Any) -> View:
    """The document view of one Textract answer, of a list of asynchronous parts, or of a stored envelope of them.

    ResponseError if it is none of these, failed, or not whole. Whatever is inside an answer, nothing else is raised.
    """
    return View(response)

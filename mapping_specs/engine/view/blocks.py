"""Textract's answer, joined from its parts and indexed once. Nothing else of the engine reads blocks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter, methodcaller
from typing import Any

from mapping_specs.engine.errors import ResponseError
from mapping_specs.engine.view.attributes import Block, page_of
from mapping_specs.engine.view.geometry import Box
from mapping_specs.engine.view.lazy import lazy
from mapping_specs.engine.view.turning import UPRIGHT, Turning, turning_of

APIS = {"Blocks": "AnalyzeDocument", "ExpenseDocuments": "AnalyzeExpense", "IdentityDocuments": "AnalyzeID"}
UNFINISHED = {"FAILED": "the analysis failed", "IN_PROGRESS": "the analysis has not ended"}
MAX_BLOCKS = 2_000_000
IDENTITY, KIND = itemgetter("Id"), itemgetter("BlockType")
PAGE, KIND_OR_NONE = methodcaller("get", "Page", 1), methodcaller("get", "BlockType")


class Blocks:
    """The blocks of a document by id and by type, and each page's turning."""

    def __init__(self, blocks: list[Any]) -> None:
        self.by_id: dict[str, Block] = {}
        self.by_type: dict[str, list[Block]] = {}
        self._words_in: dict[str | None, list[Block]] = {}
        if not self._index(blocks):
            self._index_one_by_one(blocks)

    def _index(self, blocks: list[Any]) -> bool:
        """As Textract makes them: each with an id of its own and a type, those of a type most often together."""
        try:
            self.by_id = dict(zip(map(IDENTITY, blocks), blocks, strict=True))
            for kind, run in groupby(blocks, KIND):
                self.by_type.setdefault(kind, []).extend(run)
        except (KeyError, TypeError):
            return False
        return len(self.by_id) == len(blocks)

    def _index_one_by_one(self, blocks: list[Any]) -> None:
        """Whatever they are. Of equal ids the first counts."""
        self.by_id, self.by_type = {}, {}
        by_id, by_type = self.by_id, self.by_type
        for block in blocks:
            try:
                identity, kind = block["Id"], block["BlockType"]
                if identity in by_id:
                    continue
                by_id[identity] = block
            except (KeyError, TypeError):
                continue
            try:
                by_type[kind].append(block)
            except KeyError:
                by_type[kind] = [block]
            except TypeError:
                continue

    def of(self, kind: str) -> list[Block]:
        return self.by_type.get(kind, [])

    def children(self, block: Block) -> list[Block]:
        """The same as `related(block, "CHILD")`; at once where a single relationship names them and every id is known."""
        relationships = block.get("Relationships")
        if not relationships:
            return []
        try:
            last = relationships[-1]
            if last["Type"] == "CHILD" and (len(relationships) == 1 or relationships[0]["Type"] == "VALUE"):
                named = list(map(self.by_id.get, last["Ids"]))
                if len(relationships) <= 2 and None not in named:
                    return named  # type: ignore[return-value]
        except (KeyError, TypeError):
            pass
        return self.related(block, "CHILD")

    def words_in(self, block: Block) -> list[Block]:
        """Of its children the words; found once, and not to be changed."""
        identity = block.get("Id")
        words = self._words_in.get(identity)
        if words is None:
            words = self.children(block)
            if list(map(KIND_OR_NONE, words)).count("WORD") < len(words):
                words = [child for child in words if child.get("BlockType") == "WORD"]
            self._words_in[identity] = words
        return words

    def by_page(self, kind: str) -> dict[int, list[Block]]:
        """Those of a type by their pages."""
        by_page: dict[int, list[Block]] = {}
        for page, run in groupby(self.of(kind), PAGE):
            by_page.setdefault(page if type(page) is int and page > 0 else 1, []).extend(run)
        return by_page

    @lazy
    def words_by_page(self) -> dict[int, list[Block]]:
        return self.by_page("WORD")

    @lazy
    def lines_by_page(self) -> dict[int, list[Block]]:
        return self.by_page("LINE")

    def related(self, block: Block, kind: str) -> list[Block]:
        """The blocks that a block names by a relationship; dangling ids are left out."""
        relationships = block.get("Relationships")
        if type(relationships) is not list:
            return []
        found: list[Block] = []
        for relationship in relationships:
            try:
                if relationship["Type"] == kind:
                    named = list(map(self.by_id.get, relationship["Ids"]))
                    found += [one for one in named if one is not None] if None in named else named  # type: ignore[arg-type]
            except KeyError:
                continue
            except TypeError:
                found += self._readable(relationship)
        return found

    def _readable(self, relationship: Any) -> list[Block]:
        """Of a broken relationship the blocks before the first id that is none."""
        found: list[Block] = []
        try:
            for identity in relationship["Ids"]:
                if (other := self.by_id.get(identity)) is not None:
                    found.append(other)
        except (KeyError, TypeError):
            pass
        return found

    @lazy
    def box(self) -> Callable[[Block], Box]:
        """Where a block is on its turned page."""
        # Of most documents no page is turned: then which page a block is on does not matter.
        turnings = self._turnings.values()
        if all(one.upright for one in turnings):
            return UPRIGHT.box
        if len(self.of("PAGE")) == len(turnings) == 1:
            return next(iter(turnings)).box
        return functools.partial(_turned_box, self._turnings)

    def boxes(self, blocks: list[Block], page: int) -> list[Box]:
        """Where each of some blocks of a page is."""
        return self.turning(page).boxes(blocks)

    def turning(self, page: int) -> Turning:
        return self._turnings.get(page, UPRIGHT)

    @lazy
    def _turnings(self) -> dict[int, Turning]:
        by_page = self.lines_by_page or self.words_by_page
        return {page: turning_of(blocks) for page, blocks in by_page.items()}


def _turned_box(turnings: dict[int, Turning], block: Block) -> Box:
    return turnings.get(page_of(block), UPRIGHT).box(block)


def joined(response: Any) -> tuple[str, list[dict[str, Any]]]:
    """The API that answered and its parts, from one answer, a list of parts, or a stored envelope of them."""
    if isinstance(response, dict) and isinstance(response.get("responses"), list):
        response = response["responses"]
    parts = response if isinstance(response, list) else [response]
    if not parts:
        raise ResponseError("The response has no parts.")
    apis = {_api(part) for part in parts}
    if len(apis) > 1:
        raise ResponseError(f"The response mixes the answers of {' and '.join(sorted(apis))}.")
    for part in parts:
        if reason := UNFINISHED.get(str(part.get("JobStatus", ""))):
            raise ResponseError(f"The response cannot be read: {reason}.")
    if isinstance(parts[-1].get("NextToken"), str) and parts[-1]["NextToken"]:
        raise ResponseError("The response is not whole: its last part names a next one.")
    return apis.pop(), parts


def _api(part: Any) -> str:
    if not isinstance(part, dict):
        raise ResponseError("The response is not a Textract answer: a part of it is not an object.")
    for name, api in APIS.items():
        if isinstance(part.get(name), list) and name != "Blocks":
            return api
    if isinstance(part.get("Blocks"), list) or str(part.get("JobStatus", "")) in {*UNFINISHED, "PARTIAL_SUCCESS"}:
        return "AnalyzeDocument"
    raise ResponseError(
        "The response is not a Textract answer: it has no Blocks, ExpenseDocuments or IdentityDocuments."
    )


def requested(response: Any) -> dict[str, Any]:
    """Of a stored envelope what was asked for; else nothing is known."""
    request = response.get("request") if isinstance(response, dict) else None
    return request if isinstance(request, dict) else {}


def partial(parts: list[dict[str, Any]]) -> bool:
    return any(part.get("JobStatus") == "PARTIAL_SUCCESS" for part in parts)


def blocks_of(parts: list[dict[str, Any]]) -> list[Any]:
    if len(parts) == 1:
        return _list(parts[0].get("Blocks"))
    return [block for part in parts for block in _list(part.get("Blocks"))]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def pages_announced(parts: list[dict[str, Any]]) -> int:
    """How many pages Textract says the document has; 0 where it does not say."""
    for part in parts:
        metadata = part.get("DocumentMetadata")
        pages = metadata.get("Pages") if isinstance(metadata, dict) else None
        if type(pages) is int:
            return pages
    return 0


def pages_failed(parts: list[dict[str, Any]]) -> set[int]:
    """Pages that Textract's own warnings name."""
    failed: set[int] = set()
    for part in parts:
        for warning in _list(part.get("Warnings")):
            if isinstance(warning, dict):
                failed.update(page for page in _list(warning.get("Pages")) if type(page) is int)
    return failed

"""Why each field is what it is: every candidate looked at, and why it was taken or turned down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.confidence import doubts_of, node_of
from mapping_specs.engine.context import Context
from mapping_specs.engine.extraction import Extraction, evidence_of
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.misses import miss_of, table_miss
from mapping_specs.engine.settling import Attempt, Settled
from mapping_specs.engine.spec import Spec
from mapping_specs.engine.view import View
from mapping_specs.engine.view.tables import Table

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source


def explain(view: View, spec: Spec, *, revision: int | None = None) -> dict[str, Any]:
    """The result of `extract`, and beside it what led to it.

    `explain`: by field its sources and candidates; `explainTables`: by table what was taken for it; `unmapped`: what no
    field and no table took.
    """
    extraction = Extraction(view, spec, thorough=True)
    result = extraction.result(revision)
    result["explain"] = {name: _field(name, extraction, settled) for name, settled in extraction.settled.items()}
    result["explainTables"] = {name: _table(name, extraction) for name in extraction.tables}
    result["unmapped"] = unmapped(extraction)
    return result


def _table(name: str, extraction: Extraction) -> dict[str, Any]:
    """Which table of the document was taken, and which of its headers each column answers to; null: none."""
    read, spec = extraction.context.tables_read[name], extraction.tables[name]
    rows = len(read.rows)
    if "repeat" in spec:
        return {"outcome": f"{rows} sections" if rows else "no such heading is printed", "rows": rows}
    if read.source is None:
        reason, nearest = table_miss(extraction.context, spec["where"])
        return {"outcome": reason, "nearest": nearest, "rows": 0}
    headers = [" / ".join(texts) for texts in read.source.headers]
    return {
        "outcome": "taken",
        "page": read.source.page,
        "title": read.source.title or None,
        "headers": headers,
        "columns": {column: _header(headers, read.columns.get(column)) for column in spec["columns"]},
        "rows": rows,
    }


def _header(headers: list[str], place: int | None) -> str | None:
    return headers[place] if place is not None and place < len(headers) else None


def _field(name: str, extraction: Extraction, settled: Settled) -> dict[str, Any]:
    sources = extraction.fields[name]["sources"]
    tried = [_attempt(extraction.context, attempt, settled) for attempt in settled.attempts]
    not_asked = [
        {**_source(source, position), "candidates": [], "outcome": "not asked: an earlier source was good"}
        for position, source in enumerate(sources[len(tried) :], start=len(tried))
    ]
    return {"status": extraction.status[name], "sources": [*tried, *not_asked]}


def _attempt(context: Context, attempt: Attempt, settled: Settled) -> dict[str, Any]:
    """With `nearest`, what is printed most like what it looked for, where it found nothing."""
    if not attempt.judged:
        reason, nearest = miss_of(context, attempt.source)
        told = {"candidates": [], "outcome": reason, "nearest": nearest}
        return {**_source(attempt.source, attempt.position), **told}
    return {
        **_source(attempt.source, attempt.position),
        "candidates": [_candidate(judged, attempt, settled) for judged in attempt.judged],
        "outcome": _outcome(attempt, settled),
    }


def _source(source: Source, position: int) -> dict[str, Any]:
    """`position`: its place in `from`, from 0."""
    return {"source": source["kind"], "position": position, "looked_for": looked_for(source)}


LOOKED_FOR = (
    *("labels", "question", "label", "options", "name", "table", "row", "section", "column", "pattern", "after"),
    *("before", "right_of", "left_of", "below", "above", "type", "by", "expression"),
)


def looked_for(source: Source) -> list[str]:
    """The printed words, the pattern or the name that the source looks for."""
    return list(dict.fromkeys(text for name in LOOKED_FOR for text in _texts(source["args"].get(name))))


def _texts(value: Any) -> list[str]:
    if isinstance(value, list | dict):
        inner = value if isinstance(value, list) else value.values() if "headers" in value else value
        return [text for one in inner for text in _texts(one)]
    return [] if value is None else [str(value)]


def _outcome(attempt: Attempt, settled: Settled) -> str:
    if attempt is not settled.taken:
        return "nothing good" if attempt.chosen is None else "another source was better"
    if settled.best is not None and settled.best.failed:
        return "taken, though its checks fail"
    return "taken, the first of several that fit" if attempt.ambiguous else "taken"


def _candidate(judged: Any, attempt: Attempt, settled: Settled) -> dict[str, Any]:
    hit = judged.hit
    candidate = {
        **evidence_of(hit, attempt.source["kind"], attempt.position),
        **{name: value for name, value in node_of(hit).items() if value is not None and name != "match_class"},
        "cleaned": judged.text or None,
        "value": judged.converted.value if judged.converted else None,
    }
    if judged.good and attempt.source["all"]:
        candidate["outcome"] = "joined with the others"
    elif attempt.chosen is not None and judged is attempt.chosen:
        candidate["outcome"] = "taken" if attempt is settled.taken else "good"
        doubts = doubts_of(judged, source_position=attempt.position, ambiguous=attempt.ambiguous)
        candidate["doubts"] = [reason for reason, _ in doubts]
    else:
        candidate["outcome"] = judged.reason or _not_chosen(judged, attempt)
    return candidate


def _not_chosen(judged: Any, attempt: Attempt) -> str:
    chosen = attempt.chosen
    if chosen is None:
        return "nothing good"
    if judged.hit.rank != chosen.hit.rank:
        return "a better place had a good value"
    same = chosen.converted and judged.converted and chosen.converted.value == judged.converted.value
    return "the same value again" if same else "not the first"


def unmapped(extraction: Extraction) -> dict[str, Any]:
    """Keys and tables that no field and no table of the spec took."""
    hits = [hit for settled in extraction.settled.values() for hit in _taken(settled)]
    words = {word.id for hit in hits for word in hit.words}
    labels = {(hit.page, hit.label) for hit in hits if hit.label}
    keys = [
        pair.to_dict()
        for pair in extraction.view.key_values
        if not any(word.id in words for word in pair.value_words) and (pair.page, pair.key) not in labels
    ]
    read = {id(part) for one in extraction.context.tables_read.values() if one.source for part in one.source.parts}
    tables = [
        {"page": table.page, "title": table.title, "headers": table.headers, "box": table.box.to_dict()}
        for table in extraction.view.tables
        if id(table) not in read and not _has_any(table, words)
    ]
    return {"key_values": keys, "tables": tables}


def _taken(settled: Settled) -> list[Hit]:
    """The hit it was settled by; of a missing field those it found blank or not of its type."""
    if settled.best is not None:
        return [settled.best.hit]
    return [judged.hit for attempt in settled.attempts for judged in attempt.judged]


def _has_any(table: Table, words: set[str]) -> bool:
    return any(word.id in words for row in table.grid for cell in row for word in cell.words)

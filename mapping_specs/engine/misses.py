"""Why a source found nothing: which of its words are not printed, and what is printed most like them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from mapping_specs.engine.context import Context
from mapping_specs.engine.matching import matcher, normalize
from mapping_specs.engine.sources import SOURCES, cell
from mapping_specs.engine.sources.near import SIDES

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source, TableWhere

MOST = 3
LIKE_PERCENT = 75.0
"""Printed texts less alike are no help."""
SHORT_CHARACTERS = 3
"""So few letters are a part of many words."""
MAX_TEXTS = 2_000
MAX_CHARACTERS = 120
MAX_TYPES = 12


class Miss(NamedTuple):
    reason: str
    nearest: list[str]
    """Printed texts most like what was looked for, the likest first."""


def miss_of(context: Context, source: Source) -> Miss:
    """Of a source without a single candidate."""
    heading = context.region(source).missing
    if heading is not None:
        return Miss(f"the heading {heading!r} is not printed", _like([heading], _lines(context)))
    if source["nth"] is not None:
        every: Source = {**source, "nth": None}
        count = len(SOURCES[source["kind"]](context, every))
        return Miss(f"{count} found, none of them is number {source['nth']}", []) if count else miss_of(context, every)
    reason = REASONS.get(source["kind"])
    return reason(context, source) if reason is not None else Miss("the expression gives nothing", [])


def _key(context: Context, source: Source) -> Miss:
    labels = source["args"]["labels"]
    if source["args"].get("paired"):
        return Miss("Textract has paired no such label", _like(labels, (pair.key for pair in context.view.key_values)))
    printed = [context.places[position] for position in context.places.index.find(matcher(tuple(labels)))]
    if printed and not any(context.region(source).holds(place.page, place.box) for place in printed):
        return Miss("the label is printed, but not in this section, page or area", [])
    if printed:
        return Miss("the label is printed, and nothing by it that could be its value", [])
    return Miss("no such label is printed", _like(labels, _labels(context)))


def _near(context: Context, source: Source) -> Miss:
    for side in SIDES:
        if side in source["args"] and (miss := _unprinted(context, source["args"][side])) is not None:
            return miss
    return Miss("nothing stands there", [])


def _checkbox(context: Context, source: Source) -> Miss:
    args, boxes = source["args"], context.view.selections
    if not boxes:
        return Miss("no check box was recognized", [])
    labels = [box.label for box in boxes]
    if "label" in args:
        return Miss("no box is labelled so", _like(args["label"], labels))
    miss = _unprinted(context, args["question"]) if args.get("question") else None
    return miss or Miss("no box after the question has one of the options", _like(args["options"], labels))


def _query(context: Context, source: Source) -> Miss:
    name = source["args"]["name"]
    asked = [query.alias or query.question or "" for query in context.view.queries]
    if not any(name == one for one in asked):
        return Miss("Textract was not asked this", _like([name], asked))
    return Miss("Textract was asked and found no answer", [])


def _expense(context: Context, source: Source) -> Miss:
    fields = [field for one in context.view.expenses for field in one.summary]
    if any(field.type == source["args"]["type"] for field in fields):
        labels = [field.label for field in fields if field.type == source["args"]["type"] and field.label]
        return Miss("what has this type has another label, group or place", list(dict.fromkeys(labels))[:MOST])
    return _of_types(field.type for field in fields)


def _identity(context: Context, source: Source) -> Miss:
    return _of_types(one.type for one in context.view.identities)


def _of_types(types: Iterable[str]) -> Miss:
    found = list(dict.fromkeys(types))
    told = f"; it has {', '.join(found[:MAX_TYPES])}" if found else ""
    return Miss(f"Textract's answer has nothing of this type{told}", [])


def _cell(context: Context, source: Source) -> Miss:
    args, tables = source["args"], cell.tables_of(context, source)
    if not tables:
        if "name" in args["table"]:
            return Miss(f"the table {args['table']['name']} was not found", [])
        return table_miss(context, args["table"])
    meant = [found for found in tables if cell.column_of(found[0], args, found[2]) is not None]
    if not meant:
        labels = [] if isinstance(args["column"], int) else cell.labels_of(args["column"])
        headers = (header for table, _, names in tables for header in (*names, *map(" / ".join, table.headers)))
        return Miss(_without(tables, "column"), _like(labels, headers))
    row = args.get("row")
    if row is None or isinstance(row, int):
        return Miss(_without(meant, "row"), [])
    labels = [str(one) for one in row.values()] if isinstance(row, dict) else cell.labels_of(row)
    return Miss(
        _without(meant, "row"), _like(labels, (one.text for _, rows, _ in meant for row in rows for one in row.cells))
    )


def _without(tables: list[Any], part: str) -> str:
    return f"the table has no such {part}" if len(tables) == 1 else f"no table that fits has such a {part}"


def table_miss(context: Context, where: TableWhere) -> Miss:
    """Of a table that no table of the document fits."""
    if "expense" in where or "jmespath" in where:
        return Miss("Textract's answer has no such rows", [])
    if not context.view.tables:
        return Miss("Textract found no table", [])
    texts = [one.text for table in context.view.tables for row in table.grid for one in row if one.text]
    wanted = [*where.get("headers", []), *([str(row)] for row in where.get("rows", []))]
    absent = [labels for labels in wanted if not context.index_of(texts).find(matcher(tuple(labels)))]
    if absent:
        told = ", ".join(" or ".join(map(repr, labels)) for labels in absent)
        return Miss(f"no table of the document has {told}", _like((text for one in absent for text in one), texts))
    return Miss(
        "no table of the document fits", _like(where.get("title", []), (one.title for one in context.view.tables))
    )


def _signature(context: Context, source: Source) -> Miss:
    by = source["args"].get("by")
    return (_unprinted(context, by) if by else None) or Miss("Textract was not asked for signatures", [])


def _line(context: Context, source: Source) -> Miss:
    for side in ("after", "before"):
        if source["args"].get(side) and (miss := _unprinted(context, source["args"][side])) is not None:
            return miss
    return Miss("no line matches", [])


def _unprinted(context: Context, labels: Iterable[str]) -> Miss | None:
    labels = list(labels)
    if context.places.find(tuple(labels)):
        return None
    return Miss(f"{' or '.join(repr(label) for label in labels)} is not printed", _like(labels, _lines(context)))


def _labels(context: Context) -> Iterator[str]:
    """What may be labels: Textract's keys, what stands before a colon, the headers of tables."""
    yield from (pair.key for pair in context.view.key_values)
    yield from (line.text.partition(":")[0] for line in context.view.lines if ":" in line.text)
    yield from (" ".join(texts) for table in context.view.tables for texts in table.headers)


def _lines(context: Context) -> Iterator[str]:
    return (line.text for line in context.view.lines)


def _like(wanted: Iterable[str], printed: Iterable[str]) -> list[str]:
    from rapidfuzz import fuzz, process

    texts: dict[str, str] = {}
    for text in dict.fromkeys(islice(filter(None, printed), MAX_TEXTS)):
        if len(text) <= MAX_CHARACTERS:
            texts.setdefault(_words(text), " ".join(text.split()))
    texts.pop("", None)
    likeness: dict[str, float] = {}
    for label in map(_words, wanted):
        short = len(label) <= SHORT_CHARACTERS
        # As a whole, words in any order; and as a part of a longer text, which counts for less.
        for scorer, weight in ((fuzz.ratio, 1.0),) if short else ((fuzz.WRatio, 1.0), (fuzz.partial_ratio, 0.9)):
            found = process.extract(label, list(texts), scorer=scorer, limit=MOST, score_cutoff=LIKE_PERCENT / weight)
            for words, score, _ in found:
                likeness[words] = max(score * weight, likeness.get(words, 0.0))
    return [texts[words] for words in sorted(likeness, key=lambda words: (-likeness[words], words))[:MOST]]


def _words(text: str) -> str:
    return " ".join(word for part in text.split() if (word := normalize(part)))


REASONS: dict[str, Callable[[Context, Source], Miss]] = {
    "key": _key,
    "near": _near,
    "checkbox": _checkbox,
    "query": _query,
    "expense": _expense,
    "identity": _identity,
    "cell": _cell,
    "signature": _signature,
    "line": _line,
}

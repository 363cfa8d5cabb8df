"""`key`: the value of a label, by four ranks of places.

0  Textract's pair
1  a pair whose key text goes on after the label while its value is blank or a box: the rest of the key;
   after a colon with figures, `Mobile: +91`, the rest and the value
2  a printed line that starts with the label: the rest of the line
3  the label alone on a line or in a cell: the nearest text right of it, else just below
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from mapping_specs.engine.context import MAX_LABEL_WORDS, Context
from mapping_specs.engine.hits import Hit, hit_of_words, one_line
from mapping_specs.engine.matching import FUZZY, NO_ITEM, Matcher, is_remark, matcher
from mapping_specs.engine.regions import Region
from mapping_specs.engine.sources.neighbours import heads_column, is_paired, neighbours, value_text
from mapping_specs.engine.view.nodes import NOWHERE, Box, KeyValue, Line, Word, hull, overlap_sideways, same_row
from mapping_specs.engine.view.reading_order import in_order, printed
from mapping_specs.engine.view.tables import has_digit

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source

PAIR, REST_OF_KEY, REST_OF_LINE = range(3)
LABEL_END = re.compile(r"(?:[:_=?\-–—…]|\.\.)$")
PARTED_HEIGHTS = 1.6
"""A gap as wide as this parts a label from its value."""
NEXT_LINE_HEIGHTS = 1.5
"""A text begins just below another if less than this many of its word's heights are between."""
ANOTHER_LABEL_FACTOR = 0.7
"""The rest of a line that holds what looks like a label, which the spec does not name: `Teacher Phone: 0722`."""
ANOTHER_REMARK_FACTOR = 0.75
"""Of a label whose remark in brackets is not the one asked for."""
SLACK = 0.005
"""Boxes of neighbours overlap by this much of the page."""


def find(context: Context, source: Source) -> list[Hit]:
    return in_order([hit for hits in by_rank(context, source) for hit in hits], place_of)


def place_of(hit: Hit) -> tuple[int, Box]:
    """Where a hit is read: at its label."""
    return hit.page or 0, hit.label_box or hit.box or NOWHERE


def by_rank(context: Context, source: Source) -> Iterator[list[Hit]]:
    """The hits of each rank, best first; a rank is not looked for before it is asked for."""
    args = source["args"]
    wanted = matcher(tuple(args["labels"]), exact=args.get("match") == "exact")
    region = context.region(source)
    if region.missing is not None:
        return
    taken: set[str] = set()
    yield _pairs(context, wanted, region, taken)
    if not args.get("paired"):
        yield _rests_of_keys(context, wanted, region, taken) + _begun_in_keys(context, wanted, region, taken)
        yield _rests_of_lines(context, wanted, region, taken) + _glued(context, wanted, region, taken)
        yield neighbours(context, wanted, region, taken)


def _pairs(context: Context, wanted: Matcher, region: Region, taken: set[str]) -> list[Hit]:
    """Every pair whose key is the label; of the classes found inside the region the best."""
    pairs = context.view.key_values
    found = context.keys.find(wanted)
    inside = (
        found
        if region.everywhere
        else {
            position: rank
            for position, rank in found.items()
            if region.holds(pairs[position].page, pairs[position].key_box)
        }
    )
    best = min(inside.values(), default=0)
    if best == FUZZY:
        inside = (
            {} if _is_printed(context, wanted, region) else context.of_no_other_label(inside, lambda at: pairs[at].key)
        )
    hits = []
    for position in sorted(inside):
        if inside[position] != best:
            continue
        pair = pairs[position]
        taken.update(pair.key_word_ids)
        hit = _hit_of_pair(pair, best)
        hit.loose = _is_of_labels(context, pair.value_words)
        hit.doubt = ANOTHER_REMARK_FACTOR if wanted.has_another_remark(pair.key) else 1.0
        hit.confirmed = bool(pair.value_words) and _stands_by(context.view.lines, pair, hit)
        hits.append(hit)
    return hits


def _is_printed(context: Context, wanted: Matcher, region: Region) -> bool:
    """Letter by letter with something behind it, where Textract has not paired it: that is it, not what nearly matches."""
    begun = ((start, context.view.lines[start.position]) for start in context.lines.starting(wanted))
    return any(
        region.holds(line.page, line.box) and _stands_apart(context, *line.words[start.words - 1 : start.words + 1])
        for start, line in begun
        if len(line.words) == len(line.text.split())
    )


def _is_of_labels(context: Context, value: list[Word]) -> bool:
    """Textract takes the next label for a value where nothing is filled in, or takes it into the value."""
    return any(word.text.endswith(":") for word in value[1:]) or context.is_label(value)


def _stands_by(lines: list[Line], pair: KeyValue, hit: Hit) -> bool:
    """The value is the nearest text right of its key, or just below it: where a reader looks for it."""
    key, value = pair.key_box, hit.box
    if value is None or not pair.key_words or pair.page != hit.page:
        return False
    if -SLACK <= value.top - key.bottom < NEXT_LINE_HEIGHTS * min(word.box.height for word in pair.key_words):
        return overlap_sideways(key, value)
    if value.left < key.right - SLACK or not same_row(key, value):
        return False
    own = {*pair.key_word_ids, *pair.value_word_ids}
    beside = [line for line in _lines_beside(lines, pair) if line.box.right > key.right and line.box.left < value.left]
    between = [
        word.box for line in beside if not own.issuperset(line.word_ids) for word in line.words if word.id not in own
    ]
    return not any(key.right <= box.center_x <= value.left and same_row(box, key) for box in between)


def _lines_beside(lines: list[Line], pair: KeyValue) -> Iterator[Line]:
    """The lines of the key's row, and a few about them: lines are in reading order."""
    line = pair.key_words[-1].line
    if line is None:
        return
    for step in (-1, 1):
        order = line.order if step > 0 else line.order - 1
        while 0 <= order < len(lines) and lines[order].page == pair.page:
            box = lines[order].box
            if box.bottom < pair.key_box.top or box.top > pair.key_box.bottom:
                break
            yield lines[order]
            order += step


def _hit_of_pair(pair: KeyValue, match_class: int) -> Hit:
    hit = hit_of_words(
        pair.value_words,
        pair.value or "",
        confidence=pair.confidence,
        match_class=match_class,
        label=pair.key,
        label_box=pair.key_box,
    )
    if not pair.value_words:
        hit.text = None
        hit.page, hit.box = pair.page, pair.box or pair.key_box
        if pair.signed:
            hit.text, hit.value = "signed", True
        elif pair.selected is not None:
            hit.text, hit.value = ("yes" if pair.selected else "no"), pair.selected
            hit.ocr_confidence = pair.selections[0].confidence
    return hit


def _rests_of_keys(context: Context, wanted: Matcher, region: Region, taken: set[str]) -> list[Hit]:
    hits = []
    for start in context.keys.starting(wanted):
        pair = context.view.key_values[start.position]
        if pair.value_words or not region.holds(pair.page, pair.key_box):
            continue
        label, rest = pair.key_words[: start.words], pair.key_words[start.words :]
        if not rest or taken & {word.id for word in label}:
            continue
        taken.update(word.id for word in pair.key_words)
        hit = _hit_of_rest(label, rest, pair.confidence, start.rank, REST_OF_KEY)
        hit.loose = not _stands_apart(context, label[-1], rest[0])
        hits.append(hit)
    return hits


def _begun_in_keys(context: Context, wanted: Matcher, region: Region, taken: set[str]) -> list[Hit]:
    hits = []
    begun, labels = context.begun_keys
    for at, rank in sorted(labels.find(wanted).items()) if begun and not wanted.exact else ():
        position, label, rest = begun[at]
        pair = context.view.key_values[position]
        if not region.holds(pair.page, pair.key_box) or not taken.isdisjoint(pair.key_word_ids):
            continue
        taken.update(pair.key_word_ids)
        hit = hit_of_words(
            pair.value_words,
            f"{rest.strip()} {pair.value or ''}".strip(),
            confidence=pair.confidence,
            match_class=rank,
            rank=REST_OF_KEY,
            label=label,
            label_box=pair.key_box,
        )
        hit.page, hit.box = pair.page, hit.box or pair.key_box
        hits.append(hit)
    return hits


class Span(NamedTuple):
    """The words of a line that are the label: from the first up to the end."""

    first: int
    end: int
    rank: int


def _hit_of_rest(label: list[Word], rest: list[Word], confidence: float | None, match_class: int, rank: int) -> Hit:
    return hit_of_words(
        rest,
        value_text(printed(rest)),
        confidence=confidence,
        match_class=match_class,
        rank=rank,
        label=" ".join(word.text for word in label),
        label_box=hull([word.box for word in label]),
    )


def _stands_apart(context: Context, label: Word, value: Word) -> bool:
    """By a mark between them, a gap or a border; or the value is a figure, with which no label goes on."""
    if LABEL_END.search(label.text) or not value.text[:1].isalnum() or has_digit(value.text):
        return True
    gap = value.box.left - label.box.right
    return gap > PARTED_HEIGHTS * max(label.box.height, value.box.height) or context.parts(label, value)


def _rests_of_lines(context: Context, wanted: Matcher, region: Region, taken: set[str]) -> list[Hit]:
    """The rest of the line, up to the next label on it; not where Textract has paired the label."""
    hits = []
    for span, line in [*_starts(context, wanted), *_labels_within(context, wanted)]:
        label, rest = line.words[span.first : span.end], line.words[span.end :]
        if not region.holds(line.page, hull([word.box for word in label])) or is_paired(context, label, taken):
            continue
        value = [] if heads_column(context, label) else _until_label(context, rest)
        if value:
            taken.update(word.id for word in label)
            hit = _hit_of_rest(label, value, None, span.rank, REST_OF_LINE)
            hit.loose = not _stands_apart(context, label[-1], value[0])
            if any(word.text.endswith(":") for word in value[1:]):
                hit.doubt = ANOTHER_LABEL_FACTOR
            hits.append(hit)
    return hits


def _starts(context: Context, wanted: Matcher) -> Iterator[tuple[Span, Line]]:
    """The lines that begin with the label, and with no longer label of the spec: how many words it takes."""
    for start in context.lines.starting(wanted):
        line = context.view.lines[start.position]
        rest = line.words[start.words :]
        if (
            not rest
            or len(line.words) != len(line.text.split())
            or is_remark(one_line(rest))
            or context.is_label(line.words)
        ):
            continue
        if context.label_lines.get(start.position, 0) <= start.words:
            yield Span(0, start.words, start.rank), line


def _labels_within(context: Context, wanted: Matcher) -> Iterator[tuple[Span, Line]]:
    """The label with a colon further along a line: from which of its words up to which."""
    for label in wanted.labels if not wanted.exact else ():
        for form, rank in label.starts.items():
            for line, first, last in context.before_colons.get(form, ()):
                yield Span(first, last + 1, rank), line


def _glued(context: Context, wanted: Matcher, region: Region, taken: set[str]) -> list[Hit]:
    """`Key:value`, read as one word at the start of its line."""
    hits = []
    for line in context.glued_lines:
        label, _, rest = line.words[0].text.partition(":")
        rank = wanted.match(label)
        if rank is None or not region.holds(line.page, line.words[0].box) or is_paired(context, line.words[:1], taken):
            continue
        taken.add(line.words[0].id)
        value = _until_label(context, line.words)
        hit = _hit_of_rest(line.words[:1], value, None, rank, REST_OF_LINE)
        hit.text = " ".join([rest, *(word.text for word in value[1:])])
        hit.label = label
        hits.append(hit)
    return hits


def _until_label(context: Context, words: list[Word]) -> list[Word]:
    value: list[Word] = []
    for word in words:
        if word.id in context.key_words or (value and context.parts(value[-1], word)):
            break
        value.append(word)
        if word.text.endswith(":") and (length := _label_at_end(context, value)):
            return value[:-length]
    return value


def _label_at_end(context: Context, words: list[Word]) -> int:
    """How many of the last words are a label of the spec; 0 if none."""
    for length in range(min(MAX_LABEL_WORDS, len(words)), 0, -1):
        rank = context.compiled.labels.match(one_line(words[-length:]))
        if rank is not None and rank <= NO_ITEM:
            return length
    return 0

"""`key`: the value of a label, by four ranks of places.

0  Textract's pair
1  a pair whose key text goes on after the label while its value is blank or a box: the rest of the key
2  a printed line that starts with the label: the rest of the line
3  the label alone on a line or in a cell: the nearest text right of it, else just below
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from mapping_specs.engine.context import MAX_LABEL_WORDS, Context
from mapping_specs.engine.hits import Hit, hit_of_words, one_line
from mapping_specs.engine.matching import NO_ITEM, Matcher, is_remark, matcher
from mapping_specs.engine.regions import Region
from mapping_specs.engine.resolved import Source
from mapping_specs.engine.view.nodes import NOWHERE, Box, KeyValue, Line, Word, hull, overlap_sideways, same_row
from mapping_specs.engine.view.reading_order import in_order, printed
from mapping_specs.engine.view.tables import has_digit

PAIR, REST_OF_KEY, REST_OF_LINE, NEIGHBOUR = range(4)
LEADERS = re.compile(r"^(?:[\s:]|[.\-–—_=]+(?=\s))+")
"""What may stand between a label and its value."""
LABEL_END = re.compile(r"(?:[:_=?\-–—…]|\.\.)$")
PARTED_HEIGHTS = 1.6
"""A gap as wide as this parts a label from its value."""
BELOW_LINES = 2.0
"""Text further below a label than this many of the label's heights is not its value."""
GAP_HEIGHTS = 2.5
"""A wider gap ends the value to the right of a label."""
NEXT_LINE_HEIGHTS = 1.5
"""A text begins just below another if less than this many of its word's heights are between."""
ANOTHER_LABEL_FACTOR = 0.7
"""The rest of a line that holds what looks like a label, which the spec does not name: `Teacher Phone: 0722`."""
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
        yield _rests_of_keys(context, wanted, region, taken)
        yield _rests_of_lines(context, wanted, region, taken) + _glued(context, wanted, region, taken)
        yield _neighbours(context, wanted, region, taken)


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
    hits = []
    for position in sorted(inside):
        if inside[position] != best:
            continue
        pair = pairs[position]
        taken.update(pair.key_word_ids)
        hit = _hit_of_pair(pair, best)
        hit.loose = _is_of_labels(context, pair.value_words)
        hit.confirmed = bool(pair.value_words) and _stands_by(context.view.lines, pair, hit)
        hits.append(hit)
    return hits


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


class Span(NamedTuple):
    """The words of a line that are the label: from the first up to the end."""

    first: int
    end: int
    rank: int


def _hit_of_rest(label: list[Word], rest: list[Word], confidence: float | None, match_class: int, rank: int) -> Hit:
    return hit_of_words(
        rest,
        _value_text(printed(rest)),
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


def _value_text(text: str) -> str:
    """Without the marks that part a label from its value; a sign before a number stays."""
    return LEADERS.sub("", text)


def _rests_of_lines(context: Context, wanted: Matcher, region: Region, taken: set[str]) -> list[Hit]:
    """The rest of the line, up to the next label on it; not where Textract has paired the label."""
    hits = []
    for span, line in [*_starts(context, wanted), *_labels_within(context, wanted)]:
        label, rest = line.words[span.first : span.end], line.words[span.end :]
        if not region.holds(line.page, hull([word.box for word in label])) or _is_paired(context, label, taken):
            continue
        value = [] if _heads_column(context, label) else _until_label(context, rest)
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
        if rank is None or not region.holds(line.page, line.words[0].box) or _is_paired(context, line.words[:1], taken):
            continue
        taken.add(line.words[0].id)
        value = _until_label(context, line.words)
        hit = _hit_of_rest(line.words[:1], value, None, rank, REST_OF_LINE)
        hit.text = " ".join([rest, *(word.text for word in value[1:])])
        hit.label = label
        hits.append(hit)
    return hits


def _is_paired(context: Context, label: list[Word], taken: set[str]) -> bool:
    return any(word.id in taken or word.id in context.key_words for word in label)


def _heads_column(context: Context, label: list[Word]) -> bool:
    """Its value stands below it."""
    return all(word.id in context.column_heads for word in label)


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


def _neighbours(context: Context, wanted: Matcher, region: Region, taken: set[str]) -> list[Hit]:
    """For a label that stands alone on a line or in a cell."""
    hits = []
    for label, box, page, rank in _labels_alone(context, wanted):
        if not region.holds(page, box) or _is_paired(context, label, taken):
            continue
        taken.update(word.id for word in label)
        beside = [] if _heads_column(context, label) else _right_of(context, page, box, label)
        below = _below(context, page, box, label)
        beside, below = (_or_none(context, region, page, words) for words in (beside, below))
        common: dict[str, Any] = {
            "match_class": rank,
            "rank": NEIGHBOUR,
            "label": " ".join(w.text for w in label),
            "label_box": box,
        }
        found = [hit_of_words(words, _value_text(one_line(words)), **common) for words in (beside, below) if words]
        hit = found[0] if found else Hit(None, page=page, box=box, **common)
        hit.second = found[1] if len(found) > 1 else None
        hits.append(hit)
    return hits


def _or_none(context: Context, region: Region, page: int, words: list[Word]) -> list[Word]:
    """Not what stands in another section, nor a label that was misread."""
    if not words or not region.holds(page, hull([word.box for word in words])) or context.looks_like_label(words):
        return []
    return words


def _labels_alone(context: Context, wanted: Matcher) -> list[tuple[list[Word], Box, int, int]]:
    """Lines, stacked lines and cells that are the label, of the best class: (words, box, page, class)."""
    places = context.places
    found = places.index.find(wanted)
    best = min(found.values(), default=0)
    seen: set[str] = set()
    labels = []
    for position in sorted(found):
        place = places[position]
        identities = {word.id for word in place.words}
        if found[position] != best or not place.words or identities & seen:
            continue
        seen |= identities
        labels.append((list(place.words), place.box, place.page, best))
    return labels


def _right_of(context: Context, page: int, box: Box, label: list[Word]) -> list[Word]:
    """The words of the nearest line to the right, up to a wide gap or a label."""
    own = {word.id for word in label}
    about = context.view.printed_on(page).between(box.top, box.bottom)
    beside = [line for line in about if line.box.center_x > box.right and same_row(line.box, box)]
    words = [
        word for line in beside for word in line.words if word.id not in own and word.box.left >= box.right - 0.005
    ]
    words.sort(key=lambda word: word.box.left)
    value: list[Word] = []
    for word in words:
        if word.id in context.label_words or (value and _is_apart(context, value[-1], word)):
            break
        value.append(word)
    return value


def _is_apart(context: Context, word: Word, following: Word) -> bool:
    gap = following.box.left - word.box.right
    return gap > GAP_HEIGHTS * max(following.box.height, 0.005) or context.parts(word, following)


def _below(context: Context, page: int, box: Box, label: list[Word]) -> list[Word]:
    """The nearest line just below, if it is no label."""
    reach = BELOW_LINES * max(box.height / max(1, _line_count(label)), 0.005)
    about = context.view.printed_on(page).between(box.bottom, box.bottom + reach)
    under = [line for line in about if line.box.center_y > box.bottom and overlap_sideways(line.box, box)]
    if not under:
        return []
    nearest = min(under, key=lambda line: (round(line.box.top, 3), abs(line.box.left - box.left)))
    if context.is_label(nearest.words) or _starts_label(context, nearest):
        return []
    return _part_below(context, nearest.words, box)


def _part_below(context: Context, words: list[Word], box: Box) -> list[Word]:
    """Of the cells or values on a line those that stand below; the whole line where it is one text."""
    parts: list[list[Word]] = []
    for word in words:
        if parts and not context.parts(parts[-1][-1], word):
            parts[-1].append(word)
        else:
            parts.append([word])
    under = [part for part in parts if overlap_sideways(hull([word.box for word in part]), box)]
    return under[0] if under else list(words)


def _starts_label(context: Context, line: Line) -> bool:
    return line.order in context.label_lines or (bool(line.words) and line.words[0].id in context.label_words)


def _line_count(words: list[Word]) -> int:
    return len({id(word.line) for word in words}) or 1

"""A label that stands alone on a line or in a cell: the nearest text right of it, else just below."""

from __future__ import annotations

import re
from typing import Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit, hit_of_words, one_line
from mapping_specs.engine.matching import Matcher
from mapping_specs.engine.regions import Region
from mapping_specs.engine.view.nodes import Box, Line, Word, hull, overlap_sideways, same_row

NEIGHBOUR = 3
"""Its rank among those of `key`."""
LEADERS = re.compile(r"^(?:[\s:]|[.\-–—_=]+(?=\s))+")
"""What may stand between a label and its value."""
ONE_OF_SEVERAL_FACTOR = 0.7
"""The label heads a column, of whose values this is only the first."""
BELOW_LINES = 2.0
"""Text further below a label than this many of the label's heights is not its value."""
GAP_HEIGHTS = 2.5
"""A wider gap ends the value to the right of a label."""


def neighbours(context: Context, wanted: Matcher, region: Region, taken: set[str]) -> list[Hit]:
    """For a label that stands alone on a line or in a cell."""
    hits = []
    for label, box, page, rank in _labels_alone(context, wanted):
        if not region.holds(page, box) or is_paired(context, label, taken):
            continue
        taken.update(word.id for word in label)
        beside = [] if heads_column(context, label) else _right_of(context, page, box, label)
        below = _below(context, page, box, label)
        beside, below = (_or_none(context, region, page, words) for words in (beside, below))
        common: dict[str, Any] = {
            "match_class": rank,
            "rank": NEIGHBOUR,
            "label": " ".join(w.text for w in label),
            "label_box": box,
        }
        found = [hit_of_words(words, value_text(one_line(words)), **common) for words in (beside, below) if words]
        hit = found[0] if found else Hit(None, page=page, box=box, **common)
        hit.second = found[1] if len(found) > 1 else None
        if hit.text and heads_column(context, label) and context.heads_of_several.issuperset(word.id for word in label):
            hit.doubt = ONE_OF_SEVERAL_FACTOR
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
    found = context.of_no_other_label(places.index.find(wanted), lambda at: places[at].text)
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


def is_paired(context: Context, label: list[Word], taken: set[str]) -> bool:
    return any(word.id in taken or word.id in context.key_words for word in label)


def heads_column(context: Context, label: list[Word]) -> bool:
    """Its value stands below it."""
    return all(word.id in context.column_heads for word in label)


def value_text(text: str) -> str:
    """Without the marks that part a label from its value; a sign before a number stays."""
    return LEADERS.sub("", text)

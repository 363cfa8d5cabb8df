"""What Textract cut short: the rest of a value on its line, the whole line, and signs that a value goes on."""

from __future__ import annotations

from collections.abc import Iterator

from mapping_specs.engine.context import MAX_LABEL_WORDS, Context
from mapping_specs.engine.hits import Hit, hit_of_words, one_line
from mapping_specs.engine.places import SAME_EDGE
from mapping_specs.engine.view.geometry import center_within
from mapping_specs.engine.view.nodes import Line, Word

MAX_RANK = 1
"""Of the ranks of `key` those that Textract has paired."""
CLOSE_HEIGHTS = 1.5
"""Words of one text stand no further apart than this."""


def whole_line(context: Context, hit: Hit) -> Hit | None:
    """The printed line the hit was cut from, without the words of labels and of other values; None if that is it."""
    if not hit.words:
        return None
    own = {word.id for word in hit.words}
    pair = {context.value_words[identity] for identity in own if identity in context.value_words}
    lines: dict[int, Line] = {id(word.line): word.line for word in hit.words if word.line is not None}
    words = [
        word
        for line in lines.values()
        for word in line.words
        if word.id in own
        or (
            word.id not in context.key_words
            and context.value_words.get(word.id) in (None, *pair)
            and not _in_label(hit, word)
        )
    ]
    return _part(hit, words) if len(words) > len(hit.words) else None


def completed(context: Context, hit: Hit) -> Hit | None:
    """Textract's value with the words that stand close beside it on its line and belong to nothing else: it cuts values
    short. None where it has all there is."""
    if hit.rank > MAX_RANK or not hit.words:
        return None
    own = {word.id for word in hit.words}
    lines: dict[int, Line] = {id(word.line): word.line for word in hit.words if word.line is not None}
    words = [word for line in lines.values() for word in _grown(context, hit, line, own)]
    return _part(hit, words) if len(words) > len(hit.words) else None


def before_next_label(hit: Hit) -> Iterator[Hit]:
    """What of a value stands before a label that Textract took into it: `0722 111 222 Fax: 0722 333 444`. How many words
    the label has is not known: one first."""
    words = hit.words
    colon = next((place for place, word in enumerate(words) if place and word.text.endswith(":")), 0)
    for end in range(colon, max(0, colon - MAX_LABEL_WORDS), -1):
        yield _part(hit, words[:end])


def _grown(context: Context, hit: Hit, line: Line, own: set[str]) -> list[Word]:
    words = line.words
    places = [place for place, word in enumerate(words) if word.id in own]
    first, last = places[0], places[-1]
    while first > 0 and _is_close(words[first - 1], words[first]):
        if not _belongs(context, hit, words[first - 1]):
            break
        first -= 1
    while last + 1 < len(words) and _is_close(words[last], words[last + 1]):
        if not _belongs(context, hit, words[last + 1]):
            break
        last += 1
    return words[first : last + 1] if last - first + 1 > len(places) else [words[place] for place in places]


def _belongs(context: Context, hit: Hit, word: Word) -> bool:
    """The word is nobody's, and in the cell of the value's. Most often it is the label's: that is asked first."""
    if _in_label(hit, word) or word.id in context.value_words or word.id in context.label_words:
        return False
    return context.cells.get(word.id) == context.cells.get(hit.words[0].id)


def _is_close(word: Word, following: Word) -> bool:
    return following.box.left - word.box.right <= CLOSE_HEIGHTS * max(word.box.height, following.box.height)


def goes_on(context: Context, hit: Hit) -> bool:
    """Does a line that belongs to nothing stand right above or below at the value's left edge? It may be a part of it."""
    lines, box = context.view.lines, hit.box
    line = hit.words[0].line if hit.words else None
    if line is None or box is None:
        return False
    for step in (-1, 1):
        order = line.order + step
        while 0 <= order < len(lines) and lines[order].page == line.page:
            other = lines[order].box
            gap = box.top - other.bottom if step < 0 else other.top - box.bottom
            if gap > line.box.height:
                break
            if (
                gap > -line.box.height / 2
                and abs(other.left - box.left) < SAME_EDGE
                and _is_nobodys(context, lines[order])
            ):
                return True
            order += step
    return False


def _is_nobodys(context: Context, line: Line) -> bool:
    words = line.word_ids
    # In the order of what it costs to know.
    return (
        context.key_words.isdisjoint(words)
        and context.value_words.keys().isdisjoint(words)
        and context.cells.keys().isdisjoint(words)
        and context.label_words.isdisjoint(words)
    )


def _part(hit: Hit, words: list[Word]) -> Hit:
    """The hit with other words of its lines."""
    part = hit_of_words(words, one_line(words), confidence=hit.confidence, match_class=hit.match_class, rank=hit.rank)
    part.label, part.label_box, part.confirmed = hit.label, hit.label_box, hit.confirmed
    return part


def _in_label(hit: Hit, word: Word) -> bool:
    return hit.label_box is not None and center_within(word.box, hit.label_box)

"""`line`: a regular expression over the text of the region, one printed line a text line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit, hit_of_words
from mapping_specs.engine.patterns import MAX_TEXT_CHARACTERS, compiled
from mapping_specs.engine.places import Place
from mapping_specs.engine.view.nodes import Line, Word, same_row

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source

MAX_MATCHES = 1_000


def find(context: Context, source: Source) -> list[Hit]:
    """Each match is a hit: the group `value`, else the whole match."""
    lines = narrowed(context, source)
    if not lines:
        return []
    text, starts = _text_of(lines)
    pattern = compiled(source["args"]["pattern"], multiline=True)
    hits = []
    for number, match in enumerate(pattern.finditer(text)):
        if number >= MAX_MATCHES:
            break
        start, end = _span(match)
        if end > start:
            hits.append(_hit(lines, starts, text[start:end], start, end))
    return hits


def narrowed(context: Context, source: Source) -> list[Line]:
    """The region's lines in reading order, after `after` and before `before`. A missing anchor leaves nothing."""
    region = context.region(source)
    if region.missing is not None:
        return []
    lines = context.view.lines
    if not region.everywhere:
        lines = [line for line in lines if region.holds(line.page, line.box)]
    for name in ("after", "before"):
        if labels := source["args"].get(name):
            anchors = [p for p in context.places.find(tuple(labels)) if region.holds(p.page, p.box)]
            if not anchors:
                return []
            lines = _cut(lines, anchors[0], name)
    return lines


def _cut(lines: list[Line], anchor: Place, side: str) -> list[Line]:
    """In reading order: on the anchor's row what stands left of it comes before it."""
    if side == "after":
        here = (anchor.page, anchor.box.center_y)
        return [line for line in lines if (line.page, line.box.bottom) > here and not _is_left_of(line, anchor)]
    top = (anchor.page, anchor.box.top)
    return [line for line in lines if (line.page, line.box.center_y) < top or _is_left_of(line, anchor)]


def _is_left_of(line: Line, anchor: Place) -> bool:
    one, other = line.box, anchor.box
    return line.page == anchor.page and same_row(one, other) and one.right <= other.left


def _text_of(lines: list[Line]) -> tuple[str, list[int]]:
    texts = [line.text for line in lines]
    starts = list(accumulate([len(text) + 1 for text in texts], initial=0))
    count = bisect_right(starts, MAX_TEXT_CHARACTERS + 1) - 1
    return "\n".join(texts[:count]), starts[:count]


def _span(match: Any) -> tuple[int, int]:
    # RE2's binding takes a group's number only.
    group = match.re.groupindex.get("value", 0)
    start, end = match.span(group)
    return (start, end) if start >= 0 else match.span()


def _hit(lines: list[Line], starts: list[int], text: str, start: int, end: int) -> Hit:
    words: list[Word] = []
    for number in range(max(0, bisect_right(starts, start) - 1), bisect_left(starts, end)):
        words += _words_between(lines[number], start - starts[number], end - starts[number])
    hit = hit_of_words(words, text)
    if words:
        hit.position = (words[0].page, words[0].line.order if words[0].line else 0, words[0].box.left)
    return hit


def _words_between(line: Line, start: int, end: int) -> list[Word]:
    """The line's words that the span touches; all of them where the line's text is not its words'."""
    if " ".join(word.text for word in line.words) != line.text:
        return list(line.words)
    found, position = [], 0
    for word in line.words:
        if position < end and position + len(word.text) > start:
            found.append(word)
        position += len(word.text) + 1
    return found

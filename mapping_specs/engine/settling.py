"""One way to settle several hits: where, nth, type and check, equal ones are one, the first of what is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.confidence import confidence_of
from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.judging import Judged, Recipe, judge
from mapping_specs.engine.matching import normalize
from mapping_specs.engine.sources import SOURCES
from mapping_specs.engine.sources.completing import before_next_label, completed, goes_on, whole_line
from mapping_specs.engine.sources.key import by_rank, place_of
from mapping_specs.engine.types import ConversionFailed, Converted, convert
from mapping_specs.engine.view.nodes import hull
from mapping_specs.engine.view.reading_order import in_order
from mapping_specs.engine.view.tables import has_digit

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Field, Source

COMPLETED_FACTOR = 0.83
"""For a value completed by words that Textract did not take for its own: low enough that someone looks at it."""

GOES_ON_FACTOR = 0.8
"""For a text above or below which another stands that may be a part of it."""


class Attempt:
    """What one source came to."""

    __slots__ = ("ambiguous", "chosen", "confidence", "judged", "position", "source")

    def __init__(self, position: int, source: Source, judged: list[Judged]) -> None:
        self.position = position
        self.source = source
        self.judged = judged
        self.chosen: Judged | None = None
        self.ambiguous = False
        self.confidence: float | None = None


class Settled:
    """What a field came to.

    `best`: the chosen one, or of a field whose every hit fails its checks the best of those; None: missing.
    `invalid`: something is written there, but not of the type.
    """

    __slots__ = ("attempts", "best", "invalid", "taken")

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.taken: Attempt | None = None
        self.best: Judged | None = None
        self.invalid: Judged | None = None

    @property
    def doubtful(self) -> bool:
        """Whatever its confidence; of one that is found."""
        assert self.best is not None
        assert self.taken is not None
        converted = self.best.converted
        return bool(self.best.failed) or self.taken.ambiguous or (converted is not None and not converted.certain)


def settle(context: Context, wanted: Field) -> Settled:
    settled = Settled()
    for position, source in enumerate(wanted["sources"]):
        attempt = _attempt(context, position, source, wanted)
        settled.attempts.append(attempt)
        if attempt.chosen is not None and wanted["pick"] == "first":
            settled.taken, settled.best = attempt, attempt.chosen
            return settled
    _pick(context, settled, wanted)
    return settled


def _pick(context: Context, settled: Settled, wanted: Field) -> None:
    good = [attempt for attempt in settled.attempts if attempt.chosen is not None]
    if good:
        settled.taken = max(good, key=lambda attempt: (attempt.confidence or 0.0, -attempt.position))
        settled.best = settled.taken.chosen
        return
    for attempt in settled.attempts:
        for judged in attempt.judged:
            if judged.failed and settled.best is None:
                settled.taken, settled.best = attempt, judged
                attempt.confidence = _confidence(context, attempt, judged, wanted)
            elif not judged.blank and not judged.failed and settled.invalid is None:
                settled.invalid = judged


def _attempt(context: Context, position: int, source: Source, wanted: Field) -> Attempt:
    recipe = Recipe(wanted, (source["clean"], wanted["clean"]), (source["check"], wanted["check"]), source["join"])
    judged = [judged for _, judged in _judged_hits(context, source, recipe)]
    attempt = Attempt(position, source, judged)
    good = _best_rank([judged for judged in attempt.judged if judged.good], by_rank=source["nth"] is None)
    if source["all"]:
        attempt.chosen = _all(context, good, wanted, source["join"])
        attempt.ambiguous = attempt.chosen is not None and attempt.chosen in good and len(_distinct(good)) > 1
    elif good:
        attempt.chosen = _chosen(context, attempt, good, wanted)
        several = len(good) > 1 and source["kind"] != "near" and len(_distinct(good)) > 1
        attempt.ambiguous = not attempt.chosen.hit.certain or several
    if attempt.chosen is not None:
        attempt.confidence = _confidence(context, attempt, attempt.chosen, wanted)
    return attempt


def _chosen(context: Context, attempt: Attempt, good: list[Judged], wanted: Field) -> Judged:
    """The first; with `pick: best` the most confident."""
    if wanted["pick"] == "first" or len(good) == 1:
        return good[0]
    return max(good, key=lambda judged: _confidence(context, attempt, judged, wanted) or 0.0)


def _judged_hits(context: Context, source: Source, recipe: Recipe) -> list[tuple[Hit, Judged]]:
    """Every hit in its order. Of a `key` no rank below the first that has a good one: it would not be heard."""
    if source["kind"] != "key" or source["nth"] is not None or context.thorough:
        hits = SOURCES[source["kind"]](context, source)
        if source["nth"] is not None:
            hits = _nth(hits, source["nth"])
        return [(hit, _judged(context, hit, recipe, source)) for hit in hits]
    found: list[tuple[Hit, Judged]] = []
    for hits in by_rank(context, source):
        found += [(hit, _judged(context, hit, recipe, source)) for hit in hits]
        if any(judged.good for _, judged in found):
            break
    return in_order(found, lambda pair: place_of(pair[0]))


def _confidence(context: Context, attempt: Attempt, judged: Judged, wanted: Field) -> float | None:
    return confidence_of(
        context, judged, wanted["confidence"], source_position=attempt.position, ambiguous=attempt.ambiguous
    )


def _nth(hits: list[Hit], nth: int) -> list[Hit]:
    position = nth - 1 if nth > 0 else nth
    return [hits[position]] if -len(hits) <= position < len(hits) else []


def _best_rank(good: list[Judged], *, by_rank: bool) -> list[Judged]:
    if not good or not by_rank:
        return good
    best = min(judged.hit.rank for judged in good)
    return [judged for judged in good if judged.hit.rank == best]


def _distinct(good: list[Judged]) -> set[Any]:
    """Of texts without figures the letters count: two printings of a name may differ in punctuation."""
    values = (str(judged.converted.value) for judged in good if judged.converted is not None)
    return {value if has_digit(value) else normalize(value) or value for value in values}


def _judged(context: Context, hit: Hit, recipe: Recipe, source: Source) -> Judged:
    """The hit, completed by words that Textract left out; if it is no good the whole printed line it was cut from.

    The other way round with `whole_line: true`.
    """
    if source["kind"] != "key":
        return judge(context, hit, recipe)
    if source["args"].get("whole_line"):
        return _first_good(_of_line(context, hit, recipe), lambda: judge(context, hit, recipe))
    here = _first_good(_completed(context, hit, recipe), lambda: _of_line(context, hit, recipe))
    here = _first_good(here, lambda: _without_next_label(context, hit, recipe))
    return _first_good(here, lambda: judge(context, hit.second, recipe) if hit.second is not None else None)


def _first_good(first: Judged | None, second: Callable[[], Judged | None]) -> Judged:
    """What is written, or that nothing is; the first where neither is good."""
    if first is not None and (first.good or first.blank):
        return first
    other = second()
    good = other if other is not None and (other.good or first is None) else first
    assert good is not None
    return good


def _completed(context: Context, hit: Hit, recipe: Recipe) -> Judged:
    judged = judge(context, hit, recipe)
    if judged.good and not judged.proven and goes_on(context, hit):
        hit.doubt = GOES_ON_FACTOR
    longer = completed(context, hit)
    whole = judge(context, longer, recipe) if longer is not None else None
    if whole is None or not whole.good or (judged.good and _value_of(whole) == _value_of(judged)):
        return judged
    whole.whole_line = True
    whole.hit.doubt = COMPLETED_FACTOR
    return whole


def _value_of(judged: Judged) -> Any:
    return judged.converted.value if judged.converted is not None else None


def _without_next_label(context: Context, hit: Hit, recipe: Recipe) -> Judged | None:
    for shorter in before_next_label(hit):
        judged = judge(context, shorter, recipe)
        if judged.good:
            judged.whole_line = True
            return judged
    return None


def _of_line(context: Context, hit: Hit, recipe: Recipe) -> Judged | None:
    longer = whole_line(context, hit)
    if longer is None:
        return None
    judged = judge(context, longer, recipe)
    judged.whole_line = True
    return judged


def _all(context: Context, good: list[Judged], wanted: Field, join: str) -> Judged | None:
    """Every good hit, equal ones once, joined; its confidence is that of the weakest. The first where what is joined
    is none of the type: two numbers are not one."""
    if not good:
        return None
    texts = list(dict.fromkeys(judged.text for judged in good))
    hits = [judged.hit for judged in good]
    boxes = [hit.box for hit in hits if hit.box is not None and hit.page == hits[0].page]
    joined = Judged(
        Hit(
            join.join(hit.text or "" for hit in hits),
            page=hits[0].page,
            box=hull(boxes) if boxes else None,
            confidence=min((hit.confidence for hit in hits if hit.confidence is not None), default=None),
            ocr_confidence=min((hit.ocr_confidence for hit in hits if hit.ocr_confidence is not None), default=None),
            match_class=max(hit.match_class for hit in hits),
            label=hits[0].label,
            words=[word for hit in hits for word in hit.words],
        ),
        join.join(texts),
    )
    if wanted["type"] == "enum":
        options = dict.fromkeys(str(judged.converted.value) for judged in good if judged.converted is not None)
        joined.converted = Converted(join.join(options))
        return joined
    try:
        joined.converted = convert(joined.text, wanted, context.locale)
    except ConversionFailed:
        return good[0]
    return joined

"""A percentage that means something: the evidence, combined by the field's policy, lowered by every doubt."""

from __future__ import annotations

import math
from typing import Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.errors import ExpressionError
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.judging import Judged
from mapping_specs.engine.matching import CLASS_NAMES, FUZZY
from mapping_specs.engine.view.nodes import min_confidence

CLASS_FACTORS = (1.0, 1.0, 0.99, 0.99, 0.98, 0.9, 0.9)
RANK_FACTORS = (1.0, 0.97, 0.97, 0.92)
NEIGHBOUR, NEIGHBOUR_TEXT_FACTOR = 3, 0.84
"""Of the texts found beside a label, with no pair and nothing of their own to prove them, two in three are right."""
LOOSE_TEXT_FACTOR = 0.8
"""Of text without type or check that goes on after a label with nothing between, as `Name of the insured` after `Name`,
or is far from it."""
FUZZY_TEXT_FACTOR = 0.85
"""Of text without type or check whose label nearly matches: a letter makes an insurer of the insured."""
FALLBACK_FACTOR = 0.99
"""For every source of the field that came before and found nothing good."""
APART_FACTOR = 0.75
WHOLE_LINE_FACTOR = 0.95
AMBIGUOUS_FACTOR = 0.7
CHECK_FAILED_FACTOR = 0.5
UNCERTAIN_FACTOR = 0.75


PROVEN_FACTOR = 0.5
"""Of the doubt in a link, where the value has the type or passes the check that is asked for."""
CONFIRMED_FACTOR = 0.3
"""Of what is left of it, where such a value also stands where a reader looks for it."""


def confidence_of(
    context: Context, judged: Judged, policy: str, *, source_position: int, ambiguous: bool
) -> float | None:
    """Percent; None where the document gave no confidence at all."""
    base = _base(context, judged, policy)
    if base is None:
        return None
    return round(base * factor_of(judged, source_position=source_position, ambiguous=ambiguous), 2)


def factor_of(judged: Judged, *, source_position: int, ambiguous: bool) -> float:
    """What our own doubts take off it."""
    factor = 1.0
    for _, taken in doubts_of(judged, source_position=source_position, ambiguous=ambiguous):
        factor *= taken
    return factor


def doubts_of(judged: Judged, *, source_position: int, ambiguous: bool) -> list[tuple[str, float]]:
    """Every doubt of our own, as its reader is told of it, with the factor that it takes off."""
    hit, is_text = judged.hit, not judged.proven
    uncertain = judged.converted is not None and not judged.converted.certain
    doubts = [
        ("the label is printed otherwise", CLASS_FACTORS[hit.match_class]),
        ("its label may be another one", FUZZY_TEXT_FACTOR if hit.match_class == FUZZY and is_text else 1.0),
        ("Textract has not paired it with its label", RANK_FACTORS[hit.rank]),
        ("earlier sources found nothing good", FALLBACK_FACTOR**source_position),
        ("what is printed about it leaves it open", hit.doubt),
        ("a text that only stands by its label", NEIGHBOUR_TEXT_FACTOR if hit.rank >= NEIGHBOUR and is_text else 1.0),
        ("nothing printed ties the text to its label", LOOSE_TEXT_FACTOR if hit.loose and is_text else 1.0),
        (
            "characters that stand apart, of one text or of several",
            APART_FACTOR if hit.apart and not _is_day(judged) else 1.0,
        ),
        ("more or less of its line than Textract took", WHOLE_LINE_FACTOR if judged.whole_line else 1.0),
        ("several values fit", AMBIGUOUS_FACTOR if ambiguous else 1.0),
        ("a check fails", CHECK_FAILED_FACTOR if judged.failed else 1.0),
        ("it can be read in several ways", UNCERTAIN_FACTOR if uncertain else 1.0),
    ]
    return [(reason, factor) for reason, factor in doubts if factor != 1.0]


def _is_day(judged: Judged) -> bool:
    """Few characters side by side make a date by chance."""
    value = judged.converted.value if judged.converted is not None and judged.proven else None
    return isinstance(value, str) and value.count("-") == 2


def _base(context: Context, judged: Judged, policy: str) -> float | None:
    hit = judged.hit
    known = [percent for percent in (_link(judged), hit.ocr_confidence) if percent is not None]
    if policy == "min":
        return min(known, default=None)
    if policy == "mean":
        return sum(known) / len(known) if known else None
    if policy == "product":
        return math.prod(percent / 100 for percent in known) * 100 if known else None
    return _expressed(context, hit, policy)


def _link(judged: Judged) -> float | None:
    """Textract's confidence in a link or a cell is low for many right ones: what else speaks for it takes from the doubt.

    Where a value stands alone proves little: any text may stand there.
    """
    link = judged.hit.confidence
    return None if link is None else 100.0 - (100.0 - link) * doubt_kept(judged)


def doubt_kept(judged: Judged) -> float:
    """The share of Textract's doubt in the link that is left."""
    if not judged.proven:
        return 1.0
    return PROVEN_FACTOR * (CONFIRMED_FACTOR if judged.hit.confirmed else 1.0)


def _expressed(context: Context, hit: Hit, policy: str) -> float | None:
    """A JMESPath expression over `node`; what is no number between 0 and 100 is unknown."""
    from mapping_specs.engine.expressions import compile_expression

    try:
        found = compile_expression(policy).search({"node": node_of(hit)})
    except ExpressionError as error:
        context.warn("EXPRESSION_FAILED", f"An expression could not be evaluated: {error}", expression=policy)
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 100:
        return None
    return float(found)


def node_of(hit: Hit) -> dict[str, Any]:
    """What a confidence expression sees, and what `explain` shows of the evidence."""
    return {
        "confidence": hit.confidence,
        "ocr_confidence": None if hit.ocr_confidence is None else round(hit.ocr_confidence, 2),
        "ocr_confidence_min": min_confidence(hit.words),
        "match": CLASS_NAMES[hit.match_class],
        "match_class": hit.match_class,
        "rank": hit.rank,
        "page": hit.page,
    }

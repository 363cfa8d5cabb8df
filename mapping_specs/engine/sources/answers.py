"""`query`, `expense`, `identity`, `signature`: what Textract itself answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.matching import matcher, normalize
from mapping_specs.engine.places import Place
from mapping_specs.engine.view.answers import ExpenseField, Identity, Signature
from mapping_specs.engine.view.geometry import center_within
from mapping_specs.engine.view.nodes import mean_confidence, overlap_sideways, same_row

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source

NEAR_SIGNATURE = 0.06
"""A signature stands by a text that is less than this fraction of the page's height away."""


def query(context: Context, source: Source) -> list[Hit]:
    """By alias, else by the question's text: an answer may have come without its alias."""
    name, region = source["args"]["name"], context.region(source)
    wanted = normalize(context.compiled.resolved["textract"]["queries"].get(name, name))
    queries = [query for query in context.view.queries if query.alias == name]
    queries = queries or [query for query in context.view.queries if normalize(query.question) == wanted]
    hits = [
        Hit(one.value, page=one.page, box=one.box, confidence=one.confidence, label=one.question or one.alias)
        for one in queries
        if one.value is not None and region.holds(one.page, one.box)
    ]
    return [_with_words(context, hit) for hit in hits]


def expense(context: Context, source: Source) -> list[Hit]:
    """Summary fields of a type, with the label as printed and the group where they are given."""
    args, region = source["args"], context.region(source)
    document = source["where"].get("document")
    hits = []
    for one in context.view.expenses:
        if document is not None and one.document != document:
            continue
        for field in one.summary:
            if field.type != args["type"] or not region.holds(field.page, field.box):
                continue
            rank = _label_class(field, args.get("label"))
            if rank is not None and (not args.get("group") or args["group"] in field.groups):
                hits.append(_with_words(context, _hit_of_expense(field, rank)))
    best = min((hit.match_class for hit in hits), default=0)
    return [hit for hit in hits if hit.match_class == best]


def _with_words(context: Context, hit: Hit) -> Hit:
    """With the words printed at its place, where they spell it: Textract is sure of an answer that it could hardly read."""
    if hit.page is None or hit.box is None or not hit.text:
        return hit
    about = context.view.printed_on(hit.page).between(hit.box.top, hit.box.bottom)
    words = [word for line in about for word in line.words if center_within(word.box, hit.box)]
    if words and normalize("".join(word.text for word in words)) == normalize(hit.text):
        hit.words, hit.ocr_confidence = words, mean_confidence(words)
    return hit


def _label_class(field: ExpenseField, wanted: list[str] | str | None) -> int | None:
    if wanted is None:
        return 0
    if wanted == "none":
        return 0 if field.label is None else None
    return matcher(tuple(wanted)).match(field.label) if field.label else None


def _hit_of_expense(field: ExpenseField, rank: int) -> Hit:
    return Hit(
        field.value,
        page=field.page,
        box=field.box,
        confidence=field.confidence,
        match_class=rank,
        label=field.label or field.type,
        label_box=field.label_box,
    )


def identity(context: Context, source: Source) -> list[Hit]:
    document, region = source["where"].get("document"), context.region(source)
    return [
        _hit_of_identity(one)
        for one in context.view.identities
        if one.type == source["args"]["type"]
        and (document is None or one.document == document)
        and region.holds(one.page, None)
    ]


def _hit_of_identity(one: Identity) -> Hit:
    position = (one.document, 0.0, 0.0)
    hit = Hit(one.value, page=one.page, confidence=one.confidence, label=one.type, position=position)
    hit.normalized = one.normalized
    return hit


def signature(context: Context, source: Source) -> list[Hit]:
    """True where one is found; false where none is: that is an answer too, if Textract was asked for signatures."""
    region, by = context.region(source), source["args"].get("by")
    if region.missing is not None or not context.view.was_asked("SIGNATURES"):
        return []
    found = [one for one in context.view.signatures if region.holds(one.page, one.box)]
    if by is not None:
        places = context.places.find(tuple(by))
        if not places:
            return []
        others = [place for labels in context.compiled.signature_texts for place in context.places.find(labels)]
        found = [one for one in found if _nearest(one, [*places, *others]) in places]
        if not found:
            return [Hit("no", value=False, page=places[0].page, box=places[0].box, label=places[0].text)]
    if not found:
        return [Hit("no", value=False, page=1)] if context.view.pages else []
    first = max(found, key=lambda one: one.confidence or 0.0)
    return [Hit("signed", value=True, page=first.page, box=first.box, confidence=first.confidence)]


def _nearest(one: Signature, places: list[Place]) -> Place | None:
    """Of all texts that the spec looks for signatures by, the one this stands by."""
    by = [(gap, order) for order, place in enumerate(places) if (gap := _gap(one, place)) is not None]
    return places[min(by)[1]] if by else None


def _gap(one: Signature, place: Place) -> float | None:
    """In fractions of the page's height; None where it does not stand by the text."""
    box = place.box
    if one.page != place.page or not (overlap_sideways(one.box, box) or same_row(one.box, box)):
        return None
    gap = max(box.top - one.box.bottom, one.box.top - box.bottom, 0.0)
    return gap if gap < NEAR_SIGNATURE else None

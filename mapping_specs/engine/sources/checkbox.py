"""`checkbox`: one box → boolean; a question with its options → the option that is ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.matching import NO_ITEM, START, matcher
from mapping_specs.engine.places import Place
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.regions import Region
from mapping_specs.engine.view.nodes import Box, Selection, same_row

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source

SAME_COLUMN = 0.02
"""Left edges this near, in widths of the page, are one column."""
PARTED_HEIGHTS = 2.0
"""A text further right of a question than so many of its heights is another one."""


def find(context: Context, source: Source) -> list[Hit]:
    region = context.region(source)
    if region.missing is not None:
        return []
    boxes = [box for box in context.view.selections if region.holds(box.page, box.box)]
    if "label" in source["args"]:
        return _labelled(context, boxes, tuple(source["args"]["label"]))
    groups = _groups(context, source, boxes, region)
    return [hit for place, group in groups if (hit := _answer(context, place, group, source)) is not None]


def _labelled(context: Context, boxes: list[Selection], labels: tuple[str, ...]) -> list[Hit]:
    ranks = _by_label(context, [box.label for box in boxes], labels) or _by_place(context, boxes, labels)
    best = min(ranks.values(), default=0)
    hits = [
        _hit(boxes[position], boxes[position].selected, best)
        for position, rank in sorted(ranks.items())
        if rank == best
    ]
    for hit in hits:
        hit.loose = best == START
    return hits


def _by_place(context: Context, boxes: list[Selection], labels: tuple[str, ...]) -> dict[int, int]:
    """By a printed text that a box's label is only a part of: over two lines, Textract takes one of them for the key."""
    places = context.places.find(labels)
    return {
        position: NO_ITEM
        for position, box in enumerate(boxes)
        if box.label_box is not None
        and any(place.page == box.page and _within(box.label_box, place.box) for place in places)
    }


def _within(label: Box, place: Box) -> bool:
    return (
        place.left - 0.005 <= label.center_x <= place.right + 0.005
        and place.top - 0.005 <= label.center_y <= place.bottom + 0.005
    )


def _by_label(context: Context, printed: list[str], labels: tuple[str, ...]) -> dict[int, int]:
    """Position → class, of the boxes so labelled; a label may be the start of what is printed by the box."""
    index = context.index_of(printed)
    wanted = matcher(labels)
    return index.find(wanted) or {start.position: START for start in index.starting(wanted)}


def _hit(box: Selection, value: Any, rank: int) -> Hit:
    text = box.label or ("yes" if box.selected else "no")
    return Hit(
        text,
        value=value,
        page=box.page,
        box=box.box,
        confidence=box.confidence,
        match_class=min(rank, START - 1),
        label=box.label,
        label_box=box.label_box,
    )


def _groups(
    context: Context, source: Source, boxes: list[Selection], region: Region
) -> list[tuple[Place | None, list[Selection]]]:
    """The boxes of each printed question; without a question all boxes of the region."""
    question = source["args"].get("question")
    if not question:
        return [(None, boxes)] if boxes else []
    asked = [place for place in context.places.find(tuple(question)) if region.holds(place.page, place.box)]
    others = [place for labels in context.compiled.questions for place in context.places.find(labels)]
    return [(place, _boxes_of(place, boxes, others)) for place in asked]


def _boxes_of(question: Place, boxes: list[Selection], others: list[Place]) -> list[Selection]:
    """From the question on, up to the next one."""
    after = [box for box in boxes if box.page == question.page and _at_or_after(box.box, question.box)]
    if not after:
        return []
    nexts = [
        other.box
        for other in others
        if other.page == question.page and _follows(other.box, question.box) and _cuts(other, question)
    ]
    return [box for box in after if not any(_is_of_next(box.box, one, question.box) for one in nexts)]


def _is_of_next(box: Box, following: Box, question: Box) -> bool:
    """A question beside this one has the boxes below it, and beyond; one further down all that come after it."""
    if same_row(following, question) and not same_row(box, following):
        return box.center_x > following.left - SAME_COLUMN
    return _at_or_after(box, following)


def _at_or_after(box: Box, question: Box) -> bool:
    if same_row(box, question):
        return box.center_x > question.left
    return box.center_y > question.center_y


def _follows(other: Box, question: Box) -> bool:
    if same_row(other, question):
        return other.left > question.right - 0.005
    return other.center_y > question.center_y


def _cuts(other: Place, question: Place) -> bool:
    """The same question printed there by another name is no other."""
    return not (other.text == question.text and other.box == question.box)


def _answer(context: Context, question: Place | None, boxes: list[Selection], source: Source) -> Hit | None:
    """Of each option the first box so labelled; None where none of the options is printed."""
    args = source["args"]
    boxes, places, is_left = _read(context, question, boxes, args)
    if not places:
        return None
    found = {option: boxes[at[0]] for option, at in places.items()}
    ticked = [option for option, box in found.items() if box.selected]
    if len(ticked) == 1 or (ticked and args.get("choose") == "any"):
        hit = _of_options(ticked, found, args, source["join"])
    else:
        hit = _of_none_or_several(question, ticked, found, args)
    if is_left and ticked:
        hit.text = hit.label = found[ticked[0]].left_label
    is_alone = len(places) < 2 <= len(set(args["options"].values()))
    hit.certain = hit.certain and not is_alone and not _is_borrowed(list(places.values()), list(found.values()))
    return hit


ByOption = dict[str, list[int]]
"""Of each option that is printed the positions of its boxes."""


def _read(
    context: Context, question: Place | None, boxes: list[Selection], args: dict[str, Any]
) -> tuple[list[Selection], ByOption, bool]:
    """The boxes that answer the question, their options, and whether these are what is printed left of them: the first way
    to read them that has every answer, those just under the question before all, what is printed right before left."""
    answers = set(args["options"].values())
    below = _below(context, question, boxes) if question is not None else []
    for is_left in (False, True):
        for group in filter(None, (below, boxes)):
            places = _places(context, group, args, is_left=is_left)
            if {args["options"][option] for option in places} == answers:
                return group, places, is_left
    return boxes, _places(context, boxes, args, is_left=False), False


def _places(context: Context, boxes: list[Selection], args: dict[str, Any], *, is_left: bool) -> ByOption:
    labels = [box.left_label if is_left else box.label for box in boxes]
    if is_left and not any(labels):
        return {}
    printed = _without_question(labels, args.get("question"))
    return {option: at for option in args["options"] if (at := _labelled_so(context, boxes, printed, option))}


def _below(context: Context, question: Place, boxes: list[Selection]) -> list[Selection]:
    """Those under the question, left of what is printed beside it; none where it has a box on its row."""
    row = question.box
    if any(same_row(box.box, row) for box in boxes):
        return []
    lines = context.view.printed_on(question.page).between(row.top, row.bottom)
    edges = [word.box.left for line in lines for word in line.words if same_row(word.box, row)]
    wide = row.right + PARTED_HEIGHTS * row.height
    end = min((edge for edge in edges if edge > wide), default=2.0)
    return [box for box in boxes if row.left - SAME_COLUMN <= box.box.left < end - SAME_COLUMN]


def _without_question(printed: list[str], question: list[str] | None) -> list[str]:
    """What is printed by each box. `Are you married? Yes`: Textract takes the first option and its question for one key."""
    texts = list(printed)
    for start in PrintedIndex(printed).starting(matcher(tuple(question))) if question else ():
        texts[start.position] = " ".join(printed[start.position].split()[start.words :])
    return texts


def _labelled_so(context: Context, boxes: list[Selection], printed: list[str], option: str) -> list[int]:
    """Positions of the boxes with the option printed by them, or over their column in a table."""
    ranks = _by_label(context, printed, (option,))
    headers = [context.box_headers.get(id(box), "") for box in boxes]
    for position, rank in context.index_of(headers).find(matcher((option,))).items() if any(headers) else ():
        ranks[position] = min(rank, ranks.get(position, rank))
    best = min(ranks.values(), default=0)
    return [position for position in sorted(ranks) if ranks[position] == best]


def _is_borrowed(places: list[list[int]], found: list[Selection]) -> bool:
    """A box seems another question's: before it an option comes again, and the boxes share neither a row nor a column."""
    last = max(at[0] for at in places)
    if not any(again < last for at in places for again in at[1:]):
        return False
    first = found[0].box
    in_row = all(same_row(first, box.box) for box in found)
    return not in_row and not all(abs(box.box.left - first.left) < SAME_COLUMN for box in found)


def _of_options(ticked: list[str], found: dict[str, Selection], args: dict[str, Any], join: str) -> Hit:
    first = found[ticked[0]]
    values = [args["options"][option] for option in ticked]
    value = values[0] if len(values) == 1 else join.join(str(one) for one in values)
    hit = _hit(first, value, 0)
    hit.several = [str(one) for one in values] if len(values) > 1 else []
    hit.confidence = min((found[option].confidence or 0.0 for option in ticked), default=None)
    hit.confirmed = len(ticked) == 1 and len(found) > 1
    return hit


def _of_none_or_several(
    question: Place | None, ticked: list[str], found: dict[str, Selection], args: dict[str, Any]
) -> Hit:
    first = found[ticked[0]] if ticked else next(iter(found.values()))
    hit = _hit(first, None, 0)
    hit.text = None
    if not ticked and "else" in args:
        hit.text, hit.value = "none ticked", args["else"]
        hit.confidence = min((box.confidence or 0.0 for box in found.values()), default=None)
    elif ticked:
        hit.text, hit.certain = ", ".join(ticked), False
        hit.value = args["options"][ticked[0]]
    if question is not None:
        hit.label, hit.label_box = question.text, question.box
    return hit

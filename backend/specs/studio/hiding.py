"""Personal values of a sample, for those who may not see them: which they are, and where they are printed.

What is personal is said by specs, so it is found by running them: the live revision, the newest one and the one that is
looked at. What any of them takes for personal is hidden wherever it is printed, under whatever name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import mapping_specs
from backend.errors import Forbidden
from backend.specs.models import MappingSpec, Sample, SpecRevision
from backend.specs.pii import Personal, personal_in
from backend.specs.reading import Libraries, draft_read, readings_of, text_normalize
from backend.specs.studio import kept
from mapping_specs.engine.errors import ExpressionError
from mapping_specs.engine.expressions import compile_expression
from mapping_specs.engine.view.nodes import Box, Word

MIN_TEXT_CHARACTERS = 3
"""A shorter text is found by its place alone: `M` stands everywhere."""


@dataclass(slots=True)
class Hidden:
    personal: Personal
    """The names marked pii, what is computed from them, and what is read from the same places."""
    places: dict[int, list[Box]] = field(default_factory=dict)
    """By page."""
    texts: set[str] = field(default_factory=set)

    def covers(self, page: Any, box: Any) -> bool:
        """Is any of it in the place? A box as the view has it, or as JSON has it."""
        if box is None:
            return False
        wanted = box if isinstance(box, Box) else box_of(box)
        return any(_overlap(wanted, place) for place in self.places.get(page or 1, ()))

    def pattern(self) -> re.Pattern[str] | None:
        """Any of the texts, however it is spaced and whatever its case."""
        texts = sorted(self.texts, key=len, reverse=True)
        spaced = [r"\s+".join(map(re.escape, text.split())) for text in texts]
        return re.compile("|".join(spaced), re.IGNORECASE) if spaced else None


def box_of(box: Mapping[str, float]) -> Box:
    return Box(box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"])


def _overlap(one: Box, other: Box) -> bool:
    """By more than a touch: a tenth of the smaller one."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    smaller = min(one.width * one.height, other.width * other.height)
    return wide > 0 and high > 0 and wide * high >= smaller / 10


def saved_revision(spec: MappingSpec, text: str) -> SpecRevision:
    """The newest one with this text; Forbidden where there is none.

    A text of one's own could read a personal value under another name, letter by letter.
    """
    saved = spec.revisions.filter(text=text_normalize(text)).order_by("-number").first()
    if saved is None:
        message = "Without the permission to see personal values you can look at saved revisions only."
        raise Forbidden("PII_NOT_ALLOWED", message)
    return saved


def hidden_of(
    spec: MappingSpec, sample: Sample, *, text: str | None = None, libraries: Libraries | None = None
) -> Hidden:
    """`text`: what is looked at beside the revisions; it is read with `libraries`, else with the newest."""
    view = kept.view_of(sample)
    looked_at = draft_read(text, libraries).spec if text else None
    specs = _specs(spec) + ([looked_at] if looked_at else [])
    if not specs:
        message = "No revision says yet what is personal here, so everything is."
        raise Forbidden("PII_NOT_ALLOWED", message)
    personal = _joined([_personal(one) for one in specs])
    hidden = Hidden(personal)
    for one in specs:
        _collect(hidden, mapping_specs.explain(view, one))
    _find_elsewhere(hidden, view)
    return hidden


def _specs(spec: MappingSpec) -> list[mapping_specs.Spec]:
    """Of the newest revision that can be read, and of the live one."""
    newest = spec.revisions.filter(resolved__isnull=False).first()
    revisions = {one.pk: one for one in (newest, spec.live_revision) if one}
    return [reading.spec for reading in readings_of(list(revisions.values())).values() if reading.spec]


def _joined(parts: Iterable[Personal]) -> Personal:
    parts = list(parts)
    fields = frozenset[str]().union(*(part.fields for part in parts))
    return Personal(fields, frozenset[tuple[str, str]]().union(*(part.columns for part in parts)))


def _personal(spec: mapping_specs.Spec) -> Personal:
    """Marked, or computed from what is."""
    marked = personal_in(spec.resolved)
    fields = set(marked.fields)
    reads = dict(_reads(spec))
    while new := {name for name, read in reads.items() if name not in fields and read & fields}:
        fields |= new
    return Personal(frozenset(fields), marked.columns)


def _reads(spec: mapping_specs.Spec) -> Iterator[tuple[str, set[str]]]:
    """By computed field the fields it reads."""
    for part in (spec.resolved, *spec.resolved["variants"]):
        for name, one in part["fields"].items():
            for source in one["sources"]:
                if source["kind"] == "computed":
                    try:
                        read = compile_expression(source["args"]["expression"]).fields
                    except ExpressionError:
                        continue
                    yield name, {other.removesuffix("_currency") for other in read} | set(read)


def _collect(hidden: Hidden, explained: Mapping[str, Any]) -> None:
    for name, why in explained["explain"].items():
        if hidden.personal.hides(name):
            _take_text(hidden, explained["fields"].get(name))
            for source in why["sources"]:
                _take_candidates(hidden, source["candidates"], found=name in explained["fields"])
    for name, found in explained["evidence"].items():
        for part, evidence in _parts(name, found):
            if hidden.personal.hides_column(name, part) if part else hidden.personal.hides(name):
                _take(hidden, evidence)


def _parts(name: str, found: Any) -> Iterator[tuple[str, Any]]:
    """A field's evidence, or a table's by column."""
    if isinstance(found, list):
        yield from ((column, cell) for row in found for column, cell in row.items())
    else:
        yield "", found


def _take_candidates(hidden: Hidden, candidates: list[dict[str, Any]], *, found: bool) -> None:
    """Where nothing was found, one that was turned down may be the right one; else only its place is hidden."""
    for candidate in candidates:
        _take(hidden, candidate if not found or candidate["outcome"] == "taken" else {**candidate, **NO_TEXT})


NO_TEXT = {"raw": None, "cleaned": None, "value": None}


def _take(hidden: Hidden, evidence: Any) -> None:
    if not isinstance(evidence, Mapping):
        return
    for name in NO_TEXT:
        _take_text(hidden, evidence.get(name))
    if evidence.get("box"):
        hidden.places.setdefault(evidence.get("page") or 1, []).append(box_of(evidence["box"]))


def _take_text(hidden: Hidden, value: Any) -> None:
    if value is None or isinstance(value, bool) or value in ("true", "false"):
        return
    for line in str(value).splitlines():
        text = " ".join(line.split())
        if len(text) >= MIN_TEXT_CHARACTERS:
            hidden.texts.add(text)


def _find_elsewhere(hidden: Hidden, view: mapping_specs.View) -> None:
    """The same words printed in another place are as personal there."""
    pattern = hidden.pattern()
    if pattern is None:
        return
    for line in view.lines:
        for match in pattern.finditer(line.text):
            for word in _words_at(line.words, line.text, match.start(), match.end()):
                hidden.places.setdefault(word.page, []).append(word.box)


def _words_at(words: list[Word], text: str, start: int, end: int) -> Iterator[Word]:
    """The words of a line that a part of its text is made of."""
    place = 0
    for word in words:
        found = text.find(word.text, place)
        if found < 0:
            continue
        place = found + len(word.text)
        if found < end and place > start:
            yield word

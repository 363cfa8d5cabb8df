"""What a source finds: a printed place and what is written there."""

from __future__ import annotations

from typing import Any

from mapping_specs.engine.view.nodes import Box, Word, hull, mean_confidence


class Hit:
    """A printed place that answers to a source.

    text        as printed; None: a blank place, nothing is written there
    value       what is no text: the truth of a box, a JSON scalar
    several     what an enum reads each for itself: the options that are ticked
    confidence  of the link between label and value, percent; None: the source has none
    rank        of the place within the source: `key` has four, 0-3
    label       the printed text that matched
    certain     False: found, but several places fit
    doubt       what the source takes off the confidence, as a factor: 1.0 nothing
    confirmed   the page itself speaks for the link: the value stands where a reader looks for it
    loose       nothing printed ties the text to its label: it may be more of the label, or another one, or far from it
    apart       its characters stand apart, each printed for itself
    normalized  a date as Textract itself normalized it, ISO 8601; None: it did not
    second      where else a reader looks for the value, if what is here is none
    constant    not read from the document: its confidence is not unknown but meaningless
    position    page, row and left edge, for the order of hits
    """

    __slots__ = (
        *("text", "value", "page", "box", "confidence", "ocr_confidence", "match_class", "rank"),
        *(
            "label",
            "label_box",
            "words",
            "certain",
            "confirmed",
            "loose",
            "doubt",
            "normalized",
            "second",
            "constant",
            "position",
            "several",
            "apart",
        ),
    )

    def __init__(
        self,
        text: str | None,
        value: Any = None,
        page: int | None = None,
        box: Box | None = None,
        confidence: float | None = None,
        ocr_confidence: float | None = None,
        match_class: int = 0,
        rank: int = 0,
        label: str | None = None,
        label_box: Box | None = None,
        words: list[Word] | None = None,
        certain: bool = True,
        constant: bool = False,
        position: tuple[int, float, float] | None = None,
    ) -> None:
        self.text = text
        self.value = value
        self.page = page
        self.box = box
        self.confidence = confidence
        self.ocr_confidence = ocr_confidence
        self.match_class = match_class
        self.rank = rank
        self.label = label
        self.label_box = label_box
        self.words = words if words is not None else []
        self.certain = certain
        self.confirmed = False
        self.loose = False
        self.doubt = 1.0
        self.normalized: str | None = None
        self.second: Hit | None = None
        self.constant = constant
        self.position = position
        self.several: list[str] = []
        self.apart = False

    @property
    def order(self) -> tuple[int, float, float]:
        if self.position is not None:
            return self.position
        box = self.label_box or self.box
        return (self.page or 0, round(box.center_y, 2) if box else 0.0, box.left if box else 0.0)


def hit_of_words(words: list[Word], text: str, **more: Any) -> Hit:
    """A hit with the words as its evidence."""
    page = words[0].page if words else None
    box = hull([word.box for word in words]) if words else None
    return Hit(text, page=page, box=box, ocr_confidence=mean_confidence(words), words=words, **more)


def one_line(words: list[Word]) -> str:
    """Words as one text."""
    return " ".join(word.text for word in words)

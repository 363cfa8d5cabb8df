"""What a source finds: a printed place and what is written there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mapping_specs.engine.view.nodes import Box, Word, hull, mean_confidence


@dataclass(slots=True)
class Hit:
    text: str | None
    """As printed; None: a blank place, nothing is written there."""
    value: Any = None
    """What is no text: the truth of a box, a JSON scalar."""
    page: int | None = None
    box: Box | None = None
    confidence: float | None = None
    """Of the link between label and value, percent; None: the source has none."""
    ocr_confidence: float | None = None
    match_class: int = 0
    rank: int = 0
    """Of the place within the source: `key` has four, 0–3."""
    label: str | None = None
    """The printed text that matched."""
    label_box: Box | None = None
    words: list[Word] = field(default_factory=list)
    certain: bool = True
    """False: found, but several places fit."""
    constant: bool = False
    """Not read from the document: its confidence is not unknown but meaningless."""
    position: tuple[int, float, float] | None = None
    """Page, row and left edge, for the order of hits."""

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

"""Answers to queries: the value of the label that shares most words with the question."""

from __future__ import annotations

import re

from infra.local.textract.form import Form, Pair

IGNORED = frozenset(
    "what is the of a an was are does do for in on to who when where which how many much s it this".split()
)
LEAST_SHARED = 0.5


def answer(question: str, form: Form) -> tuple[Pair, float] | None:
    """The pair and how well it fits, 0–1."""
    wanted = _words(question)
    best: tuple[Pair, float] | None = None
    for pair in form.pairs:
        label = _words(" ".join(word.text for word in pair.key))
        if not label or not pair.value:
            continue
        shared = 2 * len(wanted & label) / (len(wanted) + len(label))
        if shared >= LEAST_SHARED and (best is None or shared > best[1]):
            best = (pair, shared)
    return best


def _words(text: str) -> set[str]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {"number" if word == "no" else word for word in words if word not in IGNORED}

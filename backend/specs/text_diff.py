"""Two texts line by line, as a table draws them: unified, or side by side."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

CONTEXT_LINES = 3
LINES_MAX = 20_000
"""Longer texts, both together, are not compared."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """Line numbers count from 1; None on the side that has no such line."""

    kind: str
    """same, changed, removed, added, gap (equal lines left out)"""
    old_number: int | None
    old: str
    new_number: int | None
    new: str


def is_comparable(old: str, new: str) -> bool:
    return old.count("\n") + new.count("\n") <= LINES_MAX


def side_by_side(old: str, new: str) -> list[DiffLine]:
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after)
    found: list[DiffLine] = []
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        _, start, _, _, _ = group[0]
        if found or start:
            found.append(DiffLine("gap", None, "", None, ""))
        for kind, i1, i2, j1, j2 in group:
            found += _pairs(kind == "equal", before, i1, i2, after, j1, j2)
    return found


def _pairs(
    is_same: bool, before: list[str], i1: int, i2: int, after: list[str], j1: int, j2: int
) -> Iterator[DiffLine]:
    for offset in range(max(i2 - i1, j2 - j1)):
        i, j = i1 + offset, j1 + offset
        old, new = i < i2, j < j2
        kind = "same" if is_same else "changed" if old and new else "removed" if old else "added"
        yield DiffLine(
            kind, i + 1 if old else None, before[i] if old else "", j + 1 if new else None, after[j] if new else ""
        )


def unified(lines: list[DiffLine]) -> list[DiffLine]:
    """Each changed line as one removed and one added, the removed of a run before its added."""
    found: list[DiffLine] = []
    added: list[DiffLine] = []
    for line in lines:
        if line.kind in {"same", "gap"}:
            found += [*added, line]
            added = []
            continue
        if line.old_number is not None:
            found.append(DiffLine("removed", line.old_number, line.old, None, ""))
        if line.new_number is not None:
            added.append(DiffLine("added", None, "", line.new_number, line.new))
    return found + added

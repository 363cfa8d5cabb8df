"""The pages drawn in docs/, as Textract would answer them.

`Label → value` is a pair (nothing behind the arrow: a blank one; `→ text` below: the next line of the value), `|` lines
are a table with its header above `|--`,
`--- page` begins the next page; the rest is as in `pages`.
"""

from __future__ import annotations

import re
from typing import Any

from tests.engine.pages import ROW, Drawing

ARROW = re.compile(r"(?P<key>\S+(?: {1,2}[^\s→]+)*) → ?(?P<value>\S+(?: {1,2}\S+)*)?")
CELL = 3
"""Characters that part the cells' columns."""


def drawn(text: str) -> Drawing:
    drawing = Drawing()
    for number, page in enumerate(re.split(r"^--- page\n", text, flags=re.M), start=1):
        lines = page.splitlines()
        pairs = [match.groupdict() for line in lines for match in ARROW.finditer(line)]
        for pair, more in zip(pairs, following(lines), strict=True):
            pair["value"] = " ".join([pair["value"] or "", *more]).strip()
        drawing.page(number, "\n".join("" if line.startswith("|") else line.replace("→", "  ") for line in lines))
        for pair in pairs:
            value = pair["value"] and nth(drawing, pair["value"], number)
            drawing.pair(nth(drawing, pair["key"], number), value or None)
        for first, table in tables(lines):
            drawing.table({"page": number, "top": (first + 2) * ROW * 100, **table})
    return drawing


def following(lines: list[str]) -> list[list[str]]:
    """Of every pair the further lines of its value."""
    found: list[list[str]] = []
    for line in lines:
        found += [[] for _ in ARROW.finditer(line)]
        if more := re.match(r"\s+→ (?P<text>.*)", line):
            found[-1].append(more["text"].strip())
    return found


def nth(drawing: Drawing, text: str, page: int) -> str:
    """The printing of the text that has not been paired yet."""
    if text in ("[x]", "[ ]"):
        return text
    used: set[str] = getattr(drawing, "used", set())
    drawing.used = used  # type: ignore[attr-defined]
    for number in range(1, 100):
        words = drawing.find(f"{text} #{number}")
        if words[0]["Page"] == page and not used & {word["Id"] for word in words}:
            used.update(word["Id"] for word in words)
            return f"{text} #{number}"
    raise AssertionError(text)


def tables(lines: list[str]) -> list[tuple[int, dict[str, Any]]]:
    found: list[tuple[int, dict[str, Any]]] = []
    for row, line in enumerate(lines):
        if not line.startswith("|"):
            continue
        if row == 0 or not lines[row - 1].startswith("|"):
            found.append((row, {"rows": [], "header": 0}))
        table = found[-1][1]
        if line.startswith("|--"):
            table["header"] = len(table["rows"])
        else:
            table["rows"].append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return found

"""A problem found, before it has its place in the text; and the words that all of them share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, NamedTuple

from mapping_specs.engine.problem import Problem
from mapping_specs.engine.yaml_text import KEY, Mark, Path, dotted


class Found(NamedTuple):
    code: str
    message: str
    path: Path
    expected: str | None = None
    suggestion: str | None = None
    at_key: bool = False


def placed(found: Found, marks: dict[Path, Mark]) -> Problem:
    """With line and column: of the value, its key, or the nearest part around it that is written."""
    mark = marks.get((*found.path, KEY)) if found.at_key else None
    mark = mark or _of_library(found.path, marks) or _nearest_mark(found.path, marks)
    path = dotted(_written(found.path, marks))
    return Problem(found.code, found.message, path, *mark, found.expected, found.suggestion)


def _nearest_mark(path: Path, marks: dict[Path, Mark]) -> Mark:
    while path and path not in marks:
        path = path[:-1]
    return marks.get(path, Mark(1, 1))


def _of_library(path: Path, marks: dict[Path, Mark]) -> Mark | None:
    """What the spec does not write itself is the library's: its place is where that is named."""
    written = len(path) < 2 or path[0] == "variants" or path[:2] in marks
    return None if written else marks.get(("extends",))


def _written(path: Path, marks: dict[Path, Mark]) -> Path:
    """One step that stands alone is in no list."""
    one = path and path[-1] == 0 and path not in marks and path[:-1] in marks
    return path[:-1] if one else path


def listed(values: Iterable[Any]) -> str:
    return ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Of the names the one that is written much alike, capitals or not; two letters changed about are alike too."""
    alike = {one.lower(): one for one in sorted(known, reverse=True)}
    name = name[:100].lower()
    turned = [one for one in alike if len(name) > 2 and sorted(one) == sorted(name)]
    found = turned or difflib.get_close_matches(name, list(alike), 1, 0.7)
    return alike[found[0]] if found else None


def hint(near: str | None) -> str:
    return f": did you mean `{near}`?" if near else ""

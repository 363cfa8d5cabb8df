"""Shared fields that specs start from: libraries by name, and a spec laid over the one it extends."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mapping_specs.engine.overlaying import spec_over
from mapping_specs.engine.yaml_text import YamlProblem, load

FOLDER = Path(__file__).parents[1] / "library"
MAX_DEPTH = 8

Libraries = Mapping[str, str | bytes]
"""YAML by name (`kenya/base`)."""


class LibraryUnusable(ValueError):
    """`code`: LIBRARY_UNKNOWN, with the nearest name there is as `suggestion`, or LIBRARY_BROKEN.

    `names`: the libraries it was to lie over, as far as they could be followed.
    """

    def __init__(self, code: str, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.suggestion = suggestion
        self.names: tuple[str, ...] = ()


class Extended(NamedTuple):
    data: Any
    names: tuple[str, ...]
    """The libraries it lies over, the one it names itself first."""


def in_folder(folder: Path) -> dict[str, bytes]:
    """The libraries below a folder, named by their paths in it."""
    return {one.relative_to(folder).with_suffix("").as_posix(): one.read_bytes() for one in folder.rglob("*.yaml")}


def with_library(data: Any, own: Libraries | None = None) -> Extended:
    """The spec over the library it extends, one of `own` before one that comes with the engine.

    Its own entries win, mappings are merged name by name. Raises `LibraryUnusable`.
    """
    known = {**in_folder(FOLDER), **(own or {})}
    parts, names = [data], list[str]()
    try:
        while (name := _extended(parts[-1])) is not None:
            _may_follow(name, names, known)
            names.append(name)
            parts.append(_read(name, known[name]))
    except LibraryUnusable as failure:
        failure.names = tuple(names)
        raise
    whole = parts.pop()
    while parts:
        whole = spec_over(whole, parts.pop())
    return Extended(whole, tuple(names))


def _extended(data: Any) -> str | None:
    name = data.get("extends") if isinstance(data, dict) else None
    return name if isinstance(name, str) else None


def _may_follow(name: str, below: list[str], known: Libraries) -> None:
    if name not in known:
        nearest = next(iter(difflib.get_close_matches(name[:100], sorted(known), 1)), None)
        hint = f": did you mean `{nearest}`?" if nearest else ""
        raise LibraryUnusable("LIBRARY_UNKNOWN", f"There is no library `{name}`{hint}", nearest)
    if name in below or len(below) == MAX_DEPTH:
        raise LibraryUnusable("LIBRARY_BROKEN", f"The library `{name}` extends itself: {' → '.join([*below, name])}")


def _read(name: str, text: str | bytes) -> dict[str, Any]:
    try:
        loaded = load(text)
    except YamlProblem as failure:
        problem = failure.problem
        raise LibraryUnusable(
            "LIBRARY_BROKEN", f"The library `{name}` cannot be read, line {problem.line}: {problem.message}"
        ) from None
    if not isinstance(loaded.data, dict):
        raise LibraryUnusable("LIBRARY_BROKEN", f"The library `{name}` is no mapping of a spec's words")
    return loaded.data

"""The language's front door: text in, a Spec or all of its problems out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mapping_specs.engine.errors import SpecError
from mapping_specs.engine.problem import Problem
from mapping_specs.engine.spec import Spec
from mapping_specs.engine.yaml_text import KEY, Loaded, YamlProblem, load

if TYPE_CHECKING:
    from mapping_specs.engine.libraries import Libraries


class Reading(NamedTuple):
    """What an editor wants of a text in one go."""

    spec: Spec | None
    """None while there are problems."""
    problems: list[Problem]
    lines: dict[str, int]
    """Of every field and table that is written in the text: its line, from 1."""
    hints: list[Problem]
    """Of a spec without problems: what is allowed and seldom meant."""
    libraries: tuple[str, ...] = ()
    """The names of those it extends, the one it names itself first; as far as they could be followed."""


def load_spec(text: str | bytes, libraries: Libraries | None = None) -> Spec:
    """The spec, resolved. SpecError with every problem at once.

    `libraries`: what `extends` may name beside the libraries that come with the engine, YAML by name.
    """
    reading = read_spec(text, libraries)
    if reading.problems or reading.spec is None:
        raise SpecError(reading.problems)
    return reading.spec


def check_spec(text: str | bytes, libraries: Libraries | None = None) -> list[Problem]:
    """Every problem, in the order of the text; empty: the spec can be published."""
    return read_spec(text, libraries).problems


def read_spec(text: str | bytes, libraries: Libraries | None = None) -> Reading:
    """The spec if it has no problems, every problem if it has, and where its fields stand."""
    try:
        loaded = load(text)
    except YamlProblem as failure:
        return Reading(None, [failure.problem], {}, [])
    return _read(loaded, libraries)


def check_library(text: str | bytes, libraries: Libraries | None = None) -> list[Problem]:
    """Every problem of a library by itself. It is part of a spec: `spec`, `doc_type` and fields may be left to that."""
    try:
        loaded = load(text)
    except YamlProblem as failure:
        return [failure.problem]
    if not isinstance(loaded.data, dict):
        return [Problem("WRONG_VALUE", "A library is a mapping of a spec's words", "", 1, 1)]
    return _read(loaded._replace(data={**STANDING_IN, **loaded.data}), libraries, STANDING_IN_FIELDS).problems


STANDING_IN = {"spec": 1, "doc_type": "library"}
STANDING_IN_FIELDS = {"fields": {"library": {"from": {"value": "library"}}}}


def _read(loaded: Loaded, libraries: Libraries | None, fields: dict[str, Any] | None = None) -> Reading:
    """`fields`: of what has none."""
    from mapping_specs.engine.checking import check, hints
    from mapping_specs.engine.libraries import LibraryUnusable, with_library

    lines = {
        str(path[1]): mark.line
        for path, mark in loaded.marks.items()
        if len(path) == 3 and path[0] in ("fields", "tables") and path[2] == KEY
    }
    try:
        data, names = with_library(loaded.data, libraries)
    except LibraryUnusable as failure:
        mark = loaded.marks[("extends",)]
        found = Problem(failure.code, str(failure), "extends", mark.line, mark.column, suggestion=failure.suggestion)
        return Reading(None, [found], lines, [], failure.names)
    if fields and not {"fields", "tables"} & set(data):
        data = {**data, **fields}
    problems, resolved = check(data, loaded.marks)
    problems = _sorted([*loaded.problems, *problems])
    if problems or resolved is None:
        return Reading(None, problems, lines, [], names)
    return Reading(Spec(resolved), [], lines, _sorted(hints(resolved, data, loaded.marks)), names)


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0, problem.code, problem.path))

"""The language's front door: text in, a Spec or all of its problems out."""

from __future__ import annotations

from mapping_specs.engine.errors import Problem, SpecError
from mapping_specs.engine.spec import Spec
from mapping_specs.engine.yaml_text import YamlProblem, load


def load_spec(text: str | bytes) -> Spec:
    """The spec, resolved. SpecError with every problem at once."""
    problems, spec = _read(text)
    if problems or spec is None:
        raise SpecError(problems)
    return spec


def check_spec(text: str | bytes) -> list[Problem]:
    """Every problem, in the order of the text; empty: the spec can be published."""
    return _read(text)[0]


def _read(text: str | bytes) -> tuple[list[Problem], Spec | None]:
    from mapping_specs.engine.checking import check_meaning, check_shape
    from mapping_specs.engine.resolving import LibraryMissing, resolve, with_library

    try:
        loaded = load(text)
    except YamlProblem as failure:
        return [failure.problem], None
    try:
        data = with_library(loaded.data)
    except LibraryMissing as missing:
        mark = loaded.marks[("extends",)]
        found = Problem("LIBRARY_UNKNOWN", str(missing), "extends", mark.line, mark.column, suggestion=missing.nearest)
        return [found], None
    problems = [*loaded.problems, *check_shape(data, loaded.marks)]
    if problems:
        return _sorted(problems), None
    resolved = resolve(data)
    problems = check_meaning(resolved, data, loaded.marks)
    return _sorted(problems), None if problems else Spec(resolved)


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0, problem.code, problem.path))

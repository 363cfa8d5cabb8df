"""Every problem of a spec at once: its shape by the JSON Schema, its meaning by one small function a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.checking.asked import apis, queries
from mapping_specs.engine.checking.found import Found, placed
from mapping_specs.engine.checking.labels import columns, labels
from mapping_specs.engine.checking.names import columns_of_skip, cycles, expressions, names, never
from mapping_specs.engine.checking.patterns import groups, patterns
from mapping_specs.engine.checking.shape import shape
from mapping_specs.engine.checking.sound import is_sure, sound
from mapping_specs.engine.checking.sources import reachable, sources
from mapping_specs.engine.checking.types import types
from mapping_specs.engine.problem import Problem
from mapping_specs.engine.resolving import resolve
from mapping_specs.engine.yaml_text import Mark, Path

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import ResolvedSpec

MEANINGS = (
    apis,
    queries,
    labels,
    columns,
    patterns,
    types,
    sources,
    reachable,
    expressions,
    columns_of_skip,
    cycles,
    names,
    never,
)

HINTS = (groups,)


def hints(spec: Any, data: Any, marks: dict[Path, Mark]) -> list[Problem]:
    """Of a spec without problems: what is allowed and seldom meant."""
    return [placed(one, marks) for one in dict.fromkeys(found for hint in HINTS for found in hint(spec, data))]


def check(data: Any, marks: dict[Path, Mark]) -> tuple[list[Problem], ResolvedSpec | None]:
    """Every problem of shape and meaning; and the spec, resolved, if it has none."""
    found = list(dict.fromkeys(shape(data)))
    if not found:
        spec = resolve(data)
        return [placed(one, marks) for one in _meaning(spec, data)], spec
    unsound = [one.path for one in found]
    rest = sound(data, unsound)
    if rest is not None and not shape(rest):
        found += [one for one in _meaning(resolve(rest), rest) if is_sure(one, unsound)]
    return [placed(one, marks) for one in found], None


def _meaning(spec: Any, data: Any) -> list[Found]:
    """Of a spec whose shape is right: does it mean something that can be run?"""
    found = list(dict.fromkeys(problem for check in MEANINGS for problem in check(spec, data)))
    return [one for one in found if not _is_the_spec_s_own(one, found)]


def _is_the_spec_s_own(one: Found, found: list[Found]) -> bool:
    """A variant's field is the spec's with what the variant says of it: what is wrong in the spec is told there."""
    return one.path[:1] == ("variants",) and one._replace(path=one.path[2:]) in found

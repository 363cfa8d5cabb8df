"""What the engine raises.

MappingError
├── SpecError            a spec that is not the language's; carries every problem, each at its place
├── ResponseError        not a Textract answer, or only part of one
├── BundleError          a bundle that is not what its id says, or not for this engine
└── ExpressionError      a JMESPath expression that cannot be compiled, or that failed on its data
    └── BudgetError      stopped: it visited more nodes than an evaluation may
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapping_specs.engine.problem import Problem


class MappingError(Exception):
    """Root of everything raised by `mapping_specs`."""


class SpecError(MappingError):
    """A spec is refused. `problems` holds all of them, in the order of the text."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ResponseError(MappingError):
    """The response cannot be read as a Textract answer; the message says why, without document values."""


class BundleError(MappingError):
    """The bundle cannot be used; the message says why."""


class ExpressionError(MappingError):
    """A JMESPath expression failed. `position` is the 0-based offset in the expression, where one is known."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class BudgetError(ExpressionError):
    """The expression visited more nodes than its budget."""

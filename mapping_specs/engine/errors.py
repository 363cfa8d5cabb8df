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
from typing import Any, NamedTuple


class MappingError(Exception):
    """Root of everything raised by `mapping_specs`."""


class Problem(NamedTuple):
    """One thing wrong with a spec. Lines and columns count from 1; None where there is no place (an empty text)."""

    code: str
    message: str
    path: str
    line: int | None
    column: int | None
    expected: str | None = None
    suggestion: str | None = None
    """The nearest valid name or value, if one is near."""

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: " if self.line is not None else ""
        at = f" ({self.path})" if self.path else ""
        return f"{place}{self.code} {self.message}{at}"

    def to_dict(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value is not None}


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

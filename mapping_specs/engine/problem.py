"""What is wrong with a spec, for its author."""

from __future__ import annotations

from typing import Any, NamedTuple


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

"""What is promised of the engine, each with what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Promises:
    broken: list[str] = field(default_factory=list)

    def hold(self, name: str, measured: float, limit: float, unit: str) -> str:
        """A line for the report; a promise that does not hold is kept for the end."""
        holds = measured <= limit
        line = f"{name}: {measured:.2f} {unit} (promised: at most {limit:g}): {'holds' if holds else 'DOES NOT HOLD'}"
        if not holds:
            self.broken.append(line)
        return line

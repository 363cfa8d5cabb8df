from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class ConversionFailed(ValueError):
    """The text is not one of the type's; the message says what was wanted, never the text."""


@dataclass(frozen=True, slots=True)
class Converted:
    value: Any
    extra: dict[str, Any] = field(default_factory=dict)
    """Fields beside the field: `{"currency": "KES"}` becomes `<field>_currency`."""
    certain: bool = True
    """False: right as far as it goes, but a person should look."""

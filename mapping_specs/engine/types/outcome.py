from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class ConversionFailed(ValueError):
    """The text is not one of the type's; the message says what was wanted, never the text."""


class Converted(NamedTuple):
    value: Any
    extra: Mapping[str, Any] = {}
    """Fields beside the field: `{"currency": "KES"}` becomes `<field>_currency`."""
    certain: bool = True
    """False: right as far as it goes, but a person should look."""

"""The engine's words as the browser gets them: JSON names in camelCase."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def camel_keys(part: Mapping[str, Any]) -> dict[str, Any]:
    """Of one mapping, not of what is inside: names of fields are the analyst's."""
    return {camel(name): value for name, value in part.items()}

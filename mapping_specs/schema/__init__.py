"""The JSON Schema of the language: what checking, editors and the reference are made from."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def spec_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((Path(__file__).parent / "spec.schema.json").read_text(encoding="utf-8"))
    return schema

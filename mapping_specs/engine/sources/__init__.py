"""The sources: of what they find, nothing is decided here. One function a kind, all in one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.sources import (
    answers,
    cell,
    checkbox,
    computing,
    key,
    line,
    near,
)

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Source

Find = Callable[[Context, "Source"], list[Hit]]

SOURCES: dict[str, Find] = {
    "key": key.find,
    "checkbox": checkbox.find,
    "query": answers.query,
    "cell": cell.find,
    "line": line.find,
    "near": near.find,
    "expense": answers.expense,
    "identity": answers.identity,
    "signature": answers.signature,
    "jmespath": computing.jmespath,
    "computed": computing.computed,
    "value": computing.value,
}

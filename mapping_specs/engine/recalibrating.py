"""Another calibration over a stored result: what its confidences come of, and what they and the statuses become.

Of what `extract` makes of the same document with that calibration; which source is taken stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from mapping_specs.engine.calibration import Calibration
from mapping_specs.engine.confidence import doubt_kept, factor_of
from mapping_specs.engine.expressions import compile_expression
from mapping_specs.engine.extraction import Extraction
from mapping_specs.engine.settling import Settled
from mapping_specs.engine.sources.computing import confidences_of_cells

Fields = Mapping[str, Mapping[str, Any]]
"""{name: {"status", "confidence"} and what `grounds_of` says of it}; others are not touched."""


def grounds_of(extraction: Extraction) -> dict[str, dict[str, Any]]:
    """Of each field with a confidence, made without a calibration, as plain JSON: {"reviewBelow", "doubtful": whatever its
    confidence}, and "computed" where it has the confidence of what it read: {"order": after those it read, "fields":
    [name], "cells": the lowest of cells or None, "doubtKept", "factor"}.
    """
    settled = enumerate(extraction.settled.items(), start=1)
    return {name: _grounds(extraction, name, one, order) for order, (name, one) in settled if name in extraction.scores}


def _grounds(extraction: Extraction, name: str, settled: Settled, order: int) -> dict[str, Any]:
    found: dict[str, Any] = {"reviewBelow": extraction.fields[name]["review_below"], "doubtful": settled.doubtful}
    assert settled.taken is not None
    if settled.taken.source["kind"] == "computed":
        found["computed"] = {"order": order, **_computed(extraction, name, settled)}
    return found


def _computed(extraction: Extraction, name: str, settled: Settled) -> dict[str, Any]:
    best, taken, context = settled.best, settled.taken, extraction.context
    assert best is not None
    assert taken is not None
    reads = compile_expression(taken.source["args"]["expression"]).reads
    before = takewhile(lambda other: other != name, context.fields) if reads.all_fields else sorted(reads.fields)
    cells = [percent for percent in confidences_of_cells(context, reads) if percent is not None]
    return {
        "fields": list(dict.fromkeys(_known(extraction, before))),
        "cells": min(cells, default=None),
        "doubtKept": doubt_kept(best),
        "factor": factor_of(best, source_position=taken.position, ambiguous=taken.ambiguous),
    }


def _known(extraction: Extraction, names: Iterator[str] | list[str]) -> Iterator[str]:
    """Those with a confidence; a currency has that of its money."""
    for name in names:
        field = name if name in extraction.settled else name.removesuffix("_currency")
        if field in extraction.scores and field not in extraction.context.constants:
            yield field


def recalibrated(fields: Fields, calibration: Calibration) -> dict[str, dict[str, Any]]:
    """As `extract` would have made them; "uncalibrated" beside a confidence that became another.

    What is computed has none: it follows what it read.
    """
    confidences: dict[str, float] = {}
    known = [name for name, found in fields.items() if "reviewBelow" in found]
    for name in sorted(known, key=lambda name: fields[name].get("computed", {"order": 0})["order"]):
        found = fields[name]
        own = found["confidence"]
        confidences[name] = (
            _of_read(found["computed"], own, confidences) if "computed" in found else calibration.of(own)
        )
    return {name: _with(dict(found), confidences.get(name)) for name, found in fields.items()}


def _of_read(computed: Mapping[str, Any], own: float, confidences: Mapping[str, float]) -> float:
    read = [confidences[name] for name in computed["fields"]]
    lowest = min(read if computed["cells"] is None else [*read, computed["cells"]], default=None)
    if lowest is None:
        return own
    return round((100.0 - (100.0 - lowest) * computed["doubtKept"]) * computed["factor"], 2)


def _with(found: dict[str, Any], confidence: float | None) -> dict[str, Any]:
    if confidence is None:
        return found
    if "computed" not in found and confidence != found["confidence"]:
        found["uncalibrated"] = found["confidence"]
    sure = not found["doubtful"] and confidence >= found["reviewBelow"]
    return {**found, "confidence": confidence, "status": "ok" if sure else "check"}

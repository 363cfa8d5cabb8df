"""A text over a sample, by the same `extract` as the processor's."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import mapping_specs
from backend.specs.calibrating import calibrated
from backend.specs.models import MappingSpec, Sample, SpecRevision
from backend.specs.reading import Libraries, draft_read, revision_read
from backend.specs.studio import kept
from backend.specs.studio.calibration import calibration_now, learned_from
from backend.specs.studio.naming import camel_keys
from mapping_specs.engine.features import PRICES_DATE, PRICES_REGION, price_usd
from mapping_specs.engine.samples import scored

NEEDS_TEXTRACT = "needsTextract"
"""Status of a field that the stored answer was not asked for: nobody knows whether the document has it."""


def preview(
    *,
    text: str,
    sample: Sample | None,
    doc_type: MappingSpec | None = None,
    revision: SpecRevision | None = None,
    libraries: Libraries | None = None,
) -> dict[str, Any]:
    """Problems and hints of the text, and over the sample its result, why, and how it compares; `serverMs` is what it took.

    With a docType its confidences are calibrated, as they would be were the text published now. A saved revision is read
    with what it pins; a text being edited with the libraries given, else with the newest. `libraries` says which those are.
    """
    started = time.perf_counter()
    read = revision_read(revision) if revision else draft_read(text, libraries)
    answer: dict[str, Any] = {
        "problems": [problem_json(problem) for problem in read.problems],
        "hints": [problem_json(hint, "hint") for hint in read.reading.hints],
        "fieldLines": read.reading.lines,
        "textSha256": read.sha256,
        "libraries": read.pins,
        "cost": cost_of(read.spec),
        "result": None,
        "explain": {},
        "unmapped": {"keyValues": [], "tables": []},
        "comparison": {},
        "expectedTables": {},
        "columns": {},
        "needsTextract": [],
        "calibration": None,
    }
    if read.spec is not None and sample is not None:
        calibration = calibration_now(doc_type, read.spec.resolved, read.sha256, revision) if doc_type else None
        answer["calibration"] = learned_from(calibration)
        answer.update(over_sample(calibrated(read.spec, calibration), sample))
    answer["serverMs"] = round((time.perf_counter() - started) * 1000, 1)
    return answer


def problem_json(problem: Any, severity: str = "error") -> dict[str, Any]:
    """Every problem keeps a text from being published; a hint keeps it from nothing."""
    return {"severity": severity, **problem.to_dict()}


def cost_of(spec: mapping_specs.Spec | None) -> dict[str, Any] | None:
    """Listed price of a page; None while the text has problems."""
    if spec is None:
        return None
    request = spec.textract
    return {
        "perPageUsd": price_usd(request),
        "api": request["api"],
        "features": request["features"],
        "pricesDated": PRICES_DATE,
        "pricesRegion": PRICES_REGION,
    }


def over_sample(spec: mapping_specs.Spec, sample: Sample) -> dict[str, Any]:
    view = kept.view_of(sample)
    explained = mapping_specs.explain(view, spec)
    why, unmapped = explained.pop("explain"), explained.pop("unmapped")
    del explained["explainTables"]
    mark_not_asked(explained)
    for name, field in why.items():
        field["status"] = explained["fieldStatus"][name]
    return {
        "result": explained,
        "explain": {name: explained_json(field) for name, field in why.items()},
        "unmapped": {
            "keyValues": [camel_keys(pair) for pair in unmapped["key_values"]],
            "tables": [camel_keys(table) for table in unmapped["tables"]],
        },
        "comparison": comparison(explained, sample.expected),
        "expectedTables": sample.expected.get("tables") or {},
        "columns": columns_of(spec),
        "needsTextract": lacking(view, spec),
    }


def columns_of(spec: mapping_specs.Spec) -> dict[str, list[str]]:
    """By table, in whatever layout."""
    found: dict[str, dict[str, None]] = {}
    for part in [spec.resolved, *spec.resolved["variants"]]:
        for name, table in part["tables"].items():
            found.setdefault(name, {}).update(dict.fromkeys(table["columns"]))
    return {name: list(columns) for name, columns in found.items()}


def explained_json(field: Mapping[str, Any]) -> dict[str, Any]:
    sources = [
        {**camel_keys(source), "candidates": [camel_keys(candidate) for candidate in source["candidates"]]}
        for source in field["sources"]
    ]
    return {"status": field["status"], "sources": sources}


def mark_not_asked(result: dict[str, Any]) -> None:
    """A field that Textract was not asked for needs Textract; it is not missing from the document."""
    for warning in result["warnings"]:
        name = warning.get("field")
        if warning["code"] == "NOT_ASKED" and result["fieldStatus"].get(name) == "missing":
            result["fieldStatus"][name] = NEEDS_TEXTRACT


def comparison(result: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By field, and by cell (`previous_owners[0].name`): the outcome beside what is expected."""
    found = scored(result, expected)
    return {
        verdict.path: {"outcome": outcome_of(verdict, result), "expected": verdict.expected}
        for verdict in [*found.fields, *found.cells]
    }


WANTED = frozenset({"REQUIRED_MISSING", "TABLE_MISSING", "INVALID", "CHECK_FAILED"})


def wanted_names(result: Mapping[str, Any]) -> set[str]:
    """Fields and tables that the spec itself misses something of."""
    warnings = [warning for warning in result["warnings"] if warning["code"] in WANTED]
    return {str(warning.get("field") or warning.get("table") or "") for warning in warnings}


def outcome_of(verdict: Any, result: Mapping[str, Any]) -> str:
    if verdict.outcome == "missing" and result["fieldStatus"].get(verdict.path) == NEEDS_TEXTRACT:
        return NEEDS_TEXTRACT
    return str(verdict.outcome)


def lacking(view: mapping_specs.View, spec: mapping_specs.Spec) -> list[str]:
    """What the spec needs and the stored answer was not asked for: the API, else features and queries."""
    wanted = spec.textract
    answered = "DetectDocumentText" if view.api == "AnalyzeDocument" and view.text_only else view.api
    if wanted["api"] not in ("DetectDocumentText", answered):
        return [wanted["api"]]
    features = [feature for feature in wanted["features"] if feature != "QUERIES" and not view.was_asked(feature)]
    known = {query.alias for query in view.queries} | {query.question for query in view.queries}
    queries = [alias for alias, text in wanted["queries"].items() if not {alias, text} & known]
    return [*features, *(f"QUERIES: {alias}" for alias in queries)]

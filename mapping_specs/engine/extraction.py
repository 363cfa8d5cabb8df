"""From view and spec to the result: every field settled, statuses, warnings, evidence, rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_specs.engine.asked import warn_of_document, warn_of_field
from mapping_specs.engine.compiled import CompiledSpec
from mapping_specs.engine.context import Context
from mapping_specs.engine.hits import Hit
from mapping_specs.engine.recognizing import layout, recognized
from mapping_specs.engine.rules import broken
from mapping_specs.engine.settling import Attempt, Settled, settle
from mapping_specs.engine.spec import Spec
from mapping_specs.engine.tables import TableResult, read_table
from mapping_specs.engine.uncollected import uncollected
from mapping_specs.engine.version import ENGINE_VERSION
from mapping_specs.engine.view import View

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Field, Table

RETAKE_BELOW_PERCENT = 50.0


def extract(view: View, spec: Spec, *, revision: int | None = None) -> dict[str, Any]:
    """The result of SPEC-LANGUAGE §6, plain JSON: the same view, spec and engine give the same bytes."""
    return Extraction(view, spec).result(revision)


class Extraction:
    """One document under one spec; keeps what `explain` tells."""

    def __init__(self, view: View, spec: Spec, *, thorough: bool = False) -> None:
        if spec.compiled is None:
            spec.compiled = CompiledSpec(spec.resolved)
        self.view = view
        self.spec = spec
        self.context = Context(view, spec.compiled, thorough=thorough)
        self.settled: dict[str, Settled] = {}
        self.fields, self.tables, self.order = layout(self.context)
        self.output: dict[str, Any] = {}
        self.scores: dict[str, float] = {}
        self.status: dict[str, str] = {}
        self.evidence: dict[str, Any] = {}
        with uncollected():
            self._run()

    def _run(self) -> None:
        context = self.context
        context.warnings += [dict(warning) for warning in self.view.warnings]
        warn_of_document(context, self.spec.textract)
        for name, table in self.tables.items():
            self._read_table(name, table)
        for name in self.order:
            self._settle_field(name, self.fields[name])
        found = sum(status in ("ok", "check") for name, status in self.status.items() if name not in context.constants)
        if not recognized(context, found):
            context.warn("WRONG_DOCUMENT", f"This does not look like a {self.spec.resolved['title']}.")
        for rule in broken(context, context.compiled.resolved["rules"]):
            context.warn("RULE_BROKEN", rule["message"], rule=rule["id"], severity=rule["severity"])

    def _read_table(self, name: str, spec: Table) -> None:
        result: TableResult = read_table(self.context, name, spec)
        self.context.tables[name] = result.rows
        self.context.tables_read[name] = result
        if result.evidence:
            self.evidence[name] = result.evidence

    def _settle_field(self, name: str, field: Field) -> None:
        settled = self.settled[name] = settle(self.context, field)
        if settled.best is None or settled.best.converted is None:
            self._put_missing(name, field, settled)
            return
        best, taken = settled.best, settled.taken
        assert taken is not None
        converted = best.converted
        assert converted is not None
        self.output[name] = converted.value
        confidence = self._calibrated(taken)
        self._remember(name, field, converted.value, confidence)
        if best.hit.constant:
            self.context.constants.add(name)
        for suffix, value in converted.extra.items():
            self._put_beside(f"{name}_{suffix}", value, confidence)
        if confidence is not None:
            self.scores[name] = confidence
        self._warn_of(name, settled)
        self.evidence[name] = evidence_of(best.hit, taken.source["kind"], taken.position)
        if confidence != taken.confidence:
            self.evidence[name]["uncalibrated"] = taken.confidence
        self.status[name] = "ok" if self._is_sure(settled, confidence, field) else "check"

    def _calibrated(self, taken: Attempt) -> float | None:
        """What is computed has the confidence of what it read, which is calibrated already."""
        calibration = self.spec.calibration
        if calibration is None or taken.confidence is None or taken.source["kind"] == "computed":
            return taken.confidence
        return calibration.of(taken.confidence)

    def _put_beside(self, name: str, value: Any, confidence: float | None) -> None:
        """The currency of money; a field of that name is the spec's own and wins."""
        if name not in self.fields:
            self.output[name] = self.context.fields[name] = value
            self.context.confidences[name] = confidence

    def _remember(self, name: str, field: Field, value: Any, confidence: float | None) -> None:
        """For expressions: booleans are real ones."""
        self.context.fields[name] = value == "true" if field["type"] == "boolean" else value
        self.context.confidences[name] = confidence

    def _warn_of(self, name: str, settled: Settled) -> None:
        assert settled.best is not None
        assert settled.taken is not None
        if settled.best.failed:
            checks = ", ".join(settled.best.failed)
            self.context.warn("CHECK_FAILED", f"{name} fails its checks: {checks}.", field=name)
        if settled.taken.ambiguous:
            self.context.warn("AMBIGUOUS", f"Several values fit {name}; the first was taken.", field=name)

    def _is_sure(self, settled: Settled, confidence: float | None, field: Field) -> bool:
        if settled.doubtful:
            return False
        if confidence is None:
            assert settled.best is not None
            return settled.best.hit.constant
        return confidence >= field["review_below"]

    def _put_missing(self, name: str, field: Field, settled: Settled) -> None:
        self.context.fields.setdefault(name, None)
        invalid = settled.invalid
        if invalid is not None:
            self.context.unread.add(name)
            message = f"What is written for {name} is no {field['type']}: {invalid.reason}."
            self.context.warn("INVALID", message, field=name)
            position = next(a.position for a in settled.attempts if invalid in a.judged)
            self.evidence[name] = evidence_of(invalid.hit, field["sources"][position]["kind"], position)
        if not any(attempt.judged for attempt in settled.attempts):
            warn_of_field(self.context, name, field)
        if field["required"]:
            self.context.warn("REQUIRED_MISSING", f"{name} is required and was not found.", field=name)
        self.status[name] = "retake" if self._is_unreadable(invalid.hit if invalid else None) else "missing"

    def _is_unreadable(self, hit: Hit | None) -> bool:
        """The page was photographed so badly that another photograph is the answer."""
        pages = [page for page in self.view.pages if hit is None or hit.page is None or page.number == hit.page]
        known = [percent for page in pages if (percent := page.ocr_confidence) is not None]
        return bool(known) and sum(known) / len(known) < RETAKE_BELOW_PERCENT

    def _needs_review(self) -> bool:
        if any(status in ("check", "retake") for status in self.status.values()):
            return True
        serious = {"REQUIRED_MISSING", "WRONG_DOCUMENT", "TABLE_MISSING", "PAGES_MISSING", "NOT_ASKED"}
        warnings = self.context.warnings
        return any(w["code"] in serious or w.get("severity") == "error" or _is_of_a_cell(w) for w in warnings)

    def result(self, revision: int | None) -> dict[str, Any]:
        return {
            "docType": self.spec.doc_type,
            "specRevision": revision,
            "engineVersion": ENGINE_VERSION,
            "fields": _in_order(self.output, self.fields),
            "confidenceScores": _in_order(self.scores, self.fields),
            "tables": {name: self.context.tables[name] for name in self.tables},
            "fieldStatus": _in_order(self.status, self.fields),
            "needsReview": self._needs_review(),
            "warnings": self.context.warnings,
            "evidence": _in_order(self.evidence, {**self.fields, **self.tables}),
        }


def _is_of_a_cell(warning: dict[str, Any]) -> bool:
    """A cell has no status of its own: one that fails its checks sends to review by its warning."""
    return warning["code"] == "CHECK_FAILED" and "table" in warning


def _in_order(values: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """In the spec's order; what comes with a field (its currency) just after it."""
    if values.keys() <= fields.keys():
        return {name: values[name] for name in fields if name in values}
    ordered: dict[str, Any] = {}
    for name in fields:
        if name in values:
            ordered[name] = values[name]
        currency = f"{name}_currency"
        if currency in values and currency not in fields:
            ordered[currency] = values[currency]
    return {**ordered, **{name: value for name, value in values.items() if name not in ordered}}


def evidence_of(hit: Hit, kind: str, rank: int) -> dict[str, Any]:
    """`source` is the kind, `rank` its place in `from`, from 0."""
    evidence: dict[str, Any] = {"raw": hit.text}
    if hit.page is not None:
        evidence["page"] = hit.page
    if hit.box is not None:
        evidence["box"] = hit.box.to_dict()
    if hit.label:
        evidence["label"] = hit.label
    evidence["source"], evidence["rank"] = kind, rank
    return evidence

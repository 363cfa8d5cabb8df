"""What is asked of Textract: one API, the features that the sources need, and known queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mapping_specs.engine.checking import parts
from mapping_specs.engine.checking.found import Found, hint, listed, nearest
from mapping_specs.engine.features import needs
from mapping_specs.engine.matching import normalize


def apis(spec: Any, data: Any) -> Iterator[Found]:
    wanted, features = needs(spec)
    textract = data.get("textract") or {}
    if len(wanted) > 1:
        yield Found("APIS_MIXED", f"The sources need {listed(sorted(wanted))}: a spec uses one API", ("fields",))
    elif wanted and features:
        instead = (
            ", `expense: OTHER` with a `label` what is printed beside an amount" if "AnalyzeExpense" in wanted else ""
        )
        message = (
            f"The sources need {listed(wanted)}, and {listed(sorted(features))} of AnalyzeDocument: "
            f"`line` and `near` read any answer that has lines{instead}"
        )
        yield Found("APIS_MIXED", message, ("fields",))
    else:
        yield from _api(textract.get("api"), wanted, features)
    yield from _features(textract, wanted, features)


def _api(given: str | None, wanted: set[str], features: set[str]) -> Iterator[Found]:
    if given and wanted and given not in wanted:
        yield Found("API_WRONG", f"The sources need {listed(wanted)}", ("textract", "api"), listed(wanted))
    elif given and features and given != "AnalyzeDocument":
        message = f"The sources need {listed(sorted(features))}: AnalyzeDocument"
        yield Found("API_WRONG", message, ("textract", "api"), "AnalyzeDocument")


def _features(textract: dict[str, Any], wanted: set[str], features: set[str]) -> Iterator[Found]:
    given = textract.get("features")
    if given is None:
        return
    if lacking := features - set(given):
        message = f"The sources need {listed(sorted(lacking))} too"
        yield Found("FEATURE_MISSING", message, ("textract", "features"), listed(sorted(lacking)))
    api = textract.get("api") or next(iter(sorted(wanted)), None)
    if given and api not in (None, "AnalyzeDocument"):
        yield Found("API_WRONG", f"{api} has no features", ("textract", "features"))


def queries(spec: Any, data: Any) -> Iterator[Found]:
    known = spec["textract"]["queries"]
    questions = {normalize(text) for text in known.values()}
    for path, source in parts.sources(spec):
        name = source["args"]["name"] if source["kind"] == "query" else None
        if name is None or name in known or normalize(name) in questions:
            continue
        near = nearest(name, known)
        message = f"There is no query `{name}`{hint(near) or ' under textract.queries'}"
        yield Found("QUERY_UNKNOWN", message, path, listed(known) or None, near)

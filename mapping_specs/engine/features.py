"""What a spec needs of Textract: which API, which features, which queries, and what a page of it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import TextractRequest


FEATURES_OF_KIND = {
    "key": {"FORMS"},
    "checkbox": {"FORMS"},
    "query": {"QUERIES"},
    "signature": {"SIGNATURES"},
}
API_OF_KIND = {"expense": "AnalyzeExpense", "identity": "AnalyzeID"}
VIEW_FEATURES = {
    "key_values": "FORMS",
    "selections": "FORMS",
    "tables": "TABLES",
    "queries": "QUERIES",
    "signatures": "SIGNATURES",
    "layout": "LAYOUT",
}
ORDER = ("FORMS", "TABLES", "QUERIES", "LAYOUT", "SIGNATURES")

PRICES_DATE = "2026-11-01"
PRICES_REGION = "us-east-1"
# AWS's price list for the first million pages a month, USD a page.
PRICES_USD = {
    "DetectDocumentText": 0.0015,
    "FORMS": 0.05,
    "TABLES": 0.015,
    "QUERIES": 0.015,
    "SIGNATURES": 0.0035,
    "LAYOUT": 0.004,
    "AnalyzeExpense": 0.01,
    "AnalyzeID": 0.025,
}


def sources_of(spec: Any) -> list[Any]:
    """Every source of a resolved spec, variants and tables of sections too."""
    found: list[Any] = []
    for part in (spec, *spec["variants"]):
        for field in part["fields"].values():
            found += field["sources"]
        for table in part["tables"].values():
            found += [column["source"] for column in table["columns"].values() if "source" in column]
    return found


def needs(spec: Any) -> tuple[set[str], set[str]]:
    """The APIs that only some sources know, and the features of AnalyzeDocument."""
    apis: set[str] = set()
    features: set[str] = set()
    for source in sources_of(spec):
        kind, args = source["kind"], source["args"]
        if kind in API_OF_KIND:
            apis.add(API_OF_KIND[kind])
        elif kind == "cell":
            _add_table(_named(spec, args["table"]), apis, features)
        elif kind == "jmespath":
            features |= _of_expression(args["expression"])
        features |= FEATURES_OF_KIND.get(kind, set())
    for part in (spec, *spec["variants"]):
        for table in part["tables"].values():
            if not table.get("repeat"):
                _add_table(table["where"], apis, features)
    return apis, features


def _named(spec: Any, where: Any) -> Any:
    """A table of the spec that a cell names; else where the cell itself says."""
    tables = {name: table for part in (*spec["variants"], spec) for name, table in part["tables"].items()}
    return tables[where["name"]]["where"] if where.get("name") in tables else where


def _add_table(where: Any, apis: set[str], features: set[str]) -> None:
    if "expense" in where:
        apis.add("AnalyzeExpense")
    elif "jmespath" in where:
        features |= _of_expression(where["jmespath"])
    else:
        features.add("TABLES")


def _of_expression(expression: str) -> set[str]:
    return {feature for word, feature in VIEW_FEATURES.items() if word in expression}


def textract_request(spec: Any, given: dict[str, Any]) -> TextractRequest:
    """What follows from the sources, and what the spec adds."""
    apis, features = needs(spec)
    features |= set(given.get("features") or [])
    queries = {str(alias): str(text) for alias, text in (given.get("queries") or {}).items()}
    if queries:
        features.add("QUERIES")
    api: Any = given.get("api") or next(iter(sorted(apis)), None)
    if api is None:
        api = "AnalyzeDocument" if features else "DetectDocumentText"
    ordered = [feature for feature in ORDER if feature in features] if api == "AnalyzeDocument" else []
    return {"api": api, "features": ordered, "queries": queries}


def price_usd(request: TextractRequest) -> float:
    """Listed price of a page, in USD; see PRICES_DATE and PRICES_REGION."""
    names = request["features"] if request["api"] == "AnalyzeDocument" else [request["api"]]
    return round(sum(PRICES_USD[name] for name in names), 4)

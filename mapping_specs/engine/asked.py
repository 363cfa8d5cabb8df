"""Was Textract asked for what the spec needs? A field that was never asked for is not missing from the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping_specs.engine.context import Context
from mapping_specs.engine.features import API_OF_KIND, FEATURES_OF_KIND
from mapping_specs.engine.matching import normalize

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Field, Source, TextractRequest

NEEDED = {**FEATURES_OF_KIND, "cell": {"TABLES"}}


def warn_of_document(context: Context, wanted: TextractRequest) -> None:
    """The answer is of another API than the spec's."""
    api, answered = wanted["api"], context.view.api
    if api == "AnalyzeDocument" and context.view.text_only:
        answered = "DetectDocumentText"
    if api == "DetectDocumentText" or api == answered:
        return
    context.warn("NOT_ASKED", f"This is an answer of {answered}; the spec needs {api}.", needs=api)


def warn_of_field(context: Context, name: str, field: Field) -> None:
    """Nothing was found, and one of the sources had nothing to look at."""
    lacking = dict.fromkeys(lack for source in field["sources"] if (lack := _lacking(context, source)))
    if lacking:
        needs = ", ".join(lacking)
        context.warn("NOT_ASKED", f"{name} needs Textract: the stored answer was not asked for {needs}.", field=name)


def _lacking(context: Context, source: Source) -> str | None:
    """The API, feature or query that the source reads and Textract was not asked for."""
    view, kind = context.view, source["kind"]
    if kind == "query":
        name = source["args"]["name"]
        question = context.compiled.resolved["textract"]["queries"].get(name, name)
        known = {query.alias for query in view.queries} | {normalize(query.question or "") for query in view.queries}
        return None if name in known or normalize(question) in known else f"the query {name}"
    if kind in API_OF_KIND:
        return None if view.api == API_OF_KIND[kind] else API_OF_KIND[kind]
    return next((feature for feature in sorted(NEEDED.get(kind, ())) if not view.was_asked(feature)), None)

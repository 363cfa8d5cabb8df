"""What an editor can complete: the words of this docType's samples, of the text and of the language."""

from __future__ import annotations

from collections import Counter
from typing import Any

from backend.specs.models import MappingSpec
from backend.specs.reading import draft_read
from backend.specs.studio.state import functions


def completions(spec: MappingSpec, *, with_printed: bool) -> dict[str, Any]:
    """Labels and headers with the number of samples that have each, the most frequent first.

    `with_printed=False` leaves out what is printed on samples: a value may have been taken for a label.
    """
    printed = list(spec.samples.values_list("printed", flat=True)) if with_printed else []
    newest = spec.revisions.first()
    spec_now = draft_read(newest.text).spec if newest else None
    resolved: Any = spec_now.resolved if spec_now else {"fields": {}, "tables": {}, "textract": {}}
    aliases = dict.fromkeys([*resolved["textract"].get("queries", {}), *_texts(printed, "aliases")])
    return {
        "labels": _counted(printed, "labels"),
        "headers": _counted(printed, "headers"),
        "aliases": list(aliases),
        "fields": list(resolved["fields"]),
        "tables": list(resolved["tables"]),
        "functions": functions(),
        "docType": spec.doc_type,
    }


def _texts(printed: list[dict[str, Any]], kind: str) -> list[str]:
    return [text for one in printed for text in one.get(kind, [])]


def _counted(printed: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [{"text": text, "samples": count} for text, count in Counter(_texts(printed, kind)).most_common()]

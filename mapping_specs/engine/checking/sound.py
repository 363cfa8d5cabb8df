"""The sound parts of a spec whose shape has problems: so that what they mean is told at once too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mapping_specs.engine.checking.found import Found
from mapping_specs.engine.yaml_text import Path

NEUTRAL: dict[str, Any] = {
    "fields": {"from": {"value": "unsound"}},
    "tables": {"where": {"title": "unsound"}, "columns": {"unsound": {"column": 1}}},
    "sections": "unsound",
}
NEEDED = {"spec": 1, "doc_type": "unsound"}
UNKNOWN_NAME = re.compile(r"`(?P<name>[^`]*)`")


def sound(data: Any, unsound: Iterable[Path]) -> Any:
    """The data with a neutral part in the place of each that has a problem; None where too little is left."""
    if not isinstance(data, dict):
        return None
    data = {name: _copied(part) for name, part in data.items()}
    for path in unsound:
        _neutralize(data, path)
    return {**NEEDED, **data} if data.get("fields") or data.get("tables") else None


def _copied(part: Any) -> Any:
    return dict(part) if isinstance(part, dict) else list(part) if isinstance(part, list) else part


def _neutralize(data: dict[str, Any], path: Path) -> None:
    part = data.get(str(path[0])) if path else None
    if len(path) < 2 or path[0] not in (*NEUTRAL, "variants", "rules") or not isinstance(part, dict | list):
        data.pop(str(path[0]) if path else "", None)
        return
    name: Any = path[1]
    if isinstance(part, dict):
        part[name] = NEUTRAL[str(path[0])]
        if path[-1] == name and not re.fullmatch(r"[a-z][a-z0-9_]*", str(name)):
            del part[name]
    elif path[0] == "rules":
        part[name] = {"id": f"unsound_{name}", "assert": "`true`", "message": "unsound"}
    else:
        part[name] = {"when": {"pages": 1_000_000}}


def is_sure(found: Found, unsound: Iterable[Path]) -> bool:
    """What is told of a sound part may still hang on an unsound one: a field that is not known, a query not read."""
    gone = {str(step) for path in unsound for step in path[:2]}
    if "textract" in gone and found.code in ("QUERY_UNKNOWN", "FEATURE_MISSING", "API_WRONG"):
        return False
    named = UNKNOWN_NAME.search(found.message) if found.code == "NAME_UNKNOWN" else None
    name = named["name"] if named else ""
    return not ({name, name.removesuffix("_currency")} & gone or (name and "variants" in gone))

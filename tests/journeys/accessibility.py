"""What axe-core finds wrong with a page: only what shuts somebody out (serious, critical)."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

SHUTS_OUT = ("serious", "critical")
OTHERS_RULES: dict[str, str] = {}
"""Rules that pages of packages break, each with its reason."""


def shut_out(page: Any) -> list[str]:
    """Each violation in a line: its rule, and the first places it is broken at."""
    found = Axe().run(page).response["violations"]
    return [line(one) for one in found if one["impact"] in SHUTS_OUT and one["id"] not in OTHERS_RULES]


def line(violation: dict[str, Any]) -> str:
    places = [f"{node['target']} {node['failureSummary'].splitlines()[-1].strip()}" for node in violation["nodes"][:4]]
    return f"{violation['id']} ({len(violation['nodes'])}): " + "; ".join(places)

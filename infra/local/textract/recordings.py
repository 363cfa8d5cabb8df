"""Recorded answers, by the document's SHA-256: they come before any reading of our own.

A folder holds `NAME.response.json` and beside it the document itself, NAME.pdf or a picture; or `NAME.recording.json`
with the document's `sha256`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

DOCUMENT_SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".tiff")
API_OF_KEY = {"Blocks": "AnalyzeDocument", "ExpenseDocuments": "AnalyzeExpense", "IdentityDocuments": "AnalyzeID"}


class Recordings:
    def __init__(self, folders: list[Path]) -> None:
        self._by_hash: dict[tuple[str, str], Path] = {}
        for folder in folders:
            for response in sorted(folder.rglob("*.response.json")):
                self._take(response)

    def _take(self, response: Path) -> None:
        api = _api(response)
        for sha256 in _hashes(response):
            self._by_hash[(sha256, api)] = response

    def find(self, document: bytes, api: str) -> Any:
        """The recorded answer of that API for these bytes, or None."""
        path = self._by_hash.get((hashlib.sha256(document).hexdigest(), api))
        return json.loads(path.read_text()) if path else None


def _api(response: Path) -> str:
    answer = json.loads(response.read_text())
    answer = answer[0] if isinstance(answer, list) and answer else answer
    # AnalyzeID and AnalyzeExpense answers can hold blocks too: their own key decides.
    names = [name for key, name in API_OF_KEY.items() if isinstance(answer, dict) and key in answer]
    return names[-1] if names else "AnalyzeDocument"


def _hashes(response: Path) -> list[str]:
    stem = response.name.removesuffix(".response.json")
    found = []
    for suffix in DOCUMENT_SUFFIXES:
        document = response.with_name(stem + suffix)
        if document.is_file():
            found.append(hashlib.sha256(document.read_bytes()).hexdigest())
    notes = response.with_name(stem + ".recording.json")
    if notes.is_file():
        found.append(str(json.loads(notes.read_text())["sha256"]))
    return found

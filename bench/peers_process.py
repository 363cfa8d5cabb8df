"""The peers, in an environment of their own: `peers_process.py` reads file names and answers with the peers' seconds.

It knows nothing of this project: its environment holds only what requirements/peers.txt says.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trp  # type: ignore[import-not-found]
from textractor.parsers import response_parser  # type: ignore[import-not-found]
from trp.trp2 import TDocumentSchema  # type: ignore[import-not-found]
from trp.trp2_analyzeid import TAnalyzeIdDocumentSchema  # type: ignore[import-not-found]
from trp.trp2_expense import TAnalyzeExpenseDocumentSchema  # type: ignore[import-not-found]

Parser = Callable[[dict[str, Any]], Any]


def parsers(response: dict[str, Any]) -> dict[str, Parser]:
    """Those of the API that answered."""
    if "ExpenseDocuments" in response:
        return {
            "trp2": TAnalyzeExpenseDocumentSchema().load,
            "textractor": response_parser.parser_analyze_expense_response,
        }
    if "IdentityDocuments" in response:
        return {"trp2": TAnalyzeIdDocumentSchema().load, "textractor": response_parser.parse_analyze_id_response}
    return {"trp": trp.Document, "trp2": TDocumentSchema().load, "textractor": response_parser.parse}


def seconds(raw: bytes, parse: Parser) -> float | None:
    """From bytes to the peer's document; None where it cannot read the answer."""
    started = time.process_time()
    try:
        kept = parse(json.loads(raw))
    except Exception:
        return None
    taken = time.process_time() - started
    del kept
    return taken


def main() -> None:
    for line in sys.stdin:
        raw = Path(line.rstrip("\n")).read_bytes()
        taken = {name: seconds(raw, parse) for name, parse in parsers(json.loads(raw)).items()}
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    main()

"""How the cost grows: with pages, with fields, and with the number of documents read."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Sequence
from pathlib import Path

import orjson

from bench.documents import Document, changed, repeated, with_fields
from bench.promises import Promises
from bench.speed import engine
from bench.timing import in_turns, seconds

PAGES = (1, 10, 100, 300)
FIELDS = (5, 20, 80, 200)
FIELDS_ROUNDS = 25
STEEPER_LIMIT = 1.5
"""What is longer may cost at most this much more for its length."""
DOCUMENTS = 10_000
WARM_DOCUMENTS = 1_000
GROWTH_LIMIT_MB = 2.0


def report_pages(document: Document, promises: Promises) -> None:
    """Python's own garbage collector makes anything dearer the more objects there are: json.loads shows by how much."""
    print(f"one page of {document.name}, repeated; {document.fields} fields")
    costs = {}
    for pages in PAGES:
        longer = document._replace(raw=repeated(document.raw, pages))
        blocks = len(orjson.loads(longer.raw)["Blocks"])
        base, taken = _beside_json(longer, 11 if pages < 100 else 3)
        costs[pages] = taken / base
        print(
            f"  {pages:4} pages {blocks:7} blocks {taken * 1000:9.1f} ms {taken / blocks * 1e6:7.2f} µs a block"
            f" {costs[pages]:6.2f} x json.loads"
        )
    steeper = costs[PAGES[-1]] / costs[10]
    print(promises.hold("300 pages to 10, each to its json.loads", steeper, STEEPER_LIMIT, "x"))


def _beside_json(document: Document, rounds: int) -> tuple[float, float]:
    taken = in_turns(
        {
            "json": lambda: seconds(lambda: json.loads(document.raw)),
            "engine": lambda: seconds(lambda: engine(document)),
        },
        rounds,
    )
    return taken["json"] or 0.0, taken["engine"] or 0.0


def report_fields(document: Document, promises: Promises) -> None:
    print(f"{document.name} with more fields")
    wider = {count: document._replace(spec=with_fields(document.spec, count)) for count in FIELDS}
    measured = in_turns(
        {str(count): lambda one=one: seconds(lambda: engine(one)) for count, one in wider.items()},  # type: ignore[misc]
        FIELDS_ROUNDS,
    )
    taken = {count: measured[str(count)] or 0.0 for count in FIELDS}
    for count in FIELDS:
        print(f"  {count:4} fields {taken[count] * 1000:9.2f} ms")
    first = (taken[80] - taken[20]) / 60
    last = (taken[200] - taken[80]) / 120
    print(promises.hold("a field from 80 to 200 to one from 20 to 80", last / first, STEEPER_LIMIT, "x"))


def report_memory(documents: Sequence[Document], promises: Promises) -> None:
    """Every document has other texts, so that a cache of texts would show."""
    print(f"memory over {DOCUMENTS:,} documents, no two alike")
    warm = 0.0
    for number in range(1, DOCUMENTS + 1):
        document = documents[number % len(documents)]
        engine(document._replace(raw=changed(document.raw, number)))
        if number == WARM_DOCUMENTS:
            warm = resident_mb()
            print(f"  after {number:6,} {warm:8.1f} MB")
    gc.collect()
    last = resident_mb()
    print(f"  after {DOCUMENTS:6,} {last:8.1f} MB")
    print(promises.hold("growth", last - warm, GROWTH_LIMIT_MB, "MB"))


def resident_mb() -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0

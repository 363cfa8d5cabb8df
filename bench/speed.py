"""Bytes of an answer → result, as a ratio to the standard library's `json.loads` of the same bytes."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from bench.documents import Document
from bench.peers import NAMES, Peers, peers_running
from bench.promises import Promises
from bench.timing import in_turns, seconds
from mapping_specs import View, build_view, extract

ROUNDS = 21
PEER_ROUNDS = 3
RATIO_LIMIT = 1.0


def engine(document: Document) -> tuple[View, dict[str, Any]]:
    """The result, with the view it was made of: so throwing that away is not measured, as it is not of `json.loads`."""
    view = build_view(orjson.loads(document.raw))
    return view, extract(view, document.spec)


def report(documents: list[Document], promises: Promises) -> None:
    print("bytes → result, as ratios to json.loads of the same bytes (its ms in the third column)")
    columns = "".join(f"{name:>12}" for name in ("orjson", "engine", *NAMES))
    print(f"{'answer':40}{'kB':>6}{'fields':>8}{'json ms':>9}{columns}")
    ratios, to_orjson = [], []
    with peers_running() as peers, tempfile.TemporaryDirectory() as folder:
        for document in documents:
            measured = _measured(document, peers, Path(folder) / "answer.json")
            base = measured["json"]
            assert base is not None
            shown = {name: measured.get(name) for name in ("orjson", "engine", *NAMES)}
            cells = "".join(f"{'-' if taken is None else f'{taken / base:.2f}':>12}" for taken in shown.values())
            kilobytes = len(document.raw) / 1024
            print(f"{document.name:40}{kilobytes:6.0f}{document.fields:8}{base * 1000:9.2f}{cells}")
            ratios.append((shown["engine"] or 0.0) / base)
            to_orjson.append((shown["engine"] or 0.0) / (shown["orjson"] or 1.0))
        if peers is None:
            print("The peers are not installed here: `make bench-engine` installs them.")
    print(promises.hold("engine to json.loads, median", statistics.median(ratios), RATIO_LIMIT, "x"))
    print(f"engine to orjson.loads, median: {statistics.median(to_orjson):.1f} x")


def _measured(document: Document, peers: Peers | None, path: Path) -> dict[str, float | None]:
    actions: dict[str, Callable[[], float | None]] = {
        "json": lambda: seconds(lambda: json.loads(document.raw)),
        "orjson": lambda: seconds(lambda: orjson.loads(document.raw)),
        "engine": lambda: seconds(lambda: engine(document)),
    }
    measured = in_turns(actions, ROUNDS)
    if peers is None:
        return measured
    # Seconds of the peers are long: a few rounds more, again in turns with json.loads, and brought to its time above.
    path.write_bytes(document.raw)
    turns = [(seconds(lambda: json.loads(document.raw)), peers.seconds(path)) for _ in range(PEER_ROUNDS + 1)][1:]
    for name in NAMES:
        to_json = [taken / base for base, by_peer in turns if (taken := by_peer.get(name)) is not None]
        measured[name] = statistics.median(to_json) * (measured["json"] or 0.0) if to_json else None
    return measured

"""`python -m tests.engine.fuzz [--cases N] [--seed N]`: the engine against what nobody would send.

Cases come from the conformance suite's documents and specs, mutated: keys lost, types wrong, ids dangling or in circles,
NaN, huge texts; specs with keywords and parts of other specs in the wrong places. Every case has a number, and the same
number is the same case: `--seed N --only K` runs one again.

Promised: `build_view` raises ResponseError or nothing, `check_spec` nothing; what it accepts, `extract` and `explain`
survive, and their results are JSON.
"""

from __future__ import annotations

import argparse
import copy
import json
import multiprocessing
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mapping_specs import ResponseError, build_view, check_spec, explain, extract, load_spec
from mapping_specs.engine.yaml_text import load
from mapping_specs.schema import spec_schema
from tests.engine.pages import cases, response_of

CASES = Path(__file__).parents[1] / "cases"
CHUNK, TOLD_EVERY = 500, 20
JUNK: list[Any] = [
    *(None, True, False, 0, -1, 1, 7, 2**63, -0.5, 1e308, float("nan"), float("inf"), "", " ", "x", "\0", "\ud800"),
    *("é" * 300, "A" * 5_000, "12.5", "#", "*", [], {}, [[]], [None], {"": None}, ["x"] * 50, {"Text": 5}),
]


@cache
def seeds() -> list[tuple[Any, dict[str, Any]]]:
    """Documents and specs of the conformance suite."""
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        for case in cases(path):
            spec = case["spec"] if isinstance(case["spec"], dict) else plain(case["spec"])
            found.append((response_of(case), {"spec": 1, "doc_type": "case", **spec}))
    return found


def plain(text: str) -> Any:
    """Of a spec's text the data, as JSON has it."""
    return json.loads(json.dumps(load(text).data))


@cache
def vocabulary() -> tuple[list[str], list[Any]]:
    """Every keyword of the language, and every part of the suite's specs."""
    words: set[str] = set()
    parts: list[Any] = []

    def walk(node: Any) -> None:
        parts.append(node)
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(child)

    def names(schema: Any) -> None:
        if isinstance(schema, dict):
            words.update(schema["properties"] if isinstance(schema.get("properties"), dict) else ())
            words.update(value for value in schema.get("enum", ()) if isinstance(value, str))
            for child in schema.values():
                names(child)
        elif isinstance(schema, list):
            for child in schema:
                names(child)

    names(spec_schema())
    for _, spec in seeds():
        walk(spec)
    return sorted(words), parts


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a tree."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        items = list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []
        for key, child in items:
            yield one, key
            waiting.append(child)


def mutate_response(dice: random.Random, response: Any) -> Any:
    for _ in range(dice.choice((1, 1, 2, 4, 12))):
        holders = list(places(response))
        if not holders:
            return dice.choice(JUNK)
        container, key = dice.choice(holders)
        how = dice.random()
        if how < 0.35:
            container[key] = copy.deepcopy(dice.choice(JUNK))
        elif how < 0.5:
            del container[key]
        elif how < 0.65:
            other, at = dice.choice(holders)
            _graft(container, key, other, at)
        elif how < 0.85:
            _tangle(dice, response)
        elif isinstance(container, list):
            dice.shuffle(container)
            container += copy.deepcopy(container[: dice.randrange(3)])
    return response


def _graft(container: Any, key: Any, other: Any, at: Any) -> None:
    try:
        container[key] = copy.deepcopy(other[at])
    except (KeyError, IndexError, RecursionError):
        return


def _tangle(dice: random.Random, response: Any) -> None:
    """Relationships that dangle, or run in circles."""
    blocks = response.get("Blocks") if isinstance(response, dict) else None
    blocks = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    if not blocks:
        return
    block = dice.choice(blocks)
    ids = [dice.choice(blocks).get("Id") for _ in range(dice.randrange(1, 4))]
    ids.append(dice.choice(("gone", block.get("Id"), None, 7)))
    kind = dice.choice(("CHILD", "VALUE", "MERGED_CELL", "ANSWER", "TABLE_TITLE", "X", None))
    block["Relationships"] = [{"Type": kind, "Ids": ids}, *dice.choice(([], [None], [{"Type": "CHILD"}]))]


def mutate_spec(dice: random.Random, spec: dict[str, Any]) -> Any:
    words, parts = vocabulary()
    for _ in range(dice.choice((0, 1, 1, 2, 5))):
        holders = list(places(spec))
        if not holders:
            break
        container, key = dice.choice(holders)
        how = dice.random()
        if how < 0.2 and isinstance(container, dict):
            container[dice.choice(words)] = container.pop(key)
        elif how < 0.4 and isinstance(container, dict):
            container[dice.choice(words)] = copy.deepcopy(dice.choice(parts))
        elif how < 0.6:
            container[key] = copy.deepcopy(dice.choice(parts))
        elif how < 0.75:
            container[key] = copy.deepcopy(dice.choice(JUNK))
        elif how < 0.85:
            container[key] = dice.choice(words)
        else:
            del container[key]
    return spec


def written(dice: random.Random, spec: Any) -> str:
    """As YAML, sometimes with a few characters wrong."""
    try:
        text = yaml.safe_dump(spec, sort_keys=False, default_flow_style=dice.choice((None, False, True)))
    except (yaml.YAMLError, RecursionError, ValueError):
        return repr(spec)
    for _ in range(dice.choice((0, 0, 0, 0, 1, 3))):
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice("{}[]:,#&*!|>'\"%@`?- \t\nx\0é") + text[at + dice.randrange(3) :]
    return text


def run_case(seed: int, number: int, told: Counter[str]) -> None:
    """One case; whatever it raises is a defect."""
    dice = random.Random(f"{seed}:{number}")
    response, spec = copy.deepcopy(dice.choice(seeds()))
    if dice.random() < 0.7:
        response = mutate_response(dice, response)
    spec = copy.deepcopy(dice.choice(seeds())[1]) if dice.random() < 0.2 else spec
    text = written(dice, mutate_spec(dice, spec) if dice.random() < 0.7 else spec)
    problems = check_spec(text)
    told["specs refused" if problems else "specs accepted"] += 1
    for problem in problems:
        assert problem.code
        assert problem.message
    try:
        view = build_view(response)
        told["responses read"] += 1
    except ResponseError:
        told["responses refused"] += 1
        return
    if not problems:
        _survive(view, load_spec(text))
        told["documents mapped"] += 1


def _survive(view: Any, spec: Any) -> None:
    result = extract(view, spec)
    assert set(result["fieldStatus"].values()) <= {"ok", "check", "missing", "retake"}
    for value in result["fields"].values():
        assert isinstance(value, str | int | float)
        assert not isinstance(value, bool)
    json.dumps(explain(view, spec), allow_nan=False)
    json.dumps(view.to_dict(), allow_nan=False)


def run_chunk(job: tuple[int, range]) -> tuple[Counter[str], list[str]]:
    seed, numbers = job
    told: Counter[str] = Counter()
    defects = []
    for number in numbers:
        try:
            run_case(seed, number, told)
        except Exception:
            defects.append(f"case {number} of seed {seed}:\n{traceback.format_exc()}")
    return told, defects


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.engine.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one case by its number")
    options = parser.parse_args()
    if options.only is not None:
        run_case(options.seed, options.only, Counter())
        return 0
    started, told, defects = time.monotonic(), Counter[str](), []
    chunks = [(options.seed, range(at, min(at + CHUNK, options.cases))) for at in range(0, options.cases, CHUNK)]
    with multiprocessing.Pool() as pool:
        for done, (counts, found) in enumerate(pool.imap_unordered(run_chunk, chunks), start=1):
            told += counts
            defects += found
            if done % TOLD_EVERY == 0:
                print(f"{done * CHUNK:,} cases, {len(defects)} defects so far", file=sys.stderr, flush=True)
    for defect in sorted(defects, key=len)[:5]:
        print(defect, file=sys.stderr)
    counted = ", ".join(f"{count:,} {what}" for what, count in sorted(told.items()))
    print(f"{options.cases:,} cases of seed {options.seed} in {time.monotonic() - started:.0f} s: {counted}")
    print(f"{len(defects)} defects")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())

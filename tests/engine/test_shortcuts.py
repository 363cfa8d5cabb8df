"""What is passed over unread is what would not have been found: each shortcut beside the long way, on every case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mapping_specs import View, build_view, load_spec
from mapping_specs.engine.compiled import CompiledSpec
from mapping_specs.engine.context import Context
from mapping_specs.engine.matching import FUZZY, matcher
from mapping_specs.engine.printed_index import PrintedIndex
from mapping_specs.engine.sources import near
from mapping_specs.engine.tables.headers import MAX_HEADER_ROWS, index_of, letters_of
from tests.engine.pages import cases, response_of
from tests.engine.scanning import turned
from tests.engine.test_cases import FILES, spec_text

CASES = [case for path in FILES for case in cases(path)]
TURNS = (0.0, 1.5)


def contexts(degrees: float) -> Iterator[Context]:
    for case in CASES:
        response = response_of(case)
        if isinstance(response, dict) and "Blocks" in response:
            response = {**response, "Blocks": turned(response["Blocks"], degrees)}
            yield Context(build_view(response), CompiledSpec(load_spec(spec_text(case)).resolved))


def printed(view: View) -> list[str]:
    cells = [cell.text for table in view.tables for row in table.grid for cell in row]
    return list(dict.fromkeys([*(line.text for line in view.lines), *(pair.key for pair in view.key_values), *cells]))


def named(spec: Any) -> set[str]:
    """Every text that a spec holds, whatever it is for."""
    if isinstance(spec, dict):
        return set().union(*map(named, spec.values()), *map(named, spec))
    if isinstance(spec, list):
        return set().union(*map(named, spec))
    return {spec} if isinstance(spec, str) else set()


ALL = list(contexts(0.0))
LABELS = sorted(set().union(*(named(context.compiled.resolved["tables"]) for context in ALL)))
PRINTED = sorted(set().union(*(printed(context.view) for context in ALL)))


@pytest.mark.parametrize("misread", [False, True], ids=["as printed", "misread"])
def test_a_table_passed_over_has_no_such_header(misread: bool) -> None:
    labels = [label.replace("e", "c", 1) if misread else label for label in LABELS]
    passed_over = 0
    for table in [table for context in ALL for table in context.view.tables]:
        depths = range(1, min(MAX_HEADER_ROWS, len(table.grid)) + 1)
        for label in labels:
            if not letters_of(table).may_hold((label,)):
                passed_over += 1
                assert not any(index_of(table, depth).ranks((label,)) for depth in depths), (label, table.headers)

    assert passed_over > 1_000


@pytest.mark.parametrize("degrees", TURNS)
def test_the_runs_beside_a_place_are_those_of_the_whole_document(degrees: float) -> None:
    compared = 0
    for context in contexts(degrees):
        for line in context.view.lines:
            found = context.places.find((line.text,))
            places = near._by_page(found)
            everywhere, beside = (
                [run.identities for run in runs if near._on_a_row(run.box, places.get(run.page, ()))]
                for runs in (near._all_runs(context), near._runs_by(context, places))
            )
            compared += len(everywhere)
            assert beside == everywhere, line.text

    assert compared > 300


def test_the_index_finds_what_comparing_text_by_text_finds() -> None:
    found = 0
    index = PrintedIndex(PRINTED)
    for label in [*LABELS, *PRINTED, "*name*", "Date of *"]:
        wanted = matcher((label,))
        ranks = {place: rank for place, text in enumerate(PRINTED) if (rank := wanted.match(text)) is not None}
        if any(rank < FUZZY for rank in ranks.values()):
            ranks = {place: rank for place, rank in ranks.items() if rank < FUZZY}
        found += len(ranks)
        assert index.find(wanted) == ranks, label

    assert found > len(PRINTED)

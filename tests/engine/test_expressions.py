"""JMESPath for specs: null-safe, exact, on a budget."""

from __future__ import annotations

from typing import Any

import pytest

from mapping_specs.engine.errors import BudgetError, ExpressionError
from mapping_specs.engine.expressions import compile_expression

DATA: dict[str, Any] = {"a": 10.1, "b": None, "t": "KCA 123A", "d": "2026-02-17", "list": [3, None, 1]}


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("add(a, `0.2`)", 10.3),
        ("subtract(`0.3`, `0.1`)", 0.2),
        ("multiply(`1.1`, `3`)", 3.3),
        ("divide(`1`, `0`)", None),
        ("round(`2.5`, `0`)", 3),
        ("round(`-2.5`, `0`)", -3),
        ("round(`1.005`, `2`)", 1.01),
        ("add(a, b)", None),
        ("upper(b)", None),
        ("length(b)", None),
        ("sum(list)", 4),
        ("min(list)", 1),
        ("max(list)", 3),
        ("not_null(b, a)", 10.1),
        ("year(d)", 2026),
        ("month(d)", 2),
        ("day(d)", 17),
        ("year(t)", None),
        ("replace(t, ' ', '')", "KCA123A"),
        ("split(t, ' ')", ["KCA", "123A"]),
        ("trim('  x ')", "x"),
        ("list[?@ > `1`]", [3]),
    ],
)
def test_functions(expression: str, found: Any) -> None:
    assert compile_expression(expression).search(DATA) == found


@pytest.mark.parametrize("expression", ["abs(t)", "add(t, `1`)", "length(a)", "sort(list)"])
def test_what_does_not_fit_the_data_is_an_error_without_the_data(expression: str) -> None:
    with pytest.raises(ExpressionError) as failure:
        compile_expression(expression).search(DATA)

    assert "KCA" not in str(failure.value)
    assert "10.1" not in str(failure.value)


@pytest.mark.parametrize(
    "expression",
    [
        "@" + " | [@,@][]" * 20,
        "[@,@]" + ".[@,@][]" * 20,
        "join('', [" + ", ".join(["to_string(@)"] * 50) + "])" + " | join('', [@, @, @, @])" * 20,
    ],
)
def test_work_that_multiplies_is_stopped_by_the_budget(expression: str) -> None:
    data = {"list": list(range(100)), "text": "x" * 10_000}

    with pytest.raises(BudgetError):
        compile_expression(expression).search(data)


def test_the_budget_is_counted_in_nodes_and_so_the_same_every_time() -> None:
    expression = compile_expression("list[].[@,@][]")

    assert expression.search({"list": [1, 2]}, budget=30) == expression.search({"list": [1, 2]}, budget=1_000)
    for _ in range(2):
        with pytest.raises(BudgetError):
            expression.search({"list": [1, 2]}, budget=10)

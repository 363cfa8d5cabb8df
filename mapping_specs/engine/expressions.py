"""JMESPath for specs: the library's own language, our functions by its own door, null-safe, on a work budget.

Numbers are computed as exact decimals. The budget counts visited nodes and made elements, never time, so a result stays
reproducible.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import jmespath.exceptions
from jmespath import functions, visitor
from jmespath.parser import ParsedResult, Parser

from mapping_specs.engine.errors import BudgetError, ExpressionError
from mapping_specs.engine.reading import Reads, read_of_row, what_is_read

BUDGET_NODES = 1_000_000
MAX_EXPRESSION_CHARACTERS = 4_000
MAX_NESTING = 60
MAX_TEXT_CHARACTERS = 1_000_000
NULL_SKIPPING = {"min", "max", "sum"}
TAKES_EXPRESSION = {"map", "max_by", "min_by", "sort_by"}
NO_FUNCTION_FOR_IT = f"`&` stands only in {', '.join(f'{name}()' for name in sorted(TAKES_EXPRESSION))}"
TAKES_NULL = {"not_null", "type", "to_array", "to_string", "merge"}


class UnknownFunction(ExpressionError):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no function {name}()")
        self.name = name


class Functions(functions.Functions):
    """The built-in functions, null-safe, and ours. Null in, null out."""

    def call_function(self, function_name: str, resolved_args: Iterable[Any]) -> Any:
        resolved_args = list(resolved_args)
        if function_name in NULL_SKIPPING and resolved_args and isinstance(resolved_args[0], list):
            resolved_args = [[item for item in resolved_args[0] if item is not None], *resolved_args[1:]]
        if function_name not in TAKES_NULL and any(argument is None for argument in resolved_args):
            return None
        return super().call_function(function_name, resolved_args)

    @functions.signature({"types": ["number"]}, {"types": ["number"]})
    def _func_add(self, left: Any, right: Any) -> Any:
        return _calculated(lambda: _decimal(left) + _decimal(right))

    @functions.signature({"types": ["number"]}, {"types": ["number"]})
    def _func_subtract(self, left: Any, right: Any) -> Any:
        return _calculated(lambda: _decimal(left) - _decimal(right))

    @functions.signature({"types": ["number"]}, {"types": ["number"]})
    def _func_multiply(self, left: Any, right: Any) -> Any:
        return _calculated(lambda: _decimal(left) * _decimal(right))

    @functions.signature({"types": ["number"]}, {"types": ["number"]})
    def _func_divide(self, left: Any, right: Any) -> Any:
        """Null where the divisor is zero."""
        return _calculated(lambda: _decimal(left) / _decimal(right))

    @functions.signature({"types": ["array-number"]})
    def _func_sum(self, numbers: list[Any]) -> Any:
        return _calculated(lambda: sum(map(_decimal, numbers), Decimal(0)))

    @functions.signature({"types": ["array-number"]})
    def _func_avg(self, numbers: list[Any]) -> Any:
        """Null of no numbers."""
        return _calculated(lambda: sum(map(_decimal, numbers), Decimal(0)) / len(numbers))

    @functions.signature({"types": ["number"]}, {"types": ["number"]})
    def _func_round(self, value: Any, places: Any) -> Any:
        """Half away from zero, as on paper."""
        places = max(-12, min(12, int(places)))
        return _calculated(lambda: _decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))

    @functions.signature({"types": ["string"]})
    def _func_year(self, date: str) -> Any:
        """Of an ISO date."""
        return _date_part(date, 0)

    @functions.signature({"types": ["string"]})
    def _func_month(self, date: str) -> Any:
        return _date_part(date, 1)

    @functions.signature({"types": ["string"]})
    def _func_day(self, date: str) -> Any:
        return _date_part(date, 2)

    @functions.signature({"types": ["string"]})
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @functions.signature({"types": ["string"]})
    def _func_upper(self, text: str) -> str:
        return text.upper()

    @functions.signature({"types": ["string"]})
    def _func_trim(self, text: str) -> str:
        return text.strip()

    @functions.signature({"types": ["string"]}, {"types": ["string"]}, {"types": ["string"]})
    def _func_replace(self, text: str, old: str, new: str) -> str:
        """Every `old` by `new`; plain text, no pattern."""
        if not old or len(text) + text.count(old) * len(new) > MAX_TEXT_CHARACTERS:
            return text
        return text.replace(old, new)

    @functions.signature({"types": ["string"]}, {"types": ["string"]})
    def _func_split(self, text: str, separator: str) -> list[str]:
        return text.split(separator) if separator else [text]

    @functions.signature({"types": ["array"]}, {"types": ["string"]}, {"types": ["string"]})
    def _func_near(self, nodes: list[Any], side: str, anchor: str) -> Any:
        """Of some nodes the one nearest to the printed `anchor` among them: `near(lines, 'right_of', 'Total')`."""
        return _nearest([node for node in nodes if isinstance(node, dict)], side, anchor)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidOperation
    return Decimal(str(value))


def _calculated(compute: Callable[[], Decimal]) -> Any:
    """The number as JSON has it; null where there is none."""
    with localcontext() as precision:
        precision.prec = 34
        try:
            value = compute()
            if not value.is_finite() or abs(value) >= Decimal("1e30"):
                return None
        except (DivisionByZero, InvalidOperation, Overflow, ZeroDivisionError):
            return None
        return int(value) if value == value.to_integral_value() else float(value)


def _date_part(date: str, part: int) -> int | None:
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})", date)
    return int(match[part + 1]) if match else None


def _nearest(nodes: list[dict[str, Any]], side: str, anchor: str) -> Any:
    from mapping_specs.engine.matching import matcher

    wanted = matcher((anchor,))
    boxed = [node for node in nodes if isinstance(node.get("box"), dict)]
    ranks = [
        (rank, node)
        for node in boxed
        if (rank := wanted.match(str(node.get("text") or node.get("key") or ""))) is not None
    ]
    if not ranks:
        return None
    at = min(ranks, key=lambda pair: pair[0])[1]
    measured = [(gap, order, node) for order, node in enumerate(boxed) if (gap := _gap(node, at, side)) is not None]
    return min(measured, key=lambda one: one[:2])[2] if measured else None


def _gap(node: dict[str, Any], at: dict[str, Any], side: str) -> float | None:
    if node is at or node.get("page") != at.get("page"):
        return None
    box, anchor = node["box"], at["box"]
    across = min(box["left"] + box["width"], anchor["left"] + anchor["width"]) - max(box["left"], anchor["left"])
    down = min(box["top"] + box["height"], anchor["top"] + anchor["height"]) - max(box["top"], anchor["top"])
    gaps = {
        "right_of": (down, box["left"] - anchor["left"] - anchor["width"]),
        "left_of": (down, anchor["left"] - box["left"] - box["width"]),
        "below": (across, box["top"] - anchor["top"] - anchor["height"]),
        "above": (across, anchor["top"] - box["top"] - box["height"]),
    }
    shared, gap = gaps.get(side, (0.0, -1.0))
    return gap if shared > 0 and gap > -0.005 else None


class _Parser(Parser):
    """The library's parser, but `!fields.x` is `!(fields.x)`: as it stands it is `(!fields).x`, which is always null."""

    BINDING_POWER: ClassVar[dict[str, int]] = {**Parser.BINDING_POWER, "not": Parser.BINDING_POWER["dot"] - 1}
    _CACHE: ClassVar[dict[str, Any]] = {}


FUNCTION_NAMES = frozenset(name.removeprefix("_func_") for name in dir(Functions) if name.startswith("_func_"))
OPTIONS = visitor.Options(custom_functions=Functions())


class _Interpreter(visitor.TreeInterpreter):
    """The library's interpreter, on a budget: every visit costs one, every element of a made list one more."""

    def __init__(self, budget: int) -> None:
        super().__init__(OPTIONS)
        self.left = budget

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise BudgetError("the expression does more work than it may")
        found = super().visit(node, *args, **kwargs)
        if type(found) is list:
            self.left -= len(found)
        elif type(found) is str:
            self.left -= len(found) // 64
        return found


class Expression:
    def __init__(self, text: str, parsed: ParsedResult) -> None:
        self.text = text
        self.parsed = parsed

    def search(self, data: Any, *, budget: int = BUDGET_NODES) -> Any:
        """The value found. ExpressionError where a function is given what it does not take; BudgetError past the budget."""
        try:
            return _Interpreter(budget).visit(self.parsed.parsed, data)
        except jmespath.exceptions.JMESPathError as error:
            raise ExpressionError(_without_values(error)) from None
        except (TypeError, ValueError, AttributeError, KeyError, IndexError, RecursionError, OverflowError) as error:
            raise ExpressionError(f"it does not fit the data ({type(error).__name__})") from None

    @cached_property
    def reads(self) -> Reads:
        return what_is_read(self.parsed.parsed)

    @property
    def columns_of_row(self) -> frozenset[str]:
        """The columns it reads where it is over one row, as `skip` is."""
        return read_of_row(self.parsed.parsed)

    @property
    def fields(self) -> frozenset[str]:
        """Names of the fields it reads."""
        return self.reads.fields

    @property
    def all_fields(self) -> bool:
        """It reads `fields` as a whole: `length(keys(fields))`."""
        return self.reads.all_fields

    @property
    def tables(self) -> frozenset[str]:
        return self.reads.tables

    @property
    def columns(self) -> frozenset[tuple[str, str]]:
        """Of its tables the columns it reads, as far as that can be told."""
        return self.reads.columns

    @cached_property
    def tests_null(self) -> bool:
        """It compares with null, or has a function that takes null."""
        return any(_is_null_test(node) for node in _nodes(self.parsed.parsed))


def _without_values(error: Exception) -> str:
    """The kind of the failure; the library's own words may quote the document."""
    if isinstance(error, jmespath.exceptions.JMESPathTypeError):
        return f"{error.function_name}() takes {' or '.join(map(str, error.expected_types))}, not {error.actual_type}"
    return {"ArityError": "wrong number of arguments", "UnknownFunctionError": "unknown function"}.get(
        type(error).__name__, "it cannot be evaluated"
    )


@lru_cache(maxsize=4_096)
def compile_expression(text: str) -> Expression:
    """The expression, parsed. ExpressionError with the offset where it is not JMESPath."""
    if len(text) > MAX_EXPRESSION_CHARACTERS:
        raise ExpressionError(f"an expression has at most {MAX_EXPRESSION_CHARACTERS} characters")
    try:
        parsed = _Parser().parse(text)
    except jmespath.exceptions.ParseError as error:
        raise ExpressionError(f"not JMESPath: {_reason(error)}", getattr(error, "lex_position", None)) from None
    except (ValueError, RecursionError) as error:
        raise ExpressionError("not JMESPath", getattr(error, "lexer_position", None)) from None
    if _depth(parsed.parsed) > MAX_NESTING:
        raise ExpressionError("the expression is nested too deeply")
    for node in _nodes(parsed.parsed):
        _check_node(node)
    if parsed.parsed["type"] == "expref":
        raise ExpressionError(NO_FUNCTION_FOR_IT)
    return Expression(text, parsed)


def _check_node(node: dict[str, Any]) -> None:
    is_function = node["type"] == "function_expression"
    if is_function and node["value"] not in FUNCTION_NAMES:
        raise UnknownFunction(str(node["value"]))
    takes = is_function and node["value"] in TAKES_EXPRESSION
    if not takes and any(isinstance(child, dict) and child["type"] == "expref" for child in node["children"]):
        raise ExpressionError(NO_FUNCTION_FOR_IT)


def _reason(error: Any) -> str:
    return str(getattr(error, "msg", "") or error).splitlines()[0].strip().lower()


def _depth(tree: Any) -> int:
    depth, level = 0, [tree]
    while level and depth <= MAX_NESTING:
        level = [child for node in level for child in node.get("children", []) if isinstance(child, dict)]
        depth += 1
    return depth


def _nodes(tree: Any) -> list[dict[str, Any]]:
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found.append(node)
            waiting += node.get("children", [])
    return found


def _is_null_test(node: dict[str, Any]) -> bool:
    if node["type"] == "function_expression":
        return node["value"] in TAKES_NULL
    return node["type"] == "comparator" and any(map(_is_null, node["children"]))


def _is_null(node: dict[str, Any]) -> bool:
    return (node["type"] == "literal" and node["value"] is None) or (
        node["type"] == "field" and node["value"] == "null"
    )

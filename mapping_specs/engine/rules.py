"""Rules over fields and tables. One that reads a blank is not decided, unless it tests for null."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mapping_specs.engine.context import Context
from mapping_specs.engine.errors import ExpressionError

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Rule


def broken(context: Context, rules: Iterable[Rule]) -> list[Rule]:
    """The rules that do not hold. An expression that cannot be evaluated counts as no, with a warning."""
    return [rule for rule in rules if not _holds(context, rule)]


def _holds(context: Context, rule: Rule) -> bool:
    from mapping_specs.engine.expressions import compile_expression

    expression = compile_expression(rule["assert"])
    blank = any(context.fields.get(name) is None for name in expression.fields)
    if blank and not expression.tests_null:
        return True
    try:
        found = expression.search({"fields": context.fields, "tables": context.tables})
    except ExpressionError as error:
        context.warn("RULE_FAILED", f"The rule {rule['id']} could not be evaluated: {error}", rule=rule["id"])
        return False
    if found is None and not expression.tests_null:
        return True  # what it read of a table is blank
    return found is not False and found not in (None, "", [], {})  # JMESPath's truth: zero is true

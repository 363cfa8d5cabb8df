"""What would take for ever, or all memory, is refused or stopped, and the error says so; and all is the same every time."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mapping_specs import build_view, check_spec, explain, extract, load_spec
from mapping_specs.engine.expressions import compile_expression
from tests.engine.pages import Drawing, relate

ROOT = Path(__file__).parents[2]
HEAD = "spec: 1\ndoc_type: form\n"
HOSTILE = "(?:a+)+$"


def codes(text: str) -> list[str]:
    return [problem.code for problem in check_spec(HEAD + text)]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- specs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["{line: %s}", "{key: A, clean: {extract: %s}}", "{key: A, check: {pattern: %s}}"])
@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("a" * 999_000, "at most 2000 characters"),
        ("((a{1,100}){1,100}){1,100}", "invalid repetition size"),
        ("a{100000}", "invalid repetition size"),
        ("(" * 1_000 + ")" * 999, "missing|nesting"),
    ],
    ids=["1 MB", "repeats of repeats", "many repeats", "open brackets"],
)
def test_a_pattern_that_is_too_much_is_refused(place: str, pattern: str, says: str) -> None:
    problems = check_spec(f"{HEAD}fields:\n  a: {{from: {place % quoted(pattern)}}}\n")

    assert [problem.code for problem in problems] == ["PATTERN"]
    assert any(part in problems[0].message for part in says.split("|")), problems[0].message


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("a" * 4_001, "at most 4000 characters"),
        ("(" * 1_900 + "a" + ")" * 1_900, "not JMESPath|nested too deeply"),
        (".".join(["a"] * 500) + "[" * 100 + "0" + "]" * 100, "nested too deeply|not JMESPath"),
        ("!" * 200 + "a", "nested too deeply"),
    ],
    ids=["long", "brackets", "lists in lists", "nots"],
)
def test_an_expression_that_is_too_much_is_refused(expression: str, says: str) -> None:
    problems = check_spec(f"{HEAD}fields: {{a: {{from: {{jmespath: {quoted(expression)}}}}}}}\n")

    assert [problem.code for problem in problems] == ["EXPRESSION"]
    assert any(part in problems[0].message for part in says.split("|")), problems[0].message


MANY = {
    "fields": ("fields: {%s}", 1_001, "f%d: L%d"),
    "tables": ("fields: {a: A}\ntables: {%s}", 101, "t%d: {columns: {x: L%d}}"),
    "columns": ("fields: {a: A}\ntables: {t: {columns: {%s}}}", 201, "c%d: L%d"),
    "sources": ("fields: {a: {from: [%s]}}", 51, "{key: L%d, page: %d}"),
    "rules": ("fields: {a: A}\nrules: [%s]", 501, "{id: r%d, assert: fields.a, message: L%d}"),
    "variants": ("fields: {a: A}\nvariants: [%s]", 51, "{when: {any_text: L%d}, fields: {b: L%d}}"),
}


@pytest.mark.parametrize("what", MANY)
def test_more_than_a_spec_may_have_is_refused(what: str) -> None:
    text, count, part = MANY[what]

    written = [
        text % ", ".join(part % (number, number) for number in range(1, most + 1)) for most in (count - 1, count)
    ]

    assert [codes(one + "\n") for one in written] == [[], ["TOO_MANY"]]


def test_a_replacement_that_grows_without_end_fails_the_hit() -> None:
    spec = load_spec(
        f"{HEAD}fields:\n  a: {{from: {{line: '.+'}}, clean: [{{replace: {{a: '{'a' * 2_000}'}}}}]}}\n  b: {{from: {{value: x}}}}\n"
    )

    result = extract(build_view({"Blocks": page_of("a" * 90_000).blocks}), spec)

    assert result["fields"] == {"b": "x"}


def test_what_an_expression_reads_is_known_soon_whatever_it_makes() -> None:
    """Each step holds the one before twice over."""
    expression = compile_expression(" | ".join(["[@, @][]"] * 18 + ["{a: @, b: @}"] * 18 + ["[@, @]"] * 18))

    assert expression.fields == frozenset()


# --- documents -------------------------------------------------------------------------------------------------------


def page_of(text: str) -> Drawing:
    drawing = Drawing()
    drawing.page(1, "")
    drawing.line(1, text, 0, 4)
    return drawing


def test_a_pattern_that_other_engines_never_end_on_ends() -> None:
    spec = load_spec(
        f"{HEAD}fields:\n  line: {{from: {{line: '{HOSTILE}'}}}}\n"
        f"  extract: {{from: {{jmespath: 'lines[0]', clean: {{extract: '{HOSTILE}'}}}}}}\n"
        f"  remove: {{from: {{jmespath: 'lines[0]', clean: {{remove: '{HOSTILE}'}}}}}}\n"
        f"  check: {{from: {{jmespath: 'lines[0]', check: {{pattern: '{HOSTILE}'}}}}}}\n"
    )
    drawing = page_of("a" * 100_000 + "!")

    result = extract(build_view({"Blocks": drawing.blocks}), spec)

    assert {name: result["fieldStatus"][name] for name in ("line", "extract")} == {
        "line": "missing",
        "extract": "missing",
    }


MULTIPLYING = [
    " | ".join(["[@,@][]"] * 20),
    " | ".join(["join('', [to_string(@), to_string(@)])"] * 40),
    " | ".join(["map(&[@, @], to_array(@))[]"] * 40),
    "lines[].[lines, $][] | [0]".replace("$", "@"),
    "replace('" + "a" * 1_000 + "', 'a', '" + "b" * 2_000 + "')",
]


@pytest.mark.parametrize("expression", MULTIPLYING, ids=["projections", "texts", "maps", "no such root", "replaced"])
def test_an_expression_that_multiplies_is_stopped(expression: str) -> None:
    spec = load_spec(f"{HEAD}fields:\n  a: {{from: {{jmespath: {quoted(expression)}}}}}\n  b: {{from: {{value: x}}}}\n")

    result = extract(build_view({"Blocks": page_of("one two").blocks}), spec)

    assert result["fields"]["b"] == "x"
    assert len(str(result)) < 3_000_000


@pytest.mark.parametrize("expression", MULTIPLYING[:3], ids=["projections", "texts", "maps"])
def test_the_warning_says_that_it_was_stopped(expression: str) -> None:
    spec = load_spec(f"{HEAD}fields:\n  a: {{from: {{jmespath: {quoted(expression)}}}}}\n")

    warnings = extract(build_view({"Blocks": page_of("one two").blocks}), spec)["warnings"]

    assert [warning["code"] for warning in warnings] == ["EXPRESSION_FAILED"]
    assert "more work than it may" in warnings[0]["message"]


SURVIVING = load_spec(
    HEAD
    + """
fields:
  name: Name
  total: {type: number, from: [{key: Total, section: Owner}, {near: {right_of: Total}}]}
  box: {type: boolean, from: {checkbox: Name}}
  asked: {type: boolean, from: {checkbox: {question: Name}}}
  line: {from: {line: '\\w+ (?P<value>.*)', all: true}}
  first: {from: {cell: {table: {headers: [Name]}, row: Total, column: Name}}}
  many: {type: integer, from: {jmespath: length(lines)}}
tables:
  rows: {columns: {name: Name, total: Total}}
"""
)


def many_blocks() -> Any:
    drawing = Drawing()
    drawing.page(1, "")
    for number in range(16_700):
        drawing.line(1, "Name Ann", number % 90, number // 90 / 4)
    return {"Blocks": drawing.blocks}


def huge_texts() -> Any:
    drawing = page_of("Name " + "x" * 2_000_000)
    drawing.line(1, "Total: " + "9" * 100_000, 0, 8)
    drawing.line(1, " ".join(["Name"] * 20_000), 0, 12)
    return {"Blocks": drawing.blocks}


def circles() -> Any:
    drawing = page_of("Name Ann")
    table = drawing.add("TABLE", 1, (0, 0.5, 0.5, 0.5), Confidence=90)
    cell = drawing.add("CELL", 1, (0, 0.5, 0.5, 0.5), RowIndex=1, ColumnIndex=1, Confidence=90)
    key = drawing.add("KEY_VALUE_SET", 1, (0, 0.5, 0.5, 0.1), EntityTypes=["KEY"], Confidence=90)
    relate(table, "CHILD", [cell, table])
    relate(cell, "CHILD", [table, cell])
    relate(key, "VALUE", [key])
    relate(key, "CHILD", [key, table])
    return {"Blocks": drawing.blocks}


def huge_table() -> Any:
    drawing = page_of("Name")
    table = drawing.add("TABLE", 1, (0, 0.5, 0.5, 0.5), Confidence=90)
    corners = [(1, 1), (10**9, 10**9), (2, 3_000_000), (-5, 2), (3, 3)]
    cells = [
        drawing.add("CELL", 1, (0, 0.5, 0.1, 0.1), RowIndex=row, ColumnIndex=column, RowSpan=10**9, Confidence=90)
        for row, column in corners
    ]
    relate(table, "CHILD", cells)
    return {"Blocks": drawing.blocks}


def deep() -> Any:
    part: Any = {"BlockType": "PAGE", "Id": "p", "Page": 1}
    for _ in range(100_000):
        part = {"Blocks": [part], "Geometry": part}
    return {"Blocks": [{"BlockType": "LINE", "Id": "l", "Text": "x", "Geometry": part}]}


ANSWERS = {
    "50,000 blocks": many_blocks,
    "huge texts": huge_texts,
    "circles": circles,
    "a table of a billion rows": huge_table,
    "deep": deep,
    "empty pages": lambda: {
        "DocumentMetadata": {"Pages": 3},
        "Blocks": [{"BlockType": "PAGE", "Id": n, "Page": n} for n in (1, 2, 3)],
    },
    "a page far off": lambda: {
        "DocumentMetadata": {"Pages": 10**12},
        "Blocks": [{"BlockType": "PAGE", "Id": "p", "Page": 10**12}],
    },
    "numbers that are none": lambda: {
        "Blocks": [
            {
                "BlockType": kind,
                "Id": kind,
                "Text": "Name",
                "Confidence": float("nan"),
                "Page": float("inf"),
                "Geometry": {
                    "BoundingBox": {"Left": float("nan"), "Top": float("-inf"), "Width": 1e308, "Height": -1e308}
                },
            }
            for kind in ("PAGE", "LINE", "WORD", "SELECTION_ELEMENT", "SIGNATURE", "TABLE", "QUERY_RESULT")
        ]
    },
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_nobody_would_send_is_mapped(name: str) -> None:
    view = build_view(ANSWERS[name]())

    assert set(explain(view, SURVIVING)["fieldStatus"]) == set(SURVIVING.resolved["fields"])


# --- the same every time ---------------------------------------------------------------------------------------------

RUN = """
import hashlib, json
from mapping_specs import build_view, explain, load_spec, pack
from tests.engine.fuzz import seeds
digest, specs = hashlib.sha256(), {}
for response, spec in seeds():
    spec = load_spec(json.dumps({**spec, "doc_type": f"case_{len(specs)}"}))
    specs[spec.doc_type] = spec
    digest.update(json.dumps(explain(build_view(response), spec)).encode())
print(len(specs), digest.hexdigest(), pack((spec, 1) for spec in specs.values()).id)
"""


def test_results_and_bundle_are_the_same_with_any_hash_seed() -> None:
    ran = [
        subprocess.run(
            [sys.executable, "-c", RUN],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "20261124")
    ]

    assert int(ran[0].split()[0]) > 200
    assert ran[0] == ran[1]


@pytest.mark.parametrize("was_on", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_the_garbage_collector_is_left_as_it_was(was_on: bool, fails: bool) -> None:
    spec = load_spec("spec: 1\ndoc_type: name\nfields: {name: Name}")
    view: Any = None if fails else build_view({"Blocks": page_of("Name: Ann").blocks})
    (gc.enable if was_on else gc.disable)()
    try:
        with contextlib.suppress(AttributeError):
            extract(view, spec)
        is_on = gc.isenabled()
    finally:
        gc.enable()

    assert is_on is was_on

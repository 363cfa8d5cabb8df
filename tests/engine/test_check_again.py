"""A text that is checked at every keystroke: what was right before is not looked at again, and the problems stay the same."""

from __future__ import annotations

import importlib
import random

import pytest

import mapping_specs
from tests.engine.test_yaml_text import BITS, SPECS

# The package gives its function the module's name.
shape = importlib.import_module("mapping_specs.engine.checking.shape")


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    for known in shape._right.values():
        known.clear()


def typed(rnd: random.Random, text: str) -> str:
    place = rnd.randrange(len(text))
    wrong = rnd.choice([*BITS, "requierd", "typ: x", "7", "[]", "{}", "null", "true"])
    return text[:place] + wrong + text[place + rnd.choice([0, 1, 4]) :]


@pytest.mark.parametrize("seed", range(40))
def test_the_problems_are_those_of_a_first_check(seed: int) -> None:
    rnd = random.Random(seed)
    text = rnd.choice(SPECS)
    changed = typed(rnd, text)
    first = mapping_specs.check_spec(changed)
    nothing = mapping_specs.check_spec(text)
    assert nothing == []
    assert mapping_specs.check_spec(changed) == first
    assert mapping_specs.check_spec(text) == []


def test_what_is_right_is_known_and_what_is_wrong_is_not() -> None:
    text = "spec: 1\ndoc_type: a_form\nfields:\n  make: Make\n  year: {type: integr, from: Year}\n"
    assert [problem.code for problem in mapping_specs.check_spec(text)] == ["UNKNOWN_VALUE"]
    known = shape._right["fields"]
    assert "'Make'" in known
    assert not any("integr" in text for text in known)


def test_it_keeps_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape, "MAX_KNOWN", 3)
    for number in range(10):
        assert mapping_specs.check_spec(f"spec: 1\ndoc_type: a_form\nfields: {{make: Make {number}}}\n") == []
    assert len(shape._right["fields"]) <= 4

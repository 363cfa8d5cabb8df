"""libyaml reads for PyYAML where both read alike: data, places and problems are PyYAML's, only sooner."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from mapping_specs.engine import yaml_text
from mapping_specs.engine.yaml_text import YamlProblem, load

ROOT = Path(__file__).parents[2]
SPECS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "mapping_specs" / "specs").glob("*.yaml"))]
BITS = ["?", ":", " #", "'", '"', "{", "}", "[", "]", ",", "&a ", "*a", "!x ", "|", "> ", "- ", "\n", "  ", "\t", "%"]
BITS += ["@", "<<: ", "~", "---\n", "...\n", "\x85", "é", "\u2028", "|-\n", "? ", ": ", "\\", "- - ", "#", "\r\n", "\0"]


def read(text: str) -> Any:
    try:
        loaded = load(text)
    except YamlProblem as failure:
        return failure.problem
    return loaded.data, loaded.marks, loaded.problems


def as_pyyaml(text: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    with monkeypatch.context() as patch:
        patch.setattr(yaml_text, "_composed", lambda text: yaml.compose(text, Loader=yaml_text._Loader))
        return read(text)


def mutated(rnd: random.Random) -> str:
    lines = rnd.choice(SPECS).split("\n")
    start = rnd.randrange(len(lines))
    text = "\n".join(lines[start : start + rnd.randrange(1, 20)])
    for _ in range(rnd.choice([1, 1, 2, 4])):
        place = rnd.randrange(len(text) + 1)
        text = text[:place] + rnd.choice(BITS) + text[place + rnd.choice([0, 0, 1, 3]) :]
    return text


@pytest.mark.parametrize("seed", range(300))
def test_a_mutated_spec_is_read_alike(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = mutated(random.Random(seed))
    assert read(text) == as_pyyaml(text, monkeypatch)


@pytest.mark.parametrize(
    "text", ["a: {b: Is it on?}", "a:\tb", "a: {b:   }", "? a\n: b", "a: [b, c\u2028d]", "\ufeffa: b"]
)
def test_where_the_two_differ_pyyaml_s_word_counts(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(text) == as_pyyaml(text, monkeypatch)


@pytest.mark.parametrize("text", ["[" * 50_000, "- " * 100_000, "{a: " * 50_000, "? " * 50_000, "[\n" * 1_900])
def test_however_deep_it_is_a_problem_and_no_crash(text: str) -> None:
    assert read(text).code == "YAML_DEPTH"


def test_whole_specs_are_read_by_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else this page proves nothing, and previews wait."""
    monkeypatch.setattr(yaml, "compose", counting := Counting(yaml.compose))
    for text in SPECS:
        read(text)
    assert counting.loaders.count(yaml_text._FastLoader) == len(SPECS)
    assert counting.loaders.count(yaml_text._Loader) <= 1


class Counting:
    def __init__(self, compose: Any) -> None:
        self.compose = compose
        self.loaders: list[Any] = []

    def __call__(self, text: str, Loader: Any) -> Any:
        self.loaders.append(Loader)
        return self.compose(text, Loader=Loader)

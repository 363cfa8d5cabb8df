"""Every example of the language's pages does what the page says, and nothing of the language is left out of them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from mapping_specs import build_view, check_spec, extract, load_spec
from mapping_specs.cli import main
from mapping_specs.engine.checks import CHECKS, CHECKSUMS
from mapping_specs.engine.cleaning import STEPS
from mapping_specs.engine.expressions import FUNCTION_NAMES
from mapping_specs.engine.sources import SOURCES
from mapping_specs.engine.types import TYPES
from mapping_specs.schema.reference import reference
from tests.engine.drawn import drawn
from tests.engine.pages import CHARACTER, ROW

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec-language.md").read_text()
ENGINE = ROOT / "mapping_specs" / "engine"


@dataclass
class Example:
    heading: str
    line: int
    blocks: dict[str, str] = field(default_factory=dict)
    """The fenced blocks before and with the spec, by language."""


def examples(page: str) -> list[Example]:
    """A spec, what is drawn before it, and what is said to come out of it."""
    found: list[Example] = []
    heading, given = "", Example("", 0)
    for match in re.finditer(r"^#+ (?P<heading>[^\n]*)$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$", page, re.M | re.S):
        if match["heading"] is not None:
            heading, given = match["heading"], Example("", 0)
            continue
        if match["kind"] == "text" or (match["kind"] == "response" and "yaml" in given.blocks):
            given = Example("", 0)
        if match["kind"] == "yaml" and "yaml" in given.blocks:
            given = Example("", 0)
        given.blocks[match["kind"]] = match["text"]
        if match["kind"] in ("json", "problems") and "yaml" in given.blocks:
            found.append(Example(heading, page.count("\n", 0, match.start()) + 1, given.blocks))
            given = Example("", 0)
    return found


ALL = examples(PAGE)
OUTPUTS = [one for one in ALL if "json" in one.blocks]
REFUSED = [one for one in ALL if "problems" in one.blocks]


def spec_text(text: str) -> str:
    """A whole spec, or what stands in one, or what stands under `fields`."""
    if re.match(r"spec:", text):
        return text
    words = "locale|textract|fields|tables|sections|variants|rules|recognize|extends"
    if re.match(rf"(?:{words}):", text):
        return f"spec: 1\ndoc_type: example\n{text}"
    indented = "".join(f"  {line}\n" for line in text.splitlines())
    return f"spec: 1\ndoc_type: example\nlocale: {{country: KE, day_first: true, year_from: 1940}}\nfields:\n{indented}"


def response_of(blocks: dict[str, str]) -> Any:
    if "response" in blocks:
        return json.loads(blocks["response"])
    drawing = drawn(blocks["text"])
    for query in yaml.safe_load(blocks.get("queries", "[]")):
        drawing.query(*query)
    for left, top in yaml.safe_load(blocks.get("signatures", "[]")):
        drawing.add("SIGNATURE", 1, (left * CHARACTER, top * ROW, 0.2, 0.02), Confidence=90.0)
    return {"DocumentMetadata": {"Pages": blocks.get("text", "").count("--- page") + 1}, "Blocks": drawing.blocks}


@pytest.mark.parametrize("example", OUTPUTS, ids=lambda one: f"{one.heading}, line {one.line}")
def test_the_example_does_what_the_page_says(example: Example) -> None:
    result = extract(build_view(response_of(example.blocks)), load_spec(spec_text(example.blocks["yaml"])))

    said = json.loads(example.blocks["json"])
    if not said.keys() & {"fields", "tables", "warnings", "fieldStatus"}:
        said = {"fields": said}
    if "warnings" in said:
        result["warnings"] = [warning["code"] for warning in result["warnings"]]
    assert {name: result[name] for name in said} == said


@pytest.mark.parametrize("example", REFUSED, ids=lambda one: f"{one.heading}, line {one.line}")
def test_the_refused_example_gets_the_problems_it_says(example: Example) -> None:
    problems = check_spec(example.blocks["yaml"])

    assert [str(problem) for problem in problems] == example.blocks["problems"].strip().splitlines()


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda page: page.name
)
def test_the_commands_print_what_the_pages_show(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page's specs and commands in their order, in a folder with the tutorial's files; `…` stands for more lines."""
    shutil.copytree(ROOT / "fixtures" / "tutorial", tmp_path, dirs_exist_ok=True)
    (tmp_path / "mapping_specs").symlink_to(ROOT / "mapping_specs")
    monkeypatch.chdir(tmp_path)
    for kind, text in re.findall(r"^```(yaml|console)\n(.*?)^```$", page.read_text(), re.M | re.S):
        if kind == "yaml":
            write_spec(tmp_path, text)
            continue
        command, _, shown = text.partition("\n")
        main(shlex.split(command.removeprefix("$ python -m mapping_specs ")))
        wanted = re.escape(shown).replace("…\\\n", "(?:.*\n)*?")
        assert re.fullmatch(wanted, capsys.readouterr().out), command


def write_spec(folder: Path, text: str) -> None:
    spec = folder / "inspection_certificate.yaml"
    if not (folder / "first.yaml").exists():
        (folder / "first.yaml").write_text(text)
    spec.write_text(text)


def test_every_spec_of_the_page_is_an_example() -> None:
    assert len(ALL) == len(re.findall(r"^```yaml$", PAGE, re.M))


@pytest.mark.parametrize("name", sorted({*SOURCES, *TYPES, *STEPS, *CHECKS, *CHECKSUMS}))
def test_everything_of_the_language_is_in_an_example_or_named(name: str) -> None:
    written = PAGE.partition("## Every keyword")[0]

    assert re.search(rf"\b{name}\b", written)


def test_every_function_of_ours_is_in_an_example() -> None:
    from jmespath.functions import Functions

    ours = FUNCTION_NAMES - {name.removeprefix("_func_") for name in dir(Functions)}
    specs = "\n".join(example.blocks["yaml"] for example in ALL)

    assert len(ours) > 10
    assert {name for name in ours if f"{name}(" not in specs} == set()


def test_every_warning_is_explained() -> None:
    code = "\n".join(path.read_text() for path in ENGINE.rglob("*.py"))
    codes = set(re.findall(r'warn\(\s*"([A-Z_]+)"', code)) | {"PAGES_MISSING"}

    assert {name for name in codes if f"`{name}`" not in PAGE} == set()


def test_every_problem_is_explained() -> None:
    code = "\n".join(path.read_text() for path in ENGINE.rglob("*.py"))
    codes = set(re.findall(r'(?:Found|Problem|_problem)\(\s*"([A-Z_]+)"', code))

    assert len(codes) > 40
    assert {name for name in codes if f"`{name}`" not in PAGE} == set()


def test_the_keywords_are_the_schema_s() -> None:
    assert PAGE.endswith(reference()), "run `make reference`"

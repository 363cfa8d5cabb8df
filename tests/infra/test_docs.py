"""Every parameter, alarm and variable is explained, and every command the pages name is there."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from infra.local.template import load

ROOT = Path(__file__).parents[2]
INFRASTRUCTURE, RUNBOOK = ((ROOT / "docs" / name).read_text() for name in ("infrastructure.md", "runbook.md"))
TEMPLATE = load(ROOT / "infra" / "template.yaml")
ALARMS = [name for name, one in TEMPLATE["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"]


def variables() -> set[str]:
    """What settings and the functions read from the environment."""
    found = set()
    for path in ("backend/config/settings.py", "lambdas/environment.py"):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                function = ast.unparse(node.func)
                if function.startswith("env.") or function == "wanted":
                    found.add(str(node.args[0].value))
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "env":
                found.add(ast.literal_eval(node.slice))
    return {name for name in found if name.isupper()}


@pytest.mark.parametrize("name", sorted(TEMPLATE["Parameters"]))
def test_every_parameter_is_explained(name: str) -> None:
    assert f"`{name}`" in INFRASTRUCTURE


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_variable_is_explained(name: str) -> None:
    assert f"`{name}`" in INFRASTRUCTURE


def test_the_variables_were_found() -> None:
    assert variables() > {"S3_BUCKET", "DATABASE_URL", "COMPLETION_TOPIC_ARN", "MAX_UPLOAD_MB"}


@pytest.mark.parametrize("name", ALARMS)
def test_every_alarm_is_explained_and_says_what_to_do(name: str) -> None:
    assert f"`{name}`" in INFRASTRUCTURE
    assert f"`{name}`" in RUNBOOK


def test_the_alarms_name_sections_of_the_runbook() -> None:
    headings = {heading.lower() for heading in re.findall(r"^## (.*)$", RUNBOOK, re.M)}
    named = {
        match[1].lower()
        for name in ALARMS
        if (match := re.search(r"Runbook - (.+?)\.", TEMPLATE["Resources"][name]["Properties"]["AlarmDescription"]))
    }

    assert len(named) > 2
    assert named - headings == set()


def test_every_command_named_is_there() -> None:
    pages = INFRASTRUCTURE + RUNBOOK
    commands = set(re.findall(r"manage\.py (\w+)", pages))
    known = {path.stem for path in (ROOT / "backend").glob("*/management/commands/*.py")}
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)

    assert commands - known == {"migrate", "collectstatic", "procrastinate"}
    assert set(re.findall(r"`make (\w+)`", pages)) <= set(targets)
    for module in re.findall(r"python -m ([\w.]+)", pages):
        assert find_spec(module), module

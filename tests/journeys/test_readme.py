"""The README's walk-through works as pasted, and what it names is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from infra.local.application import ROOT, Application
from tests.journeys.people import People

README = (ROOT / "README.md").read_text()


@pytest.mark.stack
def test_the_curl_walk_through_as_pasted(application: Application, people: People, documents: Path) -> None:
    """`people` are made first, as the demo makes them: the walk-through signs in as one of them."""
    script = re.search(r"```bash\n(.*?)```", README, re.DOTALL)[1]

    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env={**os.environ, "API": application.api_url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    expected = json.loads((documents / "motor_logbook" / "registration_certificate.expected.json").read_text())
    assert json.loads(ended.stdout)["fields"] == expected["fields"]


def test_make_lists_the_targets_the_readme_names() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    named = set(re.findall(r"`?make ([a-z]+)", README))
    assert named >= {"demo", "test"}
    assert named - set(re.findall(r"make ([a-z]+)", listed)) == set()


def test_every_linked_page_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]

    broken = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []

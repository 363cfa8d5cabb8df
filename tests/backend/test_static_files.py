"""What the pages load is there, by name: a deployment refuses to draw a page that names anything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(ROOT.glob("backend/**/templates/**/*.html"))
MODULES = sorted(ROOT.glob("backend/**/static/**/*.js"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_names_files(template: Path) -> None:
    for name in re.findall(r"""{%\s*static\s+["']([^"']+)["']""", template.read_text()):
        found = finders.find(name)
        assert found, name
        assert Path(found).is_file(), name


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_imports_what_is_exported(module: Path) -> None:
    for names, source in re.findall(r'^import (?:{([^}]+)}|\* as \w+) from "(\./[^"]+)";', module.read_text(), re.M):
        imported = (module.parent / source).read_text()
        for name in filter(None, (part.strip() for part in names.split(","))):
            assert re.search(rf"export (?:async )?(?:function|const|class|let) (?:{{[^}}]*)?\b{name}\b", imported), name

"""What the pages load is there, by name: a deployment refuses to draw a page that names anything else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from backend.config.static_files import HashedModules

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


def test_a_deployment_imports_modules_under_their_hashed_names(tmp_path: Path) -> None:
    """Of what the admin's pages load from here; a cycle of imports would have no hash, and fail here."""
    storage = HashedModules(location=tmp_path, base_url="/static/")
    for path in MODULES:
        name = path.relative_to(path.parents[[parent.name for parent in path.parents].index("static")])
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / name)
    names = {
        str(path.relative_to(tmp_path)): (storage, str(path.relative_to(tmp_path))) for path in tmp_path.rglob("*.js")
    }
    troubles = [done for _, _, done in storage.post_process(names) if isinstance(done, Exception)]
    assert troubles == []

    waiting, seen = [storage.stored_name("specs/workbench/main.js")], set()
    while waiting:
        module = tmp_path / waiting.pop()
        seen.add(module.name)
        for imported in re.findall(r'from\s*"(\.[^"]+)"', module.read_text()):
            assert re.search(r"\.[0-9a-f]{12}\.js$", imported), imported
            assert (module.parent / imported).is_file(), imported
            if (module.parent / imported).name not in seen:
                waiting.append(str((module.parent / imported).relative_to(tmp_path)))
    assert len(seen) > 30

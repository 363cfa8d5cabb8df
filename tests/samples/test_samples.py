"""The real Textract answers, where they are at hand: they are shared by several projects and not part of this one."""

from __future__ import annotations

import pytest

from tests.samples.run import SPECS, names, samples_folder, score

FOLDER = samples_folder()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="no folder shared/textract-samples here: see make samples")


@pytest.mark.parametrize("name", names(FOLDER) if FOLDER else ["no samples"])
def test_every_field_and_cell_is_right(name: str) -> None:
    assert FOLDER is not None
    assert (SPECS / f"{name}.yaml").is_file(), "a sample without a spec"

    scored = score(name, FOLDER)

    assert scored.wrong + scored.missing + scored.bad_cells == []
    assert scored.fields > 0

"""The real Textract answers, where they are at hand: they are shared by several projects and not part of this one."""

from __future__ import annotations

import pytest

from tests.engine.perturbing import SAME, WORSE
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


@pytest.mark.parametrize("perturbation", SAME)
def test_what_is_printed_is_what_counts(perturbation: str) -> None:
    assert FOLDER is not None

    scores = [score(name, FOLDER, SAME[perturbation]) for name in names(FOLDER)]

    assert [one.wrong + one.missing + one.bad_cells for one in scores] == [[] for _ in scores]


@pytest.mark.parametrize("perturbation", WORSE)
def test_what_textract_does_not_find_is_never_made_up(perturbation: str) -> None:
    assert FOLDER is not None

    scores = [score(name, FOLDER, WORSE[perturbation]) for name in names(FOLDER)]

    assert [name for one in scores for name in one.wrong_ok] == []
    assert sum(one.right for one in scores) > 0.8 * sum(one.fields for one in scores)

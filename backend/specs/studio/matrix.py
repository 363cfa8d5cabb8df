"""A run of a text over all samples, as far as it is. As many queries for a hundred samples as for one."""

from __future__ import annotations

from typing import Any

import mapping_specs
from backend.specs.models import MatrixRun, Sample, SampleRun, SpecRevision
from backend.specs.studio.calibration import calibration_of_runs, run_shown


def matrix(run: MatrixRun, revision: SpecRevision | None = None) -> dict[str, Any]:
    """{state, total, done, samples: [{id, name, passed, checked, fields, cells, misses}]}; `passed` None: not run yet.

    With the confidences that a preview of the text has; `revision`: the saved one that is only looked at.
    """
    samples = list(Sample.objects.filter(spec_id=run.spec_id).only("name", "state"))
    runs = SampleRun.objects.filter(
        sample__in=samples, text_sha256=run.text_sha256, engine_version=mapping_specs.ENGINE_VERSION
    )
    calibration = calibration_of_runs(run.spec, run.text_sha256, revision)
    found = {one.sample_id: run_shown(one, calibration) for one in runs}
    return {
        "state": run.state,
        "total": run.total,
        "done": run.done,
        "textSha256": run.text_sha256,
        "samples": [_sample(sample, found.get(sample.pk)) for sample in samples],
    }


def _sample(sample: Sample, shown: dict[str, Any] | None) -> dict[str, Any]:
    row: dict[str, Any] = {"id": str(sample.pk), "name": sample.name, "state": sample.state}
    row.update(passed=None, fields={})
    return {**row, **(shown or {})}

"""A run of a text over all samples, as far as it is. As many queries for a hundred samples as for one."""

from __future__ import annotations

from typing import Any

import mapping_specs
from backend.specs.models import MatrixRun, Sample, SampleRun


def matrix(run: MatrixRun) -> dict[str, Any]:
    """{state, total, done, samples: [{id, name, passed, checked, fields, cells, misses}]}; `passed` None: not run yet."""
    samples = list(Sample.objects.filter(spec_id=run.spec_id).only("name", "state"))
    runs = SampleRun.objects.filter(
        sample__in=samples, text_sha256=run.text_sha256, engine_version=mapping_specs.ENGINE_VERSION
    )
    found = {one.sample_id: one for one in runs}
    return {
        "state": run.state,
        "total": run.total,
        "done": run.done,
        "textSha256": run.text_sha256,
        "samples": [_sample(sample, found.get(sample.pk)) for sample in samples],
    }


def _sample(sample: Sample, run: SampleRun | None) -> dict[str, Any]:
    row: dict[str, Any] = {"id": str(sample.pk), "name": sample.name, "state": sample.state}
    row.update(passed=None, fields={})
    return {**row, "passed": run.passed, **run.outcome} if run else row

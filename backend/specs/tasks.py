"""What the worker (`manage.py procrastinate worker`) does for the workbench."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from backend.specs.services.runs import live_run, matrix_run


@app.task(pass_context=False)
def run_matrix(run_id: str) -> None:
    matrix_run(run_id=uuid.UUID(run_id))


@app.task(pass_context=False)
def run_live(sample_id: str) -> None:
    live_run(sample_id=uuid.UUID(sample_id))

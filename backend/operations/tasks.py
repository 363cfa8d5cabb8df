"""What the worker (`manage.py procrastinate worker`) does by the clock. Times are UTC."""

from __future__ import annotations

from procrastinate.contrib.django import app

from backend.documents import services
from backend.specs.services.imports import staged_delete_old


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Send what was not sent and mark what is stuck: independent duties, the one that cannot fail first."""
    services.jobs_mark_stuck()
    services.jobs_send_unsent()
    services.samples_send_unsent()


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="retention", pass_context=False)
def retention(timestamp: int) -> None:
    services.documents_delete_abandoned()
    staged_delete_old()

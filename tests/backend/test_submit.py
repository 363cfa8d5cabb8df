"""POST /api/docs/submit, the message it sends, and the sweeper behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.aws import clients
from backend.documents import services
from backend.documents.models import Document, ExtractionJob, JobState
from backend.errors import Unavailable
from backend.specs.models import Bundle, CurrentBundle
from tests.backend.acting import (
    BUCKET,
    CURRENT,
    PDF,
    as_user,
    callback_of,
    error_of,
    post,
    put_file,
    send,
    upload_request,
)


def test_it_works(submit, uploaded, cloud, bundle, settings):
    settings.DJANGO_API_URL = "https://api.example.com"
    response = submit()
    job = ExtractionJob.objects.get()
    assert response.status_code == 201
    assert response.json() == {"jobId": str(job.id), "state": "UPLOADED", "progress": 0, "attempt": 1}
    [message] = cloud.messages()
    head = cloud.s3.head_object(Bucket=BUCKET, Key=uploaded["objectKey"])
    assert (message.jobId, message.attempt, message.docType) == (str(job.id), 1, "motor_logbook")
    assert (message.objectKey, message.objectVersionId) == (uploaded["objectKey"], head["VersionId"])
    assert (message.mimeType, message.sizeBytes) == ("application/pdf", len(PDF))
    assert (message.bundleId, message.correlationId) == (bundle.id, "quote-7")
    assert message.callbackUrl == "https://api.example.com/api/docs/callback"
    assert message.callbackKeyId == CURRENT["id"]
    assert job.sent_at
    assert CURRENT["secret"] not in message.to_json()


def test_the_same_submit_is_the_same_job_and_one_message(submit, cloud):
    first, second = submit(), submit()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(cloud.messages()) == 1


@pytest.mark.parametrize("changes", [{"correlationId": "quote-8"}, {"correlationId": None}])
def test_another_correlation_is_another_job(submit, changes):
    assert submit().json()["jobId"] != submit(**changes).json()["jobId"]


def test_without_correlation_it_is_once_too(submit):
    assert submit(correlationId=None).json() == submit(correlationId=None).json()


def test_the_version_submitted_is_the_one_processed(submit, uploaded, cloud):
    submit()
    cloud.s3.put_object(Bucket=BUCKET, Key=uploaded["objectKey"], Body=b"another")
    [message] = cloud.messages()
    old = cloud.s3.get_object(Bucket=BUCKET, Key=message.objectKey, VersionId=message.objectVersionId)
    assert old["Body"].read() == PDF


def test_another_agents_object_is_not_there(submit, as_charlie):
    error_of(submit(as_charlie), 404, "VALIDATION", "OBJECT_NOT_FOUND")
    assert not ExtractionJob.objects.exists()


def test_another_agent_does_not_learn_of_the_job(submit, as_charlie):
    submit()
    error_of(submit(as_charlie), 404, "VALIDATION", "OBJECT_NOT_FOUND")


def test_staff_may_submit_for_an_agent(submit, as_bob):
    assert submit(as_bob).status_code == 201


def test_a_key_that_is_not_ours(submit):
    error_of(submit(objectKey="bundles/x.json.gz"), 404, "VALIDATION", "OBJECT_NOT_FOUND")


def test_before_the_upload(cloud, bundle, as_alice):
    presigned = post(as_alice, "presign", upload_request()).json()
    asked = {"objectKey": presigned["objectKey"], "docType": "motor_logbook"}
    error_of(post(as_alice, "submit", asked), 409, "VALIDATION", "NOT_UPLOADED")
    put_file(presigned)
    assert post(as_alice, "submit", asked).status_code == 201


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ({"Body": PDF + b"more", "ContentType": "application/pdf"}, "SIZE_MISMATCH"),
        ({"Body": PDF, "ContentType": "text/html"}, "TYPE_MISMATCH"),
    ],
)
def test_an_upload_that_is_not_as_declared(cloud, submit, uploaded, stored, reason):
    cloud.s3.put_object(Bucket=BUCKET, Key=uploaded["objectKey"], **stored)
    error_of(submit(), 409, "VALIDATION", reason)
    assert not ExtractionJob.objects.exists()


def test_a_doc_type_without_a_published_spec(submit):
    error_of(submit(docType="national_id"), 400, "VALIDATION", "DOC_TYPE_UNKNOWN")


@pytest.mark.parametrize(
    "body",
    [{}, {"objectKey": "x"}, {"objectKey": "", "docType": "motor_logbook"}, {"objectKey": ["x"], "docType": "a b"}, []],
)
def test_a_body_that_is_none(as_alice, body):
    error_of(post(as_alice, "submit", body), 400, "VALIDATION", "INVALID_FIELDS")


def test_nobody(db):
    error_of(post(as_user(None), "submit", {}), 401, "AUTH", "NOT_AUTHENTICATED")


def test_s3_away_is_temporary(uploaded, submit, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    clients.client.cache_clear()
    response = submit()
    monkeypatch.undo()
    clients.client.cache_clear()
    error_of(response, 503, "TEMPORARY", "S3_UNAVAILABLE")
    assert int(response["Retry-After"]) > 0


# --- the sweeper -----------------------------------------------------------------------------------------------------


@pytest.fixture
def lost(submit, cloud, settings):
    """A job whose message the queue did not take, a while ago."""
    queue_url, settings.SQS_QUEUE_URL = settings.SQS_QUEUE_URL, "http://127.0.0.1:1/none"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")
        clients.client.cache_clear()
        assert submit().status_code == 201
    clients.client.cache_clear()
    settings.SQS_QUEUE_URL = queue_url
    aged(minutes=2)
    return ExtractionJob.objects.get()


def aged(*, minutes: int) -> None:
    ExtractionJob.objects.update(updated_at=timezone.now() - timedelta(minutes=minutes))


def test_a_lost_message_is_sent_by_the_sweeper_once(lost, cloud):
    assert (lost.sent_at, cloud.messages()) == (None, [])
    assert services.jobs_send_unsent() == 1
    assert [message.jobId for message in cloud.messages()] == [str(lost.id)]
    assert services.jobs_send_unsent() == 0


def test_the_sweeper_leaves_the_submit_its_time(lost, cloud):
    ExtractionJob.objects.update(updated_at=timezone.now())
    assert services.jobs_send_unsent() == 0


def test_a_job_on_its_way_is_not_sent_again(job):
    aged(minutes=20)
    assert services.jobs_send_unsent() == 0


def test_a_queue_that_stays_away_leaves_the_job_unsent(lost, settings, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")
    clients.client.cache_clear()
    with pytest.raises(Unavailable):
        services.jobs_send_unsent()
    monkeypatch.undo()
    clients.client.cache_clear()
    lost.refresh_from_db()
    assert lost.sent_at is None


@pytest.mark.parametrize("state", [JobState.UPLOADED, JobState.PROCESSING])
def test_a_stuck_job_is_marked_once_and_keeps_its_state(job, state):
    ExtractionJob.objects.update(state=state)
    aged(minutes=61)
    assert services.jobs_mark_stuck() == 1
    assert services.jobs_mark_stuck() == 0
    job.refresh_from_db()
    assert (job.state, bool(job.stuck_at)) == (state, True)


def test_a_job_that_moves_is_not_stuck(job):
    aged(minutes=59)
    assert services.jobs_mark_stuck() == 0


def test_a_report_takes_the_mark_away(job):
    aged(minutes=61)
    services.jobs_mark_stuck()
    assert send(callback_of(job, "PROCESSING")).status_code == 200
    job.refresh_from_db()
    assert job.stuck_at is None


def test_the_worker_sweeps_by_the_clock():
    from backend.operations import tasks

    assert {"sweep", "retention"} == {task.name.rpartition(".")[2] for task in (tasks.sweep, tasks.retention)}
    crons = {
        periodic.task.name.rpartition(".")[2]: periodic.cron
        for periodic in tasks.app.periodic_registry.periodic_tasks.values()
    }
    assert (crons["sweep"], crons["retention"]) == ("* * * * *", "17 * * * *")


def test_the_tasks_run(lost, cloud):
    from backend.operations import tasks

    tasks.sweep(timestamp=0)
    assert len(cloud.messages()) == 1
    tasks.retention(timestamp=0)
    assert Document.objects.count() == 1


# --- uploads never submitted -----------------------------------------------------------------------------------------


def test_an_abandoned_upload_is_forgotten_with_its_object(uploaded, cloud):
    Document.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert services.documents_delete_abandoned() == 1
    assert not Document.objects.exists()
    assert cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix=uploaded["objectKey"])["KeyCount"] == 0


def test_a_submitted_or_recent_upload_is_kept(uploaded, submit):
    assert services.documents_delete_abandoned() == 0
    submit()
    Document.objects.update(created_at=timezone.now() - timedelta(days=400))
    assert services.documents_delete_abandoned() == 0


# --- delete on request ------------------------------------------------------------------------------------------------


def test_a_document_is_deleted_with_every_version_of_everything_read_from_it(job, cloud, capsys):
    key = job.object_key
    for stored in (f"results/{job.id}.json", f"results/{job.id}.1.normalized.json", f"jobs/{job.id}.json"):
        cloud.s3.put_object(Bucket=BUCKET, Key=stored, Body=b"{}")
    cloud.s3.put_object(Bucket=BUCKET, Key="results/another.json", Body=b"{}")
    cloud.s3.put_object(Bucket=BUCKET, Key=f"jobs/{job.id}.json", Body=b"{1}")

    call_command("delete_document", key)

    assert capsys.readouterr().out.startswith(f"{key}: deleted, ")
    assert not Document.objects.exists()
    assert not ExtractionJob.objects.exists()
    versions = cloud.s3.list_object_versions(Bucket=BUCKET)
    left = {one["Key"] for one in [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]}
    assert not [name for name in left if str(job.id) in name or name == key]
    assert "results/another.json" in left


def test_an_unknown_document_deletes_nothing(job):
    with pytest.raises(CommandError, match="nothing was deleted"):
        call_command("delete_document", job.object_key, "dev/AG-9/x.pdf")
    assert Document.objects.count() == 1


# --- retry -----------------------------------------------------------------------------------------------------------


def failed(job: ExtractionJob) -> None:
    error = {"code": "VALIDATION", "reason": "CORRUPT_PDF", "message": "The PDF is damaged."}
    ExtractionJob.objects.filter(pk=job.pk).update(state=JobState.FAILED, last_error=error, completed_at=timezone.now())


def test_a_failed_job_is_tried_again_with_the_present_bundle(job, as_alice, cloud, django_capture_on_commit_callbacks):
    cloud.messages()
    failed(job)
    newer = Bundle.objects.create(id="c" * 64, revisions={"motor_logbook": 2}, engine_version="1.0.0", size_bytes=1)
    CurrentBundle.objects.update(bundle=newer)
    with django_capture_on_commit_callbacks(execute=True):
        response = post(as_alice, f"retry/{job.id}", {})
    assert response.status_code == 202
    assert response.json() == {"jobId": str(job.id), "state": "UPLOADED", "progress": 0, "attempt": 2}
    [message] = cloud.messages()
    assert (message.attempt, message.bundleId) == (2, newer.id)


def test_only_a_failed_job_is_tried_again(job, as_alice):
    error_of(post(as_alice, f"retry/{job.id}", {}), 409, "VALIDATION", "NOT_FAILED")


def test_another_agent_cannot_try_again(job, as_charlie):
    failed(job)
    error_of(post(as_charlie, f"retry/{job.id}", {}), 404, "VALIDATION", "JOB_NOT_FOUND")

"""A sample's document on its way: to the queue, read by the processor, reported by callback. States only move forward."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.documents import services
from backend.specs.models import Sample
from lambdas.contracts import Callback, CallbackError
from tests.backend.acting import BUCKET, send
from tests.backend.acting import error_of as api_error_of
from tests.backend.studio import DOCUMENT, RESPONSE, sample_of, upload, url

REASON = CallbackError("VALIDATION", "DOCUMENT_UNREADABLE", "The document could not be read.")


@pytest.fixture
def sent(cloud, certificate, as_ana, django_capture_on_commit_callbacks) -> Sample:
    with django_capture_on_commit_callbacks(execute=True):
        return sample_of(upload(as_ana, certificate, DOCUMENT))


def report(sample: Sample, state: str, *, attempt: int = 1, key: str | None = None, **parts):
    if state == "DONE":
        parts.setdefault("result", {"pageCount": 1, "rawJsonKey": key or f"results/{sample.pk}.json"})
    return Callback(jobId=str(sample.pk), attempt=attempt, state=state, **parts)


@pytest.fixture
def read(cloud, sent) -> Sample:
    """The processor has put Textract's answer."""
    cloud.s3.put_object(Bucket=BUCKET, Key=f"results/{sent.pk}.json", Body=RESPONSE.read_bytes())
    return sent


def test_a_document_is_stored_and_sent_without_a_bundle(cloud, sent):
    [message] = cloud.messages()
    assert (message.jobId, message.bundleId, message.attempt) == (str(sent.pk), None, 1)
    assert (message.docType, message.mimeType) == ("inspection_certificate", "application/pdf")
    stored = cloud.s3.get_object(Bucket=BUCKET, Key=message.objectKey, VersionId=message.objectVersionId)
    assert stored["Body"].read() == DOCUMENT.read_bytes()
    sent.refresh_from_db()
    assert (sent.state, sent.page_count) == ("UPLOADED", 1)
    assert sent.sent_at


def test_an_answer_makes_it_a_sample(read, certificate, as_ana, cloud):
    assert send(report(read, "PROCESSING")).json() == {"outcome": "stored"}
    assert as_ana.get(url(certificate, f"samples/{read.pk}")).json()["state"] == "PROCESSING"
    assert send(report(read, "DONE")).json() == {"outcome": "stored"}
    read.refresh_from_db()
    assert (read.state, read.response_key) == ("DONE", f"dev/samples/{read.pk}/response.json")
    assert "Certificate No" in read.printed["labels"]
    # The answer is the sample's own: results expire.
    cloud.s3.delete_object(Bucket=BUCKET, Key=f"results/{read.pk}.json")
    page = as_ana.get(url(certificate, f"samples/{read.pk}/pages/1.json"))
    assert page.status_code == 200


def test_its_page_is_the_document_s(read, certificate, as_ana):
    import io

    from PIL import Image

    send(report(read, "DONE"))
    answer = as_ana.get(url(certificate, f"samples/{read.pk}/pages/1.png?width=400"))
    image = Image.open(io.BytesIO(answer.content)).convert("L")
    page = as_ana.get(url(certificate, f"samples/{read.pk}/pages/1.json")).json()
    assert abs(image.height - 400 * page["height"] / page["width"]) <= 1
    [box] = [pair["keyBox"] for pair in page["keyValues"] if pair["label"] == "Certificate No"]
    left, top = int(box["left"] * image.width), int(box["top"] * image.height)
    right, bottom = left + int(box["width"] * image.width), top + int(box["height"] * image.height)
    printed = image.crop((left, top, right, bottom)).getextrema()
    assert printed[0] < 140 < printed[1], "ink on paper, where the view says the key is printed"


def test_reports_that_come_twice_or_late_change_nothing(read):
    send(report(read, "DONE"))
    assert send(report(read, "DONE")).json() == {"outcome": "known"}
    assert send(report(read, "PROCESSING")).json() == {"outcome": "known"}
    api_error_of(send(report(read, "FAILED", error=REASON)), 409, "VALIDATION", "ALREADY_ENDED")
    read.refresh_from_db()
    assert read.state == "DONE"


def test_a_failure_says_why(sent, certificate, as_ana):
    assert send(report(sent, "FAILED", error=REASON)).json() == {"outcome": "stored"}
    shown = as_ana.get(url(certificate, f"samples/{sent.pk}")).json()
    assert (shown["state"], shown["error"]["reason"]) == ("FAILED", "DOCUMENT_UNREADABLE")
    page = as_ana.get(url(certificate, f"samples/{sent.pk}/pages/1.json"))
    assert (page.status_code, page.json()["error"]["details"]["reason"]) == (409, "SAMPLE_NOT_DONE")


def test_a_forged_report_is_refused(read):
    forged = send(report(read, "DONE"), secrets=["whsec_" + "A" * 32])
    api_error_of(forged, 401, "AUTH", "SIGNATURE_MISMATCH")
    read.refresh_from_db()
    assert read.state == "UPLOADED"


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"key": "results/another.json"}, 400, "RESULT_KEY_FOREIGN"),
        ({"result": {"pageCount": 1}}, 400, "RESULT_MISSING"),
        ({"attempt": 2}, 409, "ATTEMPT_UNKNOWN"),
    ],
)
def test_a_report_that_does_not_fit_is_refused(read, changes, status, reason):
    api_error_of(send(report(read, "DONE", **changes)), status, "VALIDATION", reason)
    read.refresh_from_db()
    assert (read.state, read.response_key) == ("UPLOADED", "")


def test_without_the_answer_s_object_it_waits(sent):
    api_error_of(send(report(sent, "DONE")), 409, "VALIDATION", "RESULT_NOT_STORED")
    sent.refresh_from_db()
    assert sent.state == "UPLOADED"


def test_where_the_queue_does_not_answer_the_sweeper_sends(
    cloud, certificate, as_ana, settings, monkeypatch, django_capture_on_commit_callbacks
):
    working = settings.SQS_QUEUE_URL
    settings.SQS_QUEUE_URL = working + "-that-is-not-there"
    with django_capture_on_commit_callbacks(execute=True):
        sample = sample_of(upload(as_ana, certificate, DOCUMENT))
    assert Sample.objects.get().sent_at is None
    settings.SQS_QUEUE_URL = working
    assert services.samples_send_unsent() == 0, "not before its time"
    Sample.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert services.samples_send_unsent() == 1
    assert [message.jobId for message in cloud.messages()] == [str(sample.pk)]
    assert services.samples_send_unsent() == 0


def test_deleting_a_sample_takes_document_answer_and_result(read, certificate, as_ana, cloud):
    send(report(read, "DONE"))
    assert as_ana.delete(url(certificate, f"samples/{read.pk}")).status_code == 204
    for prefix in (f"dev/samples/{read.pk}/", f"results/{read.pk}."):
        assert "Versions" not in cloud.s3.list_object_versions(Bucket=BUCKET, Prefix=prefix)
    api_error_of(send(report(read, "PROCESSING")), 404, "VALIDATION", "JOB_NOT_FOUND")

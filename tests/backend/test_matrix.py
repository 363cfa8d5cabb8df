"""A text over all samples: right and wrong by field, in the background, as many queries however many there are."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

import mapping_specs
from backend.aws import storage
from backend.specs.models import MappingSpec, MatrixRun, Sample, SampleRun
from backend.specs.reading import draft_read
from backend.specs.services import runs, spec_ensure, spec_save
from backend.specs.services.runs import matrix_run, matrix_start, revision_run_samples
from backend.specs.studio import kept
from backend.specs.studio.state import samples_json, workbench_state
from backend.specs.tasks import run_live, run_matrix
from backend.specs.verdicts import samples_verdict
from tests.backend.studio import CERTIFICATE, error_of, post, sample_of, upload, url

RIGHT = {"certificate_number": "MVI 0048213", "owner_name": "AMINA HASSAN ODUYA"}


@pytest.fixture
def expected(answered, certificate, as_ana) -> Sample:
    """ana's sample, with what is printed on it."""
    view = kept.view_of(answered)
    values = mapping_specs.extract(view, mapping_specs.load_spec(CERTIFICATE))["fields"]
    fields = {name: values[name] for name in ("certificate_number", "odometer_km", "owner_name") if name in values}
    assert len(fields) == 3
    post(as_ana, certificate, f"samples/{answered.pk}/expected", {"fields": fields}, "put")
    answered.refresh_from_db()
    return answered


def run(client, spec, text=CERTIFICATE):
    """Started through the page, done by the worker's task."""
    answer = post(client, spec, "matrix", {"text": text})
    assert answer.status_code == 202, answer.content
    run_matrix(run_id=answer.json()["runId"])
    return client.get(url(spec, f"matrix/{answer.json()['runId']}")).json()


def test_it_says_of_each_field_whether_it_is_right(expected, certificate, as_ana):
    shown = run(as_ana, certificate)
    assert (shown["state"], shown["done"], shown["total"]) == ("DONE", 1, 1)
    [sample] = shown["samples"]
    assert sample["passed"] is True
    assert sample["fields"]["odometer_km"]["outcome"] == "right"
    missing = {"outcome": None, "status": "missing", "confidence": None, "wanted": True}
    assert sample["fields"]["engine_number"] == missing
    assert 0 < sample["fields"]["odometer_km"]["confidence"] <= 100


def test_a_text_that_misses_a_field_fails_the_sample(expected, certificate, as_ana):
    [sample] = run(as_ana, certificate, CERTIFICATE.replace("Odometer", "Speedometer"))["samples"]
    assert (sample["passed"], sample["misses"]) == (False, ["odometer_km"])
    assert sample["fields"]["odometer_km"]["outcome"] == "missing"


def test_a_sample_nobody_has_said_anything_of_is_not_checked(answered, certificate, as_ana):
    [sample] = run(as_ana, certificate)["samples"]
    assert (sample["passed"], sample["checked"]) == (False, False)


def test_tables_count_too(answered, certificate, as_ana):
    post(as_ana, certificate, f"samples/{answered.pk}/expected", {"tables": {"parts": [{"name": "x"}]}}, "put")
    text = (
        CERTIFICATE + "tables: {parts: {where: {headers: [Nothing so called]}, columns: {name: Nothing so called}}}\n"
    )
    [sample] = run(as_ana, certificate, text)["samples"]
    assert (sample["cells"], sample["misses"]) == ({"right": 0, "total": 1}, ["parts[0].name"])
    assert sample["tables"]["parts"] == {"outcome": "missing", "status": "missing", "confidence": None, "wanted": False}


def test_nothing_expected_and_nothing_found_is_right(answered, certificate, as_ana):
    change = {"fields": {"engine_number": None}, "tables": {"parts": []}}
    post(as_ana, certificate, f"samples/{answered.pk}/expected", change, "put")
    text = (
        CERTIFICATE + "tables: {parts: {where: {headers: [Nothing so called]}, columns: {name: Nothing so called}}}\n"
    )
    [sample] = run(as_ana, certificate, text)["samples"]
    assert sample["passed"]
    assert (sample["fields"]["engine_number"]["outcome"], sample["tables"]["parts"]["outcome"]) == ("right", "right")


def test_a_sample_shows_which_revision_passed_last(expected, certificate, as_ana):
    run(as_ana, certificate)
    spec_save(spec=certificate, text=CERTIFICATE.replace("Odometer", "Speedometer"), author=None)
    run(as_ana, certificate, CERTIFICATE.replace("Odometer", "Speedometer"))
    [sample] = samples_json(certificate, "")["samples"]
    assert sample["passedRevision"] == 1
    spec_save(spec=certificate, text=CERTIFICATE, author=None)
    [sample] = samples_json(certificate, "")["samples"]
    assert sample["passedRevision"] == 3, "the same text"


def test_the_verdict_is_of_exactly_this_text(expected, certificate, as_ana):
    first = certificate.revisions.get(number=1)
    assert samples_verdict(first).not_run == [expected.name]
    revision_run_samples(revision=first)
    verdict = samples_verdict(first)
    assert (verdict.total, verdict.passed, verdict.ok) == (1, 1, True)
    second, _ = spec_save(spec=certificate, text=CERTIFICATE.replace("Odometer", "Speedometer"), author=None)
    assert not samples_verdict(second).ok
    revision_run_samples(revision=second)
    assert samples_verdict(second).failing == [expected.name]


def test_another_expectation_asks_for_another_run(expected, certificate, as_ana):
    run(as_ana, certificate)
    change = {"set": {"odometer_km": 5}}
    post(as_ana, certificate, f"samples/{expected.pk}/expected", change, "put")
    assert samples_verdict(certificate.revisions.get(number=1)).not_run == [expected.name]
    [sample] = run(as_ana, certificate)["samples"]
    assert sample["fields"]["odometer_km"]["outcome"] == "wrong"


def test_what_ran_is_not_run_again(expected, certificate, as_ana):
    run(as_ana, certificate)
    ran_at = SampleRun.objects.get().ran_at
    run(as_ana, certificate)
    assert SampleRun.objects.get().ran_at == ran_at


def test_a_run_is_noted_with_its_task_or_not_at_all(expected, certificate, ana):
    started = matrix_start(spec=certificate, read=draft_read(CERTIFICATE), user=ana)
    job = ProcrastinateJob.objects.get(task_name="backend.specs.tasks.run_matrix")
    assert job.args == {"run_id": str(started.pk)}
    assert matrix_start(spec=certificate, read=draft_read(CERTIFICATE + "\n"), user=ana) == started, "under way already"


def test_a_run_that_lost_its_worker_does_not_stand_in_the_way(expected, certificate, ana):
    lost = matrix_start(spec=certificate, read=draft_read(CERTIFICATE), user=ana)
    MatrixRun.objects.update(state="RUNNING", started_at=timezone.now() - timedelta(minutes=16))
    assert matrix_start(spec=certificate, read=draft_read(CERTIFICATE), user=ana) != lost


def test_a_text_with_problems_is_not_run(certificate, as_ana):
    broken = CERTIFICATE.replace("integer", "integr")
    error_of(post(as_ana, certificate, "matrix", {"text": broken}), 409, "SPEC_HAS_PROBLEMS")
    assert not MatrixRun.objects.exists()


def test_a_viewer_starts_none_and_sees_it(expected, certificate, as_ana, as_victor):
    error_of(post(as_victor, certificate, "matrix", {"text": CERTIFICATE}), 403, "NOT_ALLOWED")
    run(as_ana, certificate)
    at = url(certificate, f"matrix/{MatrixRun.objects.get().pk}")
    assert as_victor.get(at).json()["samples"][0]["passed"] is True
    error_of(as_victor.get(url(certificate, f"matrix/{uuid.uuid4()}")), 404, "NOT_FOUND")


def test_a_run_whose_sample_cannot_be_read_ends_as_failed(expected, certificate, ana, cloud):
    Sample.objects.update(response_key="dev/samples/gone.json")
    kept.forget()
    started = matrix_start(spec=certificate, read=draft_read(CERTIFICATE), user=ana)
    matrix_run(run_id=started.pk)
    started.refresh_from_db()
    assert (started.state, started.done) == ("FAILED", 0)
    assert started.ended_at


def queries_of(spec, user, fields: int) -> list[int]:
    text = CERTIFICATE.replace("inspection_certificate", spec.doc_type)
    text += "".join(f"  extra_{number}: Extra label {number}\n" for number in range(fields))
    revision, _ = spec_save(spec=spec, text=text, author=user)
    counts = []
    started = matrix_start(spec=spec, read=draft_read(text), user=user)
    for do in (
        lambda: matrix_run(run_id=started.pk),
        lambda: workbench_state(user, spec),
        lambda: samples_verdict(revision),
    ):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            do()
        counts.append(len(captured))
    return counts


def test_fifty_samples_and_two_hundred_fields_take_no_more_queries(expected, certificate, ana, as_ana):
    """Steps of progress are ten at most, whatever the number of samples."""
    few = spec_ensure(doc_type="few")
    row = {
        name: getattr(expected, name) for name in ("mime", "size_bytes", "sha256", "state", "response_key", "expected")
    }
    Sample.objects.bulk_create(Sample(spec=few, name=f"{number}.json", **row) for number in range(10))
    Sample.objects.bulk_create(Sample(spec=certificate, name=f"{number}.json", **row) for number in range(49))
    small = queries_of(few, ana, fields=1)
    large = queries_of(certificate, ana, fields=200)
    assert large == small
    assert max(large) < 60
    run_id = MatrixRun.objects.get(spec=certificate).pk
    with CaptureQueriesContext(connection) as captured:
        shown = as_ana.get(url(certificate, f"matrix/{run_id}")).json()
    assert len(captured) <= 16
    assert (shown["done"], len(shown["samples"])) == (50, 50)
    assert all(len(sample["fields"]) == 204 for sample in shown["samples"])


def live_runs():
    """The samples that the worker is asked to run what is live over; asked no more."""
    jobs = ProcrastinateJob.objects.filter(task_name="backend.specs.tasks.run_live", status="todo")
    return [job.args["sample_id"] for job in jobs]


def test_what_is_live_runs_over_a_sample_that_arrives_or_is_said_more_of(answered, certificate, as_ana):
    first = certificate.revisions.get(number=1)
    assert live_runs() == [], "nothing is live"
    MappingSpec.objects.filter(pk=certificate.pk).update(live_revision=first)
    for value in ("MVI 0048213", "MVI 0048214"):
        change = {"set": {"certificate_number": value}}
        post(as_ana, certificate, f"samples/{answered.pk}/expected", change, "put")
    assert live_runs() == [str(answered.pk)], "twice asked, noted once"
    run_live(sample_id=str(answered.pk))
    assert samples_verdict(first).failing == [answered.name]
    gone = str(answered.pk)
    answered.delete()
    run_live(sample_id=gone)


def test_a_response_given_as_a_sample_is_run_too(answered, certificate, as_ana):
    data = storage.get(answered.response_key, max_bytes=10_000_000)
    MappingSpec.objects.filter(pk=certificate.pk).update(live_revision=certificate.revisions.get(number=1))
    sample = sample_of(upload(as_ana, certificate, name="again.response.json", data=data))
    assert live_runs() == [str(sample.pk)]
    run_live(sample_id=str(sample.pk))
    assert sample.runs.count() == 1


def test_a_run_that_is_overtaken_by_what_is_expected_does_not_count(expected, certificate, as_ana, monkeypatch):
    """Said while the run was under way: it has judged by what was expected before."""
    first = certificate.revisions.get(number=1)
    run_of = runs.run_of

    def overtaken(spec, sample, *rest):
        ran = run_of(spec, sample, *rest)
        change = {"set": {"odometer_km": 5}}
        post(as_ana, certificate, f"samples/{sample.pk}/expected", change, "put")
        return ran

    monkeypatch.setattr(runs, "run_of", overtaken)
    revision_run_samples(revision=first)
    assert samples_verdict(first).not_run == [expected.name]
    monkeypatch.undo()
    revision_run_samples(revision=first)
    assert samples_verdict(first).failing == [expected.name]

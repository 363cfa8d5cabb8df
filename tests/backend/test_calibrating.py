"""Confidences learned from how samples were read by what was live when they came; kept, shipped and told.

ana adds samples and writes specs, peter publishes them.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import mapping_specs
from backend.aws import storage
from backend.specs import calibrating, services
from backend.specs.models import MatrixRun, Publication, Sample, SampleRun, SpecRevision
from backend.specs.publication_report import publication_report
from backend.specs.reading import draft_read, text_sha256
from backend.specs.services.expectations import sample_expect
from backend.specs.services.runs import matrix_run, matrix_start, revision_run_samples
from backend.specs.studio import kept
from lambdas import mapping, store
from tests.backend.inspections import AS_READ, EXPECTED, MENDED, response, samples_create
from tests.backend.specs import IDENTITY, published, saved
from tests.backend.studio import error_of, post, signed_in, url

DOC_TYPE = "inspection_certificate"
RETITLED = MENDED.replace("title: Motor", "title: A motor")
RETITLED_SHA256 = text_sha256(RETITLED)


@pytest.fixture
def live(cloud, db) -> SpecRevision:
    """The first revision, live before any sample has come."""
    kept.forget()
    published(AS_READ)
    return SpecRevision.objects.get(spec__doc_type=DOC_TYPE)


@pytest.fixture
def came_later(live, ana) -> list[Sample]:
    return samples_create(live.spec, ana, 25)


def run_samples(spec, text, user) -> None:
    matrix_run(run_id=matrix_start(spec=spec, read=draft_read(text), user=user).pk)


@pytest.fixture
def mended(came_later, live, ana) -> SpecRevision:
    """What ana made of the samples that were misread: all of them pass."""
    run_samples(live.spec, MENDED, ana)
    return saved(MENDED)


def publish(revision, user):
    return services.revisions_publish(revisions=[revision], user=user)


def specs_in(bundle) -> mapping_specs.Bundle:
    return mapping_specs.unpack(storage.get(storage.prefixed(bundle.object_key), max_bytes=10**8), bundle.id)


def page_of(revision: SpecRevision) -> str:
    return reverse("admin:specs_publish", args=[revision.spec_id, revision.number])


# --- learning --------------------------------------------------------------------------------------------------------


def test_it_is_learned_from_what_the_live_revision_made_of_samples_that_came_later(mended, peter):
    bundle = publish(mended, peter)

    line = Publication.objects.first()
    assert (line.samples_passed, line.samples_total) == (25, 25)
    assert (line.calibration["samples"], line.calibration["values"]) == (25, 250)
    calibration = specs_in(bundle).spec(DOC_TYPE)[0].calibration
    assert calibration.to_dict() == line.calibration
    assert calibration.of(64.0) < 45.0, "four of five values that the light spoilt were wrong"
    assert calibration.of(93.0) > 90.0


def test_samples_from_before_the_first_publication_prove_nothing(cloud, db, ana, peter):
    """The revision was written until it passed them: all their values are right, whatever their confidence."""
    kept.forget()
    first = saved(MENDED)
    samples_create(first.spec, ana, 25)
    run_samples(first.spec, MENDED, ana)

    learned = publication_report(first).learned
    publish(first, peter)

    assert (learned.samples, learned.labelled, learned.later) == (0, 25, 0)
    assert Publication.objects.get().calibration is None


def test_too_few_samples_teach_nothing(live, ana, peter):
    samples_create(live.spec, ana, 19)
    run_samples(live.spec, MENDED, ana)
    bundle = publish(saved(MENDED), peter)
    assert Publication.objects.first().calibration is None
    assert specs_in(bundle).spec(DOC_TYPE)[0].calibration is None


def test_a_sample_without_expected_values_is_not_counted(mended):
    sample = Sample.objects.first()
    Sample.objects.filter(pk=sample.pk).update(expected={})
    learned = publication_report(mended).learned
    assert (learned.samples, learned.values, learned.labelled) == (24, 240, 24)


def test_what_this_engine_cannot_read_any_more_reads_no_sample(live, ana):
    """An upgrade made the first revision unreadable: the samples still run, and what it would have made is not counted."""
    SpecRevision.objects.filter(pk=live.pk).update(text=AS_READ + "no_longer: known\n")
    kept.forget()
    samples_create(live.spec, ana, 1)
    run_samples(live.spec, MENDED, ana)
    assert MatrixRun.objects.get().state == "DONE"
    learned = publication_report(saved(MENDED)).learned
    assert (learned.samples, learned.later) == (0, 1)


def test_a_field_that_has_another_type_now_was_not_read_wrong(mended):
    as_text = saved(MENDED.replace("{type: integer, from: Odometer}", "Odometer"))
    learned = publication_report(as_text).learned
    assert (learned.samples, learned.values) == (25, 225)


def test_another_sample_makes_another_calibration_only_with_another_publication(mended, ana, peter):
    publish(mended, peter)
    before = Publication.objects.first().calibration
    samples_create(mended.spec, ana, 1)
    run_samples(mended.spec, RETITLED, ana)
    publish(mended, peter)
    assert Publication.objects.first().calibration == before, "live already: nothing happens"

    publish(saved(RETITLED), peter)

    learned = mapping_specs.Calibration.from_dict(Publication.objects.first().calibration)
    assert learned.samples == 26
    assert learned.of(64.0) < 45.0, "the first 25 count as the first revision read them, whatever has gone live since"


def test_runs_stay_as_the_evidence_says(mended, came_later, ana, peter):
    """Else a calibration would be learned from a calibrated confidence. Previews and runs share what they have read."""

    def outcomes() -> dict:
        return dict(SampleRun.objects.filter(text_sha256=RETITLED_SHA256).values_list("sample_id", "outcome"))

    run_samples(mended.spec, RETITLED, ana)
    before = outcomes()
    shown = previewed(signed_in(ana), mended.spec, came_later[0], RETITLED)
    publish(saved(RETITLED), peter)
    SampleRun.objects.filter(text_sha256=RETITLED_SHA256).delete()

    run_samples(mended.spec, RETITLED, ana)

    assert shown["calibration"]
    assert outcomes() == before
    assert len(before) == 25


# --- which publication has which -------------------------------------------------------------------------------------


def test_publishing_another_doc_type_keeps_it(mended, peter):
    publish(mended, peter)
    mine = Publication.objects.first().calibration
    Sample.objects.all().delete()

    bundle = services.revisions_publish(revisions=[saved(IDENTITY)], user=peter)

    assert specs_in(bundle).spec(DOC_TYPE)[0].calibration.to_dict() == mine
    assert specs_in(bundle).spec("national_id")[0].calibration is None


def test_a_rollback_has_the_one_it_was_live_with(mended, live, peter, ana):
    first = publish(mended, peter)
    mine = Publication.objects.first().calibration
    third = saved(RETITLED)
    run_samples(third.spec, third.text, ana)
    Sample.objects.last().delete()
    publish(third, peter)
    assert Publication.objects.first().calibration["samples"] == 24

    bundle = publish(mended, peter)

    assert Publication.objects.first().kind == "ROLLBACK"
    assert Publication.objects.first().calibration == mine
    assert bundle == first, "the same text with the same calibration is the same bundle"


def test_the_same_text_and_samples_give_the_same_bundle(mended, live, peter):
    first = publish(mended, peter)
    publish(live, peter)
    assert publication_report(mended).kind == "PUBLISH"
    assert publish(mended, peter) == first


# --- what comes of it ------------------------------------------------------------------------------------------------


def test_a_job_s_result_has_the_calibrated_confidence(mended, peter, monkeypatch):
    bundle = publish(mended, peter)
    monkeypatch.setattr(store, "bundle", lambda name: storage.get(f"bundles/{name}.json.gz", max_bytes=10**8))
    envelope = {"request": {"api": "AnalyzeDocument", "features": ["FORMS"], "queries": {}}, "responses": [response(4)]}

    result = mapping.mapped(envelope, bundle.id, DOC_TYPE)

    view = mapping_specs.build_view(envelope)
    plain = mapping_specs.extract(view, mapping_specs.load_spec(MENDED))["confidenceScores"]
    calibration = mapping_specs.Calibration.from_dict(Publication.objects.first().calibration)
    assert result["fields"]["telephone"] == EXPECTED["telephone"]
    assert result["confidenceScores"]["telephone"] == calibration.of(plain["telephone"]) < plain["telephone"]
    assert result["evidence"]["telephone"]["uncalibrated"] == plain["telephone"]


def previewed(client, spec, sample, text):
    answer = post(client, spec, "preview", {"text": text, "sampleId": str(sample.pk)})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_preview_is_what_the_processor_would_make_were_it_published_now(mended, came_later, ana, peter):
    shown = previewed(signed_in(ana), mended.spec, came_later[4], MENDED)

    spec, _ = specs_in(publish(mended, peter)).spec(DOC_TYPE)
    assert shown["result"] == mapping_specs.extract(mapping_specs.build_view(response(4)), spec)
    assert shown["calibration"] == {"samples": 25, "values": 250}
    assert shown["result"]["evidence"]["telephone"]["uncalibrated"] > shown["result"]["confidenceScores"]["telephone"]


def test_a_preview_of_what_is_live_is_what_the_processor_makes(mended, came_later, live, ana):
    """It went live before any sample had come."""
    shown = previewed(signed_in(ana), live.spec, came_later[4], AS_READ)
    assert shown["calibration"] is None
    assert shown["result"] == mapping_specs.extract(
        mapping_specs.build_view(response(4)), mapping_specs.load_spec(AS_READ)
    )


def test_a_preview_of_what_was_live_is_what_a_rollback_brings_back(mended, came_later, ana, peter):
    publish(mended, peter)
    went_live_with = Publication.objects.first().calibration
    samples_create(mended.spec, ana, 1)
    run_samples(mended.spec, RETITLED, ana)
    publish(saved(RETITLED), peter)

    asked = {"text": MENDED, "sampleId": str(came_later[0].pk), "revision": mended.number}
    shown = post(signed_in(ana), mended.spec, "preview", asked).json()

    assert shown["calibration"]["samples"] == went_live_with["samples"] == 25
    assert previewed(signed_in(ana), mended.spec, came_later[0], MENDED)["calibration"]["samples"] == 26, "a draft"


def test_a_preview_learns_of_another_sample_and_of_another_expectation(mended, came_later, ana):
    def counted() -> dict[str, int]:
        return previewed(signed_in(ana), mended.spec, came_later[0], RETITLED)["calibration"]

    assert counted() == {"samples": 25, "values": 250}
    samples_create(mended.spec, ana, 1)
    run_samples(mended.spec, MENDED, ana)
    assert counted() == {"samples": 26, "values": 260}
    sample_expect(sample=came_later[0], user=ana, change={"unset": ["telephone"]})
    assert counted() == {"samples": 25, "values": 250}, "it has to run again"
    run_samples(mended.spec, MENDED, ana)
    assert counted() == {"samples": 26, "values": 259}


# --- runs are shown so too -------------------------------------------------------------------------------------------


def opened(client, spec, number: int) -> dict:
    """What the workbench starts from, of a revision that is looked at or edited."""
    page = client.get(reverse("admin:specs_workbench", args=[spec.pk]), {"revision": number})
    return page.context["state"]


def ran(client, spec, text, number: int | None = None) -> dict:
    """The matrix after `run all`."""
    asked = {"text": text, "revision": number}
    run_id = post(client, spec, "matrix", asked).json()["runId"]
    matrix_run(run_id=run_id)
    return client.get(url(spec, f"matrix/{run_id}"), {"revision": number} if number else {}).json()


def signs(fields) -> dict:
    return {name: (one["status"], one["confidence"], one.get("uncalibrated")) for name, one in fields.items()}


def signs_of_preview(shown) -> dict:
    result = shown["result"]
    return {
        name: (status, result["confidenceScores"].get(name), result["evidence"].get(name, {}).get("uncalibrated"))
        for name, status in result["fieldStatus"].items()
    }


def fields_by_id(samples) -> dict:
    return {sample["id"]: signs((sample.get("outcome") or sample)["fields"]) for sample in samples}


REVIEWED_BELOW_60 = MENDED.replace("{from: Chassis No,", "{review_below: 60, from: Chassis No,")


def test_every_sample_has_the_signs_it_has_when_it_is_opened(mended, came_later, ana):
    """64 % by the evidence is sure of a field that is taken from 60, and doubtful where four of five were wrong."""
    as_ana = signed_in(ana)

    matrix = ran(as_ana, mended.spec, REVIEWED_BELOW_60)
    chips = as_ana.get(url(mended.spec, "samples/"), {"textSha256": matrix["textSha256"]}).json()

    previews = {
        str(sample.pk): signs_of_preview(previewed(as_ana, mended.spec, sample, REVIEWED_BELOW_60))
        for sample in came_later
    }
    assert fields_by_id(matrix["samples"]) == fields_by_id(chips["samples"]) == previews
    assert chips["samplesOf"] == {
        "textSha256": text_sha256(REVIEWED_BELOW_60),
        "calibration": {"samples": 25, "values": 250},
    }
    status, confidence, uncalibrated = previews[str(came_later[0].pk)]["chassis_number"]
    assert (status, uncalibrated) == ("check", 64.0)
    assert confidence < 45.0
    stored = SampleRun.objects.get(sample=came_later[0], text_sha256=matrix["textSha256"]).outcome["fields"]
    assert (stored["chassis_number"]["status"], stored["chassis_number"]["confidence"]) == ("ok", 64.0)


def test_a_revision_that_is_looked_at_has_the_signs_of_its_preview(mended, came_later, live, ana, peter):
    """What is live, and what a rollback would bring back, keep what they went live with."""
    as_ana = signed_in(ana)
    publish(mended, peter)
    run_samples(mended.spec, RETITLED, ana)
    third = saved(RETITLED)
    Sample.objects.filter(pk=came_later[-1].pk).delete()
    publish(third, peter)

    for revision, learned_from in ((live, None), (mended, 25), (third, 24)):
        revision_run_samples(revision=revision)
        start = opened(as_ana, mended.spec, revision.number)
        matrix = ran(as_ana, mended.spec, revision.text, revision.number)

        asked = {"text": revision.text, "sampleId": str(came_later[0].pk), "revision": revision.number}
        shown = post(as_ana, mended.spec, "preview", asked).json()
        assert (shown["calibration"] or {}).get("samples") == learned_from
        assert start["samplesOf"]["calibration"] == shown["calibration"]
        assert fields_by_id(start["samples"])[asked["sampleId"]] == signs_of_preview(shown)
        assert fields_by_id(matrix["samples"]) == fields_by_id(start["samples"])


def test_runs_from_before_the_signs_followed_are_shown_as_they_are_until_they_run_again(mended, came_later, ana):
    as_ana = signed_in(ana)
    kept_before = {"outcome": "right", "status": "ok", "confidence": 64.0, "wanted": False}
    for run in SampleRun.objects.filter(text_sha256=mended.sha256):
        run.outcome = {"checked": True, "fields": {"telephone": kept_before}, "tables": {}, "cells": {}, "misses": []}
        run.save()

    before = opened(as_ana, mended.spec, mended.number)["samples"]
    matrix = ran(as_ana, mended.spec, MENDED)

    assert all(sample["outcome"]["fields"] == {"telephone": kept_before} for sample in before)
    [first, *_] = matrix["samples"]
    assert first["fields"]["telephone"]["status"] == "check"
    assert len(first["fields"]) == 10


def test_a_revision_to_look_at_is_named_by_its_number(mended, ana):
    asked = {"textSha256": mended.sha256, "revision": "two"}
    error_of(signed_in(ana).get(url(mended.spec, "samples/"), asked), 400, "INVALID_FIELDS")


# --- what is told ----------------------------------------------------------------------------------------------------


def test_the_page_says_what_it_is_learned_from(mended, peter):
    page = signed_in(peter).get(page_of(mended)).content.decode()
    assert "✓ calibrated from 250 values of 25 samples" in page


def test_the_page_says_why_there_is_none(live, ana, peter):
    samples_create(live.spec, ana, 3)
    run_samples(live.spec, MENDED, ana)
    page = signed_in(peter).get(page_of(saved(MENDED))).content.decode()
    assert "not calibrated: 3 of 20 samples, 30 of 200 values" in page
    assert "3 of 3 did" in page


def test_the_audit_keeps_it(mended, peter, ana):
    publish(mended, peter)
    newest, first = Publication.objects.all()
    audit = signed_in(peter)
    page = audit.get(reverse("admin:specs_publication_change", args=[newest.pk])).content.decode()
    assert "calibrated from 250 values of 25 samples" in page
    page = audit.get(reverse("admin:specs_publication_change", args=[first.pk])).content.decode()
    assert "not calibrated" in page


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_as_many_queries_for_many_samples_as_for_few(live, ana):
    as_ana = signed_in(ana)

    def queries() -> list[int]:
        run_samples(live.spec, MENDED, ana)
        sample = Sample.objects.first()
        counts = []
        for do in (
            lambda: calibrating.evidence_of(live.spec_id),
            lambda: previewed(as_ana, live.spec, sample, MENDED),
            lambda: previewed(as_ana, live.spec, sample, RETITLED),
        ):
            with CaptureQueriesContext(connection) as captured:
                do()
            counts.append(len(captured))
        return counts

    samples_create(live.spec, ana, 1)
    few = queries()
    samples_create(live.spec, ana, 24)
    assert queries() == few
    evidence, learning, typing = few
    assert evidence <= 4
    assert typing == learning - evidence, "the evidence is kept between two keystrokes"


def test_as_many_queries_to_show_two_hundred_fields_of_fifty_samples_as_of_one(live, ana):
    as_ana = signed_in(ana)

    def queries(fields: int) -> list[int]:
        text = MENDED + "".join(f"  extra_{number}: Extra label {number}\n" for number in range(fields))
        revision = saved(text)
        run_id = post(as_ana, live.spec, "matrix", {"text": text}).json()["runId"]
        matrix_run(run_id=run_id)
        counts = []
        for address in (f"matrix/{run_id}", f"samples/?textSha256={revision.sha256}", "workbench/"):
            kept.forget()
            with CaptureQueriesContext(connection) as captured:
                shown = as_ana.get(url(live.spec, address))
            assert shown.status_code == 200
            counts.append(len(captured))
        return counts

    samples_create(live.spec, ana, 1)
    few = queries(0)
    samples_create(live.spec, ana, 49)

    assert queries(200) == few
    assert max(few) <= 24
    state = opened(as_ana, live.spec, live.spec.revisions.first().number)
    assert state["samplesOf"]["calibration"] == {"samples": 50, "values": 500}
    assert {len(sample["outcome"]["fields"]) for sample in state["samples"]} == {210}

"""Samples: what may come in, what is kept of it, who may change it."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from backend.errors import Invalid
from backend.specs.models import Sample
from backend.specs.services.samples import sample_create
from backend.specs.studio.state import workbench_state
from tests.backend.acting import BUCKET
from tests.backend.studio import BAD, RESPONSE, error_of, post, sample_of, signed_in, upload, url


def stored_keys(cloud, sample):
    found = cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"dev/samples/{sample.pk}/")
    return [one["Key"] for one in found.get("Contents", [])]


def test_a_response_is_a_sample_at_once(cloud, certificate, as_ana, ana):
    answer = upload(as_ana, certificate, RESPONSE)
    sample = sample_of(answer)
    assert answer.json()["state"] == "DONE"
    assert (sample.page_count, sample.created_by, sample.document_key) == (1, ana, "")
    assert "Certificate No" in sample.printed["labels"]
    assert stored_keys(cloud, sample) == [f"dev/samples/{sample.pk}/response.json"]


NOT_TEXTRACT = json.dumps({"Documents": []}).encode()
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "data", "status", "reason"),
    [
        ("empty.pdf", b"", 400, "FILE_EMPTY"),
        ("letter.docx", b"PK\x03\x04 a word document", 415, "FILE_NOT_SUPPORTED"),
        ("other.json", NOT_TEXTRACT, 400, "RESPONSE_NOT_TEXTRACT"),
        ("half.json", b'{"Blocks": [', 400, "RESPONSE_NOT_JSON"),
        ("deep.json", b"[" * 100_000, 400, "RESPONSE_NOT_JSON"),
        ("empty.json", b'{"Blocks": []}', 400, "RESPONSE_EMPTY"),
        ("cut.png", PNG + b"\0\0\0", 400, "CORRUPT_DOCUMENT"),
        ("scan.pdf", PNG + b"\0\0\0", 400, "EXTENSION_MISMATCH"),
        ("corrupt.pdf", (BAD / "corrupt.pdf").read_bytes(), 400, "CORRUPT_DOCUMENT"),
        ("locked.pdf", (BAD / "encrypted.pdf").read_bytes(), 400, "ENCRYPTED_DOCUMENT"),
        ("long.pdf", (BAD / "pages_51.pdf").read_bytes(), 413, "TOO_MANY_PAGES"),
        ("big.pdf", b"%PDF-1.7" + b"\0" * (10 * 1024 * 1024), 413, "FILE_TOO_LARGE"),
    ],
)
def test_what_cannot_be_a_sample_is_refused_and_nothing_kept(cloud, certificate, as_ana, name, data, status, reason):
    before = cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix="dev/samples/").get("KeyCount")
    error_of(upload(as_ana, certificate, name=name, data=data), status, reason)
    assert not Sample.objects.exists()
    assert cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix="dev/samples/").get("KeyCount") == before


def test_an_image_of_too_many_pixels_is_refused(cloud, certificate, as_ana):
    out = io.BytesIO()
    Image.new("1", (20_000, 6_000)).save(out, "PNG")
    error_of(upload(as_ana, certificate, name="huge.png", data=out.getvalue()), 413, "IMAGE_TOO_LARGE")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bell\x07.json", "FILENAME_CHARACTERS"),
        ("a/b.json", "FILENAME_PATH"),
        ("a" * 300 + ".json", "FILENAME_TOO_LONG"),
    ],
)
def test_a_name_that_is_none_is_refused_wherever_it_comes_from(certificate, ana, name, reason):
    with pytest.raises(Invalid) as refused:
        sample_create(spec=certificate, user=ana, filename=name, data=RESPONSE.read_bytes())
    assert refused.value.reason == reason


def test_a_name_with_folders_loses_them(cloud, certificate, as_ana):
    boundary = "----boundary"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="../../etc/passwd.json"\r\n\r\n'
    body = head.encode() + RESPONSE.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    answer = as_ana.post(url(certificate, "samples/"), body, content_type=f"multipart/form-data; boundary={boundary}")
    sample = sample_of(answer)
    assert sample.name == "passwd.json"
    assert stored_keys(cloud, sample) == [f"dev/samples/{sample.pk}/response.json"]


def test_without_a_file_it_is_said(certificate, as_ana):
    error_of(as_ana.post(url(certificate, "samples/"), {}), 400, "FILE_MISSING")


def test_a_viewer_changes_no_sample(answered, certificate, as_victor):
    error_of(upload(as_victor, certificate, RESPONSE), 403, "SAMPLES_NOT_ALLOWED")
    error_of(as_victor.delete(url(certificate, f"samples/{answered.pk}")), 403, "SAMPLES_NOT_ALLOWED")
    change = {"set": {"odometer_km": 1}}
    error_of(post(as_victor, certificate, f"samples/{answered.pk}/expected", change, "put"), 403, "SAMPLES_NOT_ALLOWED")
    answered.refresh_from_db()
    assert answered.expected == {}


def test_an_agent_does_not_enter(certificate, alice):
    error_of(signed_in(alice).get(url(certificate, "samples/")), 403, "NOT_STAFF")


def test_an_expired_session_is_told_in_json(certificate, client):
    answer = client.post(url(certificate, "samples/"), headers={"accept": "application/json"})
    error_of(answer, 401, "SESSION_EXPIRED")


def test_expected_values_are_set_taken_back_and_replaced(answered, certificate, as_ana):
    at = f"samples/{answered.pk}/expected"
    post(as_ana, certificate, at, {"set": {"odometer_km": 128450, "owner_name": "Amina"}}, "put")
    answer = post(as_ana, certificate, at, {"unset": ["owner_name"], "set": {"engine_number": None}}, "put")
    assert answer.json()["expected"] == {"fields": {"odometer_km": 128450, "engine_number": None}, "tables": {}}
    answer = post(as_ana, certificate, at, {"fields": {"odometer_km": 2}, "tables": {"owners": [{"name": "A"}]}}, "put")
    assert answer.json()["expected"] == {"fields": {"odometer_km": 2}, "tables": {"owners": [{"name": "A"}]}}


@pytest.mark.parametrize(
    "change",
    [{}, {"fields": []}, {"tables": {"a": {"b": 1}}}, {"set": {"a": {"b": 1}}}, {"unset": "a"}, {"values": {}}],
)
def test_expected_values_of_another_shape_are_refused(answered, certificate, as_ana, change):
    error_of(post(as_ana, certificate, f"samples/{answered.pk}/expected", change, "put"), 400, "EXPECTED_SHAPE")


def test_deleting_takes_the_stored_objects_too(cloud, answered, certificate, as_ana):
    cloud.s3.put_object(Bucket=BUCKET, Key=f"results/{answered.pk}.json", Body=b"{}")
    assert as_ana.delete(url(certificate, f"samples/{answered.pk}")).status_code == 204
    assert not Sample.objects.exists()
    for prefix in (f"dev/samples/{answered.pk}/", f"results/{answered.pk}."):
        found = cloud.s3.list_object_versions(Bucket=BUCKET, Prefix=prefix)
        assert not found.get("Versions")
        assert not found.get("DeleteMarkers")


def test_a_sample_of_another_doc_type_is_not_there(answered, as_ana, db):
    from backend.specs.services import spec_ensure

    other = spec_ensure(doc_type="national_id")
    error_of(as_ana.get(url(other, f"samples/{answered.pk}")), 404, "NOT_FOUND")


def test_the_page_starts_from_the_newest_revision_and_the_samples(answered, certificate, ana, victor):
    state = workbench_state(ana, certificate)
    assert (state["revision"]["number"], state["liveNumber"]) == (1, None)
    [sample] = state["samples"]
    assert (sample["id"], sample["state"], sample["passedRevision"]) == (str(answered.pk), "DONE", None)
    assert state["permissions"]["edit"]
    assert not workbench_state(victor, certificate)["permissions"]["edit"]
    functions = {function["name"]: function["signature"] for function in state["language"]["functions"]}
    assert functions["round"] == "round(value: number, places: number)"
    json.dumps(state)

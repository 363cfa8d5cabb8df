"""From a document to a draft: proposals, completion, saving, and a docType that begins with a document."""

from __future__ import annotations

import json

import pytest

import mapping_specs
from backend.accounts.models import User
from backend.errors import DomainError
from backend.specs.models import MappingSpec, Sample
from backend.specs.services.samples import doc_type_create
from backend.specs.studio import kept
from backend.specs.studio.editing.names import name_from
from backend.specs.studio.proposing import guessed, propose
from tests.backend.studio import CERTIFICATE, RESPONSE, TUTORIAL, error_of, post, signed_in, upload, url


def proposed(client, spec, sample):
    answer = post(client, spec, "propose", {"sampleId": str(sample.pk)})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_proposal_finds_what_a_person_says_is_there(answered, certificate, as_ana):
    draft = proposed(as_ana, certificate, answered)
    assert mapping_specs.check_spec(draft["text"]) == []
    view = mapping_specs.build_view(json.loads(RESPONSE.read_text()))
    found = mapping_specs.extract(view, mapping_specs.load_spec(draft["text"]))["fields"]
    expected = json.loads((TUTORIAL / "inspection_certificate.expected.json").read_text())["fields"]
    values = {str(value).lower() for value in found.values()}
    hits = [name for name, value in expected.items() if str(value).lower() in values]
    assert len(hits) >= 0.8 * len(expected), (hits, found)
    by_label = {one["label"]: one for one in draft["evidence"] if "label" in one}
    assert (by_label["Inspected on"]["type"], by_label["Odometer (km)"]["type"]) == ("date", "integer")
    assert by_label["Certificate No"]["why"] == "a key with a value"
    spec = mapping_specs.load_spec(draft["text"]).resolved
    assert spec["fields"]["telephone"]["pii"]
    assert not spec["fields"]["odometer_km"]["pii"]
    assert {name: list(table["columns"]) for name, table in spec["tables"].items()} == {
        "measurements": ["item", "measured", "wanted", "remark"]
    }


def draft_of(response):
    sample = Sample(state="DONE")
    view = mapping_specs.build_view(response)
    kept.views.get(sample.pk, lambda: (view, 1))
    draft = propose(sample, skeleton="spec: 1\ndoc_type: a_form\n")
    spec = mapping_specs.load_spec(draft["text"])
    return draft, mapping_specs.extract(view, spec)["fields"]


def test_an_expense_is_read_by_its_types():
    def field(kind, value):
        return {"Type": {"Text": kind, "Confidence": 99}, "ValueDetection": {"Text": value, "Confidence": 98}}

    summary = [field("VENDOR_NAME", "Duka"), field("TOTAL", "KES 1,200.00"), field("OTHER", "x"), field("TOTAL", "2")]
    draft, fields = draft_of({"ExpenseDocuments": [{"SummaryFields": summary, "LineItemGroups": []}]})
    assert [one["name"] for one in draft["evidence"]] == ["vendor_name", "total"]
    assert "total: {type: money, from: {expense: TOTAL}}" in draft["text"]
    assert fields["vendor_name"] == "Duka"


def test_an_identity_document_is_personal():
    one = {"Type": {"Text": "FIRST_NAME"}, "ValueDetection": {"Text": "AMINA", "Confidence": 99}}
    draft, fields = draft_of({"IdentityDocuments": [{"DocumentIndex": 1, "IdentityDocumentFields": [one]}]})
    assert "first_name: {pii: true, from: {identity: FIRST_NAME}}" in draft["text"]
    assert fields == {"first_name": "AMINA"}


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (["Dear Sir", "Full Name: Jane W", "Seen on: 12/3/2020"], {"full_name": "Jane W", "seen_on": "2020-03-12"}),
        (["Just a letter (2)"], {"first_line": "Just a letter (2)"}),
    ],
)
def test_without_keys_printed_lines_are_taken(printed, expected):
    blocks = [{"BlockType": "PAGE", "Id": "p", "Page": 1}]
    for number, text in enumerate(printed):
        geometry = {"BoundingBox": {"Left": 0.1, "Top": 0.1 + number / 20, "Width": 0.5, "Height": 0.02}}
        blocks.append(
            {"BlockType": "LINE", "Id": f"l{number}", "Page": 1, "Text": text, "Confidence": 99, "Geometry": geometry}
        )
    assert draft_of({"Blocks": blocks})[1] == expected


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("12a. Surname", "surname"),
        ("Owner’s name", "owners_name"),
        ("№ 7", "no_7"),
        ("3", "field_3"),
        ("Ընդամենը", "field"),
        ("x" * 200, "x" * 60),
        ("7 " + "y" * 200, "y" * 60),
    ],
)
def test_names_come_from_what_is_printed(label, name):
    assert name_from(label) == name
    assert name_from(label, [name]) == f"{name}_2"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("12/03/2019", "date"),
        ("3 March 2019", "date"),
        ("2019-03-12", "date"),
        ("KES 120,000", "money"),
        ("1,250.00", "money"),
        ("128,450 km", "integer"),
        ("0722 123 456", "phone"),
        ("+254 733 118 204", "phone"),
        ("amina@example.co.ke", "email"),
        ("KCA 123A", "string"),
        ("12345678901", "string"),
        ("0123", "string"),
        ("", "string"),
    ],
)
def test_types_are_guessed_from_the_whole_value(value, kind):
    assert guessed(value) == kind


def test_a_viewer_is_proposed_nothing(answered, certificate, as_victor):
    error_of(post(as_victor, certificate, "propose", {"sampleId": str(answered.pk)}), 403, "NOT_ALLOWED")


def test_completion_counts_the_samples_that_have_a_label(answered, certificate, as_ana, as_victor):
    upload(as_ana, certificate, RESPONSE)
    offered = as_ana.get(url(certificate, "completions")).json()
    assert {"text": "Odometer (km)", "samples": 2} in offered["labels"]
    assert offered["fields"] == ["certificate_number", "odometer_km", "owner_name", "engine_number"]
    assert any(function["name"] == "round" for function in offered["functions"])
    assert as_victor.get(url(certificate, "completions")).json()["labels"] == []


def save(client, spec, text, base, **more):
    return post(client, spec, "save", {"text": text, "note": "tried", "baseNumber": base, **more})


def test_a_save_is_a_revision_and_one_that_changes_nothing_is_none(certificate, as_ana, ana):
    changed = CERTIFICATE.replace("Odometer", "Mileage")
    assert save(as_ana, certificate, changed, 1).json() == {
        "number": 2,
        "created": True,
        "problems": [],
        "sha256": certificate.revisions.get(number=2).sha256,
        "libraries": {},
    }
    assert save(as_ana, certificate, changed.replace("\n", "\r\n"), 2).json()["created"] is False
    revision = certificate.revisions.get(number=2)
    assert (revision.author, revision.note) == (ana, "tried")


def test_the_second_of_two_editors_is_told_before_anything_is_overwritten(certificate, as_ana, peter):
    hers, his = CERTIFICATE.replace("Odometer", "Mileage"), CERTIFICATE.replace("Odometer", "Odo")
    save(signed_in(peter), certificate, his, 1)
    details = error_of(save(as_ana, certificate, hers, 1), 409, "CHANGED_MEANWHILE")
    assert (details["newestNumber"], details["author"]) == (2, "peter")
    assert "Odo" in str(details["diff"])
    assert certificate.revisions.count() == 2
    assert save(as_ana, certificate, hers, 1, overwrite=True).json()["number"] == 3


def test_a_draft_with_problems_is_saved_with_them(certificate, as_ana):
    saved = save(as_ana, certificate, CERTIFICATE.replace("integer", "integr"), 1).json()
    assert saved["problems"][0]["line"] == 6


@pytest.mark.parametrize("base", [None, "1", True])
def test_a_save_says_what_it_started_from(certificate, as_ana, base):
    error_of(save(as_ana, certificate, CERTIFICATE, base), 400, "INVALID_FIELDS")


def test_a_viewer_saves_nothing(certificate, as_victor):
    error_of(save(as_victor, certificate, "spec: 1", 1), 403, "NOT_ALLOWED")
    assert certificate.revisions.count() == 1


def test_a_doc_type_begins_with_a_document(cloud, ana):
    made = {"doc_type": "road_licence", "title": "Road licence", "user": ana}
    spec, sample = doc_type_create(**made, filename="a.json", data=RESPONSE.read_bytes())
    assert (spec.title, sample.spec, sample.state) == ("Road licence", spec, "DONE")
    with pytest.raises(DomainError, match="already"):
        doc_type_create(**made, filename="a.json", data=RESPONSE.read_bytes())


@pytest.mark.parametrize(
    ("doc_type", "data", "reason"),
    [
        ("Road Licence", RESPONSE.read_bytes(), "INVALID_FIELDS"),
        ("road_licence", b"nothing that is known", "FILE_NOT_SUPPORTED"),
    ],
)
def test_where_the_document_is_refused_there_is_no_doc_type(cloud, ana: User, doc_type, data, reason):
    with pytest.raises(DomainError) as refused:
        doc_type_create(doc_type=doc_type, title="", user=ana, filename="a.json", data=data)
    assert refused.value.reason == reason
    assert not MappingSpec.objects.exists()
    assert not Sample.objects.exists()


def test_a_draft_of_a_new_doc_type_starts_from_nothing(cloud, ana, as_ana):
    spec, sample = doc_type_create(
        doc_type="road_licence", title="Licence: the road's", user=ana, filename="a.json", data=RESPONSE.read_bytes()
    )
    draft = proposed(as_ana, spec, sample)["text"]
    assert draft.startswith("spec: 1\ndoc_type: road_licence\ntitle: 'Licence: the road''s'\nfields:\n")
    assert save(as_ana, spec, draft, 0).json()["number"] == 1
    operation = {"kind": "newField", "label": "Make"}
    edited = post(as_ana, spec, "edit", {"text": "", "operation": operation}).json()
    assert edited["text"].endswith("fields:\n  make: Make\n")

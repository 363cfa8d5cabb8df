"""Editing a text by clicks: `edits.yaml` says what each operation changes, and that nothing else does."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
import yaml

import mapping_specs
from backend.errors import DomainError
from backend.specs.studio.editing import OPERATIONS, edit
from tests.backend.studio import CERTIFICATE, error_of, post

CASES = yaml.safe_load((Path(__file__).parent / "edits.yaml").read_text(encoding="utf-8"))
SKELETON = "spec: 1\ndoc_type: a_form\ntitle: A form\n"
SPECS = sorted((Path(__file__).parents[2] / "mapping_specs" / "specs").glob("*.yaml"))


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm="")
    return [line for line in lines if line[:2] not in ("--", "++", "@@")]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_edit_changes_what_it_says_and_nothing_else(case):
    if "error" in case:
        with pytest.raises(DomainError) as refused:
            edit(case["text"], case["operation"], skeleton=SKELETON)
        assert refused.value.reason == case["error"]
        assert refused.value.message
        return
    edited = edit(case["text"], case["operation"], skeleton=SKELETON)
    if "becomes" in case:
        assert edited.text == case["becomes"]
    else:
        assert changed_lines(case["text"], edited.text) == case["diff"]
    assert edited.field == case.get("field")
    if edited.field:
        assert edited.line
        assert edited.text.split("\n")[edited.line - 1].strip().startswith(f"{edited.field}:")


def test_every_operation_has_a_case():
    assert set(OPERATIONS) <= {case["operation"]["kind"] for case in CASES}


@pytest.mark.parametrize("path", SPECS, ids=[path.stem for path in SPECS])
def test_on_real_specs_only_the_field_changes(path):
    """Adding and taking away a label of every field that has one, one after the other, touches no other field."""
    text = path.read_text(encoding="utf-8")
    names = list(mapping_specs.load_spec(text).resolved["fields"])
    for name in names:
        edited = edit(text, {"kind": "addLabel", "field": name, "label": "A new label"}, skeleton="")
        before, after = mapping_specs.load_spec(text).resolved, mapping_specs.load_spec(edited.text).resolved
        assert {key: value for key, value in after["fields"].items() if key != name} == {
            key: value for key, value in before["fields"].items() if key != name
        }
        assert "A new label" in str(after["fields"][name]["sources"])
        changed = [line for line in changed_lines(text, edited.text) if not line.strip("+- ")]
        assert changed == []


def test_the_page_edits_through_the_api(certificate, as_ana):
    operation = {"kind": "addLabel", "field": "engine_number", "label": "Engine No"}
    answer = post(as_ana, certificate, "edit", {"text": CERTIFICATE, "operation": operation}).json()
    assert answer["field"] == "engine_number"
    assert answer["line"] == 8
    assert "{required: true, from: {key: [Engine Number, Engine No]}}" in answer["text"]


def test_an_edit_that_cannot_be_is_a_typed_error(certificate, as_ana):
    operation = {"kind": "addLabel", "field": "engine", "label": "Engine No"}
    details = error_of(
        post(as_ana, certificate, "edit", {"text": CERTIFICATE, "operation": operation}), 404, "FIELD_UNKNOWN"
    )
    assert "engine_number" in details["known"]


def test_a_viewer_edits_nothing(certificate, as_victor):
    operation = {"kind": "addLabel", "field": "engine_number", "label": "Engine No"}
    error_of(post(as_victor, certificate, "edit", {"text": CERTIFICATE, "operation": operation}), 403, "NOT_ALLOWED")


def test_the_form_shows_every_field_and_says_what_it_cannot_edit(certificate, as_ana):
    text = (
        CERTIFICATE
        + "  seen: {from: [{line: '^Seen (?P<value>.+)$'}, {key: Seen}]}\n"
        + ("tables:\n  owners: {where: {headers: [Name]}, columns: {name: {header: [Name, Owner], pii: true}}}\n")
    )
    form = post(as_ana, certificate, "form", {"text": text}).json()
    rows = {row["name"]: row for row in form["fields"]}
    assert list(rows) == ["certificate_number", "odometer_km", "owner_name", "engine_number", "seen"]
    assert rows["certificate_number"] == {
        "name": "certificate_number", "title": "Certificate number", "type": "string", "labels": ["Certificate No"],
        "required": False, "pii": False, "reviewBelow": 80.0, "sourceKinds": ["key"], "editable": True, "line": 5,
    }  # fmt: skip
    assert (rows["owner_name"]["pii"], rows["owner_name"]["labels"]) == (True, ["Name"])
    assert (rows["seen"]["editable"], rows["seen"]["sourceKinds"]) == (False, ["line", "key"])
    assert "YAML" in rows["seen"]["why"]
    [table] = form["tables"]
    assert table["columns"] == [
        {"name": "name", "type": "string", "headers": ["Name", "Owner"], "pii": True, "optional": False}
    ]


def test_the_form_of_a_text_with_problems_says_so(certificate, as_ana):
    form = post(as_ana, certificate, "form", {"text": CERTIFICATE.replace("integer", "integr")}).json()
    assert form["fields"] == []
    assert form["problems"][0]["line"] == 6

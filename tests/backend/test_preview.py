"""A draft over a sample: the result, why, what is not mapped, how it compares; and the sample's pages."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

import mapping_specs
from tests.backend.studio import CERTIFICATE, RESPONSE, error_of, post, sample_of, upload, url


def previewed(client, spec, sample, text=CERTIFICATE):
    answer = post(client, spec, "preview", {"text": text, "sampleId": str(sample.pk) if sample else None})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_it_is_what_the_processor_makes(answered, certificate, as_ana):
    shown = previewed(as_ana, certificate, answered)
    view = mapping_specs.build_view(json.loads(RESPONSE.read_text()))
    assert shown["result"] == mapping_specs.extract(view, mapping_specs.load_spec(CERTIFICATE))
    assert shown["problems"] == []
    assert shown["fieldLines"] == {"certificate_number": 5, "odometer_km": 6, "owner_name": 7, "engine_number": 8}


def test_it_says_why_in_camel_case(answered, certificate, as_ana):
    why = previewed(as_ana, certificate, answered)["explain"]
    [source] = why["odometer_km"]["sources"]
    assert (source["source"], source["position"], source["lookedFor"]) == ("key", 0, ["Odometer"])
    [candidate] = source["candidates"][:1]
    assert candidate["outcome"] == "taken"
    assert {"ocrConfidence", "box", "page"} <= set(candidate)
    assert why["engine_number"]["status"] == "missing"


def test_it_shows_what_no_field_took(answered, certificate, as_ana):
    unmapped = previewed(as_ana, certificate, answered)["unmapped"]
    keys = {pair["label"] for pair in unmapped["keyValues"]}
    assert "Telephone" in keys
    assert "Odometer" not in keys
    assert {"keyBox", "box"} <= set(unmapped["keyValues"][0])


def test_it_compares_with_what_is_expected(answered, certificate, as_ana):
    fields = {"odometer_km": 128450, "owner_name": "Somebody else", "engine_number": "2NZ-1"}
    post(as_ana, certificate, f"samples/{answered.pk}/expected", {"fields": fields}, "put")
    comparison = previewed(as_ana, certificate, answered)["comparison"]
    outcomes = {name: found["outcome"] for name, found in comparison.items()}
    assert outcomes == {"odometer_km": "right", "owner_name": "wrong", "engine_number": "missing"}
    assert comparison["owner_name"]["expected"] == "Somebody else"


def test_problems_come_at_their_line_with_a_suggestion(answered, certificate, as_ana):
    shown = previewed(as_ana, certificate, answered, CERTIFICATE.replace("required", "requierd"))
    [problem] = shown["problems"]
    assert (problem["line"], problem["suggestion"], problem["severity"]) == (8, "required", "error")
    assert shown["result"] is None
    assert shown["fieldLines"]["engine_number"] == 8


def test_without_a_sample_it_checks_and_counts_the_cost(certificate, as_ana):
    shown = previewed(as_ana, certificate, None)
    assert shown["result"] is None
    assert (shown["cost"]["perPageUsd"], shown["cost"]["features"]) == (0.05, ["FORMS"])


def test_what_textract_was_not_asked_for_is_not_called_missing(cloud, certificate, as_ana):
    parts = json.loads(RESPONSE.read_text())
    parts = parts.get("responses", parts) if isinstance(parts, dict) else parts
    request = {"api": "AnalyzeDocument", "features": ["TABLES"], "queries": {}}
    stored = {"request": request, "responses": parts if isinstance(parts, list) else [parts]}
    sample = sample_of(upload(as_ana, certificate, name="tables.json", data=json.dumps(stored).encode()))
    text = CERTIFICATE + "  plate: {from: {query: plate}}\ntextract: {queries: {plate: 'What is the plate?'}}\n"
    shown = previewed(as_ana, certificate, sample, text)
    assert shown["needsTextract"] == ["FORMS", "QUERIES: plate"]
    assert shown["result"]["fieldStatus"]["plate"] == "needsTextract"
    assert shown["explain"]["plate"]["status"] == "needsTextract"


def test_a_text_of_five_megabytes_is_too_large(certificate, as_ana):
    error_of(post(as_ana, certificate, "preview", {"text": "# \n" * 1_700_000}), 413, "REQUEST_TOO_LARGE")


@pytest.mark.parametrize("body", ["[]", "{", '{"text": 1}', '{"text": "a", "sampleId": "b"}'])
def test_a_request_of_another_shape_is_refused(certificate, as_ana, body):
    answer = post(as_ana, certificate, "preview", body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "VALIDATION"


def test_a_page_gives_what_can_be_pointed_at(answered, certificate, as_ana):
    page = as_ana.get(url(certificate, f"samples/{answered.pk}/pages/1.json")).json()
    assert (page["number"], page["width"]) == (1, 1200)
    assert page["height"] > page["width"]
    assert "128,450" in {pair.get("value", "").removesuffix(" km") for pair in page["keyValues"]}
    assert all({"left", "top", "width", "height"} == set(line["box"]) for line in page["lines"])
    [table] = page["tables"][:1]
    first = table["rows"][0]["cells"][0]
    assert set(first) == {"text", "selected", "box", "column", "header"}


def test_a_response_without_a_document_is_drawn(answered, certificate, as_ana):
    answer = as_ana.get(url(certificate, f"samples/{answered.pk}/pages/1.png?width=600"))
    image = Image.open(io.BytesIO(answer.content))
    page = as_ana.get(url(certificate, f"samples/{answered.pk}/pages/1.json")).json()
    assert image.width == 600
    assert abs(image.height - 600 * page["height"] / page["width"]) <= 1
    # Something dark is drawn where a line is printed, and nothing where none is.
    box = page["lines"][0]["box"]
    left, top = box["left"] * image.width, box["top"] * image.height
    right, bottom = left + box["width"] * image.width, top + box["height"] * image.height
    assert min(image.convert("L").crop((int(left), int(top), int(right) + 1, int(bottom) + 1)).getextrema()) < 128


def test_a_page_that_is_not_there_is_said(answered, certificate, as_ana):
    for tail in ("pages/2.json", "pages/2.png"):
        error_of(as_ana.get(url(certificate, f"samples/{answered.pk}/{tail}")), 404, "PAGE_NOT_FOUND")


def test_hints_come_beside_problems_and_keep_nothing(answered, certificate, as_ana):
    text = CERTIFICATE + "  plate: {from: {line: 'Reg. Mark (\\w+)'}}\n"
    shown = previewed(as_ana, certificate, answered, text)
    [hint] = shown["hints"]
    assert (hint["code"], hint["line"], hint["severity"]) == ("PATTERN_VALUE", 9, "hint")
    assert shown["problems"] == []
    assert shown["result"]["fieldStatus"].keys() == shown["fieldLines"].keys()

"""victor may not see personal values: not in the result, nor why, nor on the page, whoever says what is personal."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

import mapping_specs
from backend.specs.models import MappingSpec
from backend.specs.services import spec_ensure, spec_save
from backend.specs.studio import kept
from backend.specs.studio.hiding import hidden_of
from tests.backend.studio import CERTIFICATE, RESPONSE, error_of, post, sample_of, upload, url

SECRET = ("amina", "oduya", "733")
TEXT = (
    CERTIFICATE
    + """\
  owner_phone: {pii: true, type: phone, from: Telephone}
  greeting: {from: {computed: "upper(fields.owner_name)"}}
  telephone_again: Telephone
  wrong_type: {pii: true, type: date, from: {key: Telephone}}
"""
)


@pytest.fixture
def sample(answered, certificate, as_ana):
    spec_save(spec=certificate, text=TEXT, author=None)
    fields = {"owner_name": "Amina Hassan Oduya", "odometer_km": 128450}
    post(as_ana, certificate, f"samples/{answered.pk}/expected", {"fields": fields}, "put")
    return answered


def previewed(client, spec, sample, text=TEXT):
    return post(client, spec, "preview", {"text": text, "sampleId": str(sample.pk)})


def leaks(answer) -> list[str]:
    shown = answer.json()
    # The text is the spec's, and so are its words.
    return [secret for secret in SECRET if secret in json.dumps(shown).lower()]


def test_the_one_who_may_sees_everything(sample, certificate, as_ana):
    answer = previewed(as_ana, certificate, sample)
    assert leaks(answer) == list(SECRET)


def test_the_preview_shows_that_there_is_a_value_and_not_which(sample, certificate, as_victor):
    answer = previewed(as_victor, certificate, sample)
    assert leaks(answer) == []
    shown = answer.json()
    assert shown["result"]["fields"]["owner_name"] == "•••"
    assert shown["result"]["fields"]["odometer_km"] == 128450
    assert shown["comparison"]["owner_name"]["expected"] == "•••"
    assert shown["comparison"]["odometer_km"]["expected"] == 128450
    assert shown["explain"]["owner_name"]["sources"][0]["candidates"][0]["raw"] == "•••"
    assert "box" in shown["result"]["evidence"]["owner_name"], "where it stood is no secret"


def test_another_name_for_the_same_place_does_not_help(sample, certificate, as_victor):
    fields = previewed(as_victor, certificate, sample).json()["result"]["fields"]
    assert (fields["telephone_again"], fields["greeting"]) == ("•••", "•••")


def test_a_text_of_ones_own_is_not_previewed(sample, certificate, as_victor):
    own = CERTIFICATE.replace("pii: true, ", "").replace("owner_name", "nobody")
    error_of(previewed(as_victor, certificate, sample, own), 403, "PII_NOT_ALLOWED")


def test_what_an_older_live_revision_calls_personal_stays_so(sample, certificate, as_victor):
    live = certificate.revisions.get(number=2)
    MappingSpec.objects.update(live_revision=live)
    open_text = TEXT.replace("pii: true, ", "")
    spec_save(spec=certificate, text=open_text, author=None)
    answer = previewed(as_victor, certificate, sample, open_text)
    assert answer.status_code == 200
    assert leaks(answer) == []


def test_a_page_tells_where_and_not_what(sample, certificate, as_victor, as_ana):
    at = url(certificate, f"samples/{sample.pk}/pages/1.json")
    assert leaks(as_ana.get(at)) == list(SECRET)
    answer = as_victor.get(at)
    assert leaks(answer) == []
    page = answer.json()
    pair = next(pair for pair in page["keyValues"] if pair["label"] == "Name")
    assert pair["value"] == "•••"
    assert any("Odometer" in line["text"] for line in page["lines"])
    assert len(page["lines"]) == len(as_ana.get(at).json()["lines"])


def test_the_page_s_image_is_black_there(sample, certificate, as_victor, as_ana):
    at = url(certificate, f"samples/{sample.pk}/pages/1.png?width=800")
    page = as_ana.get(url(certificate, f"samples/{sample.pk}/pages/1.json")).json()
    box = next(pair["box"] for pair in page["keyValues"] if pair["label"] == "Name")
    lightest = {}
    for name, client in (("ana", as_ana), ("victor", as_victor)):
        image = Image.open(io.BytesIO(client.get(at).content)).convert("L")
        left, top = int(box["left"] * image.width), int(box["top"] * image.height)
        right, bottom = left + int(box["width"] * image.width), top + int(box["height"] * image.height)
        lightest[name] = image.crop((left, top, right, bottom)).getextrema()[1]
    assert lightest == {"ana": 255, "victor": 0}


def test_a_browser_s_copy_of_the_image_is_not_shown_to_another(sample, certificate, as_victor, as_ana):
    at = url(certificate, f"samples/{sample.pk}/pages/1.png?width=300")
    seen = as_ana.get(at)["ETag"]
    assert as_ana.get(at, headers={"if-none-match": seen}).status_code == 304
    assert as_victor.get(at, headers={"if-none-match": seen}).status_code == 200


def test_expected_values_are_masked(sample, certificate, as_victor):
    shown = as_victor.get(url(certificate, f"samples/{sample.pk}/expected")).json()["expected"]
    assert shown["fields"] == {"owner_name": "•••", "odometer_km": 128450}


def test_columns_are_personal_too(sample, certificate):
    view = kept.view_of(sample)
    where = "where: {headers: [Item, Measured]}"
    text = CERTIFICATE + f"tables: {{parts: {{{where}, columns: {{one: {{header: Item, pii: true}}, two: Remark}}}}}}\n"
    hidden = hidden_of(certificate, sample, text=text)
    rows = mapping_specs.extract(view, mapping_specs.load_spec(text))["tables"]["parts"]
    assert rows
    assert {str(row["one"]) for row in rows if row.get("one")} <= hidden.texts
    assert ("parts", "one") in hidden.personal.columns
    assert "Good" in {row["two"] for row in rows}
    assert "Good" not in hidden.texts


def test_where_no_spec_says_what_is_personal_nothing_is_shown(cloud, as_ana, as_victor):
    spec = spec_ensure(doc_type="unknown_form")
    sample = sample_of(upload(as_ana, spec, RESPONSE))
    for tail in ("pages/1.json", "pages/1.png", "expected"):
        error_of(as_victor.get(url(spec, f"samples/{sample.pk}/{tail}")), 403, "PII_NOT_ALLOWED")
        assert as_ana.get(url(spec, f"samples/{sample.pk}/{tail}")).status_code == 200

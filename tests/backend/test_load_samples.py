"""`load_samples`: a folder of documents, and what is expected of them, as samples."""

from __future__ import annotations

import json
import shutil

import pytest
from django.core.management import CommandError, call_command

from backend.specs.models import Sample
from tests.backend.studio import RESPONSE

EXPECTED = {"docType": "any", "fields": {"certificate_number": "IC-1"}, "tables": {}}


@pytest.fixture
def document(tmp_path, certificate):
    """A document in the folder of its docType."""
    folder = tmp_path / certificate.doc_type
    folder.mkdir()
    return shutil.copy(RESPONSE, folder / "printed.response.json")


def load(*files):
    call_command("load_samples", *map(str, files), username="ana")


def test_a_document_becomes_a_sample_with_what_is_expected_of_it(cloud, ana, certificate, document):
    document.with_name("printed.expected.json").write_text(json.dumps(EXPECTED))

    load(document)

    sample = Sample.objects.get()
    assert (sample.spec, sample.created_by, sample.state) == (certificate, ana, "DONE")
    assert sample.expected == {"fields": {"certificate_number": "IC-1"}, "tables": {}}


def test_loaded_again_it_is_the_same_sample_with_what_is_expected_now(cloud, ana, document):
    load(document)
    document.with_name("printed.expected.json").write_text(json.dumps({"fields": {"certificate_number": "IC-2"}}))

    load(document)

    assert Sample.objects.get().expected["fields"] == {"certificate_number": "IC-2"}


def test_what_cannot_be_one_is_named(cloud, ana, certificate, document, tmp_path):
    lost = tmp_path / "no_such_type" / "printed.pdf"
    lost.parent.mkdir()
    lost.write_bytes(b"")
    empty, unclear = document.with_name("empty.pdf"), document.with_name("printed.expected.json")
    empty.write_bytes(b"")

    with pytest.raises(CommandError, match="there is no docType no_such_type"):
        load(lost)
    with pytest.raises(CommandError, match=r"empty\.pdf: .*empty"):
        load(empty)
    with pytest.raises(CommandError, match=r"nowhere\.pdf cannot be read"):
        load(document.with_name("nowhere.pdf"))
    unclear.write_text("[]")
    with pytest.raises(CommandError, match=r"printed\.expected\.json is not"):
        load(document)
    assert not Sample.objects.exists()
    with pytest.raises(CommandError, match="There is no user nobody"):
        call_command("load_samples", str(document), username="nobody")

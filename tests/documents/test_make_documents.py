"""The committed fixtures are what their script draws, and fit for what they are used for."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PdfReadError

from fixtures import make_documents
from fixtures.drawing.camera import Shot, photograph
from fixtures.drawing.layouts import national_id
from infra.local.textract.analysis import analyze
from infra.local.textract.read import FEATURES

ROOT = Path(__file__).parents[2] / "fixtures"
MEGABYTE = 1_000_000


def test_the_committed_files_are_what_the_script_makes() -> None:
    assert make_documents.differences() == []


def test_the_tutorial_s_response_is_what_the_local_textract_answers() -> None:
    document = (ROOT / "tutorial" / "inspection_certificate.pdf").read_bytes()

    answer = analyze(document, features=FEATURES)

    assert answer == json.loads((ROOT / "tutorial" / "inspection_certificate.response.json").read_text())


def test_a_changed_a_missing_and_a_stray_file_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HERE", "DOCUMENTS", "BAD"):
        folder = {"HERE": tmp_path, "DOCUMENTS": tmp_path / "documents", "BAD": tmp_path / "documents_bad"}[name]
        monkeypatch.setattr(make_documents, name, folder)
    made = [(tmp_path / "documents" / "a" / f"{name}.pdf", b"%PDF") for name in ("same", "changed", "missing")]
    monkeypatch.setattr(make_documents, "made_files", lambda: iter(made))
    (tmp_path / "documents" / "a").mkdir(parents=True)
    made[0][0].write_bytes(b"%PDF")
    made[1][0].write_bytes(b"%PDF-")
    (tmp_path / "documents" / "stray.pdf").write_bytes(b"")

    assert make_documents.differences() == [
        "documents/a/changed.pdf: differs from what the script makes",
        "documents/a/missing.pdf: missing",
        "documents/stray.pdf: nothing makes it",
    ]


def test_another_photograph_is_not_near() -> None:
    data = yaml.safe_load((ROOT / "data" / "national_id.yaml").read_text())["photograph.jpg"]
    pdf = national_id.front(data["fields"], {})
    one, other = BytesIO(), BytesIO()
    photograph(pdf, Shot(turn_degrees=2.0, seed=1)).save(one, "PNG")
    photograph(pdf, Shot(turn_degrees=2.5, seed=1)).save(other, "PNG")

    assert make_documents._near(one.getvalue(), one.getvalue())
    assert not make_documents._near(one.getvalue(), other.getvalue())


def test_photographs_are_small_enough_to_keep_and_large_enough_to_read() -> None:
    photographs = [path for path in (ROOT / "documents").glob("*/*") if path.suffix in {".jpg", ".png"}]

    assert len(photographs) == 6
    for path in photographs:
        assert path.stat().st_size < MEGABYTE
        assert max(Image.open(path).size) == 1600


def test_the_claim_forms_have_three_pages() -> None:
    for path in (ROOT / "documents" / "motor_claim_form").glob("*.pdf"):
        assert len(PdfReader(path).pages) == 3


def test_the_bad_documents_are_bad_each_in_its_way() -> None:
    bad = ROOT / "documents_bad"

    with pytest.raises(PdfReadError):
        PdfReader(bad / "corrupt.pdf", strict=True)
    assert PdfReader(bad / "encrypted.pdf").is_encrypted
    assert len(PdfReader(bad / "pages_51.pdf").pages) == 51
    assert (bad / "png_named.pdf").read_bytes().startswith(b"\x89PNG")
    assert (bad / "iphone.heic").read_bytes()[4:12] == b"ftypheic"
    assert b"%PDF" not in (bad / "text.pdf").read_bytes()

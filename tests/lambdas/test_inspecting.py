"""What uploaded bytes are found to be: a kind and its pages, or a failure that an agent understands."""

from __future__ import annotations

import io
import logging
import random
from collections.abc import Iterator

import pytest
from PIL import Image
from pypdf import PdfWriter

from lambdas.failures import Permanent
from lambdas.inspecting import Inspected, inspect
from tests.lambdas.conftest import CLAIM, DOCUMENTS, ROOT

ENCRYPTED = (ROOT / "fixtures" / "documents_bad" / "encrypted.pdf").read_bytes()
PDF, TIFF = "application/pdf", "image/tiff"


def tiff(pages: int, **options: str) -> bytes:
    drawn = [Image.new("RGB", (40, 30), (number, 90, 90)) for number in range(pages)]
    buffer = io.BytesIO()
    drawn[0].save(buffer, "TIFF", save_all=True, append_images=drawn[1:], **options)
    return buffer.getvalue()


def encrypted(algorithm: str) -> bytes:
    writer, buffer = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt("agent-secret", algorithm=algorithm)
    writer.write(buffer)
    return buffer.getvalue()


def refused(document: bytes, mime_type: str = PDF, *, max_pages: int = 50) -> tuple[str, str]:
    with pytest.raises(Permanent) as failure:
        inspect(document, declared=mime_type, max_pages=max_pages)
    assert len(failure.value.message.split()) > 4
    return failure.value.code, failure.value.reason


@pytest.mark.parametrize(
    ("document", "mime_type", "pages"),
    [
        (CLAIM.read_bytes(), PDF, 3),
        ((DOCUMENTS / "national_id" / "photograph.jpg").read_bytes(), "image/jpeg", 1),
        ((DOCUMENTS / "valuation_report" / "photograph.png").read_bytes(), "image/png", 1),
        (tiff(1), TIFF, 1),
        (tiff(3), TIFF, 3),
    ],
    ids=["pdf", "jpeg", "png", "tiff", "tiff of three pages"],
)
def test_what_can_be_read(document: bytes, mime_type: str, pages: int) -> None:
    assert inspect(document, declared=mime_type, max_pages=50) == Inspected(mime_type, pages)


def test_a_tiff_of_the_other_byte_order() -> None:
    big_endian = b"MM\x00*" + b"\x00\x00\x00\x08" + b"\x00\x00" + b"\x00\x00\x00\x00"

    assert inspect(big_endian, declared=TIFF, max_pages=50).pages == 1


def test_the_limit_of_pages_holds_for_every_kind() -> None:
    assert refused(tiff(3), TIFF, max_pages=2) == ("LIMIT", "TOO_MANY_PAGES")
    assert refused(CLAIM.read_bytes(), max_pages=2) == ("LIMIT", "TOO_MANY_PAGES")
    assert inspect(tiff(3), declared=TIFF, max_pages=3).pages == 3


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"II*\x00\x00\x00\x00\x00", "NO_PAGES"),
        (b"II*\x00", "CORRUPT_DOCUMENT"),
        (b"II*\x00\xff\xff\xff\xff", "CORRUPT_DOCUMENT"),
        (b"II*\x00\x08\x00\x00\x00" + b"\x00\x00" + b"\x08\x00\x00\x00", "CORRUPT_DOCUMENT"),
    ],
    ids=["without pages", "cut short", "beyond its end", "in a circle"],
)
def test_a_damaged_tiff(document: bytes, reason: str) -> None:
    assert refused(document, TIFF) == ("VALIDATION", reason)


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_with_a_password(algorithm: str) -> None:
    assert refused(encrypted(algorithm)) == ("VALIDATION", "ENCRYPTED_DOCUMENT")


@pytest.mark.parametrize(
    ("was", "becomes"), [(b"/Standard", b"/Adobe.PubSec"), (b"/V 1", b"/V 9")], ids=["for certificates", "unheard of"]
)
def test_a_pdf_encrypted_in_another_way(was: bytes, becomes: bytes) -> None:
    assert was in ENCRYPTED
    assert refused(ENCRYPTED.replace(was, becomes)) == ("VALIDATION", "ENCRYPTED_DOCUMENT")


def damaged(count: int) -> Iterator[bytes]:
    """The same every time: bytes changed, cut out and doubled, numbers of the trailer made absurd."""
    dice = random.Random(7)
    for _ in range(count):
        document = bytearray(dice.choice([CLAIM.read_bytes(), ENCRYPTED]))
        for _ in range(dice.choice([1, 3, 30, 300])):
            place = dice.randrange(9, len(document) - 250)
            change = dice.choice(["byte", "cut", "double", "number"])
            if change == "byte":
                document[place] = dice.randrange(256)
            elif change == "cut" and len(document) > 1000:
                del document[place : place + dice.randrange(1, 200)]
            elif change == "double":
                document[place:place] = document[place : place + 50]
            else:
                document[place : place + 20] = str(dice.choice([-1, 0, 9**9, 10**19])).encode().ljust(20)
        yield bytes(document)


def test_no_damage_is_unforeseen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ends = {"readable": 0}
    for document in damaged(400):
        try:
            inspect(document, declared=PDF, max_pages=50)
            ends["readable"] += 1
        except Permanent as failure:
            ends[failure.reason] = ends.get(failure.reason, 0) + 1

    assert {"readable", "CORRUPT_DOCUMENT", "ENCRYPTED_DOCUMENT"} <= set(ends)
    assert caplog.records == [], "the parser's warnings quote the document"

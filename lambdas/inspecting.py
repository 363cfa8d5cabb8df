"""What the uploaded bytes really are: their kind, and how many pages."""

from __future__ import annotations

import io
import logging
import struct
from dataclasses import dataclass

from lambdas.failures import Permanent

NAMES = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF"}
MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
HEADER_BYTES = 1024
"""A PDF's header may come after some junk."""


@dataclass(frozen=True)
class Inspected:
    mime_type: str
    pages: int


def inspect(document: bytes, *, declared: str, max_pages: int) -> Inspected:
    """Permanent, with a message an agent understands, for what cannot be processed."""
    if not document:
        raise Permanent("VALIDATION", "FILE_EMPTY", "The file is empty. Take the photograph or scan again.")
    mime_type = _sniffed(document)
    if mime_type != declared:
        said = NAMES.get(declared, declared)
        message = f"The file is called a {said} but is not one. Send the original document."
        raise Permanent("VALIDATION", "TYPE_MISMATCH", message)
    pages = _pages(document, mime_type)
    if pages > max_pages:
        message = f"The document has {pages} pages and the limit is {max_pages}. Send it in parts."
        raise Permanent("LIMIT", "TOO_MANY_PAGES", message)
    return Inspected(mime_type, pages)


def _sniffed(document: bytes) -> str | None:
    if document[4:8] == b"ftyp" and document[8:12] in HEIC_BRANDS:
        message = "HEIC photographs cannot be read. Send the photograph as JPEG."
        raise Permanent("VALIDATION", "HEIC_NOT_SUPPORTED", message)
    if b"%PDF-" in document[:HEADER_BYTES]:
        return "application/pdf"
    return next((mime for magic, mime in MAGIC.items() if document.startswith(magic)), None)


def _pages(document: bytes, mime_type: str) -> int:
    """Permanent for a document without pages, or damaged beyond counting them."""
    count = {"application/pdf": _pdf_pages, "image/tiff": _tiff_pages}.get(mime_type, lambda _: 1)
    pages = count(document)
    if pages < 1:
        message = f"The {NAMES[mime_type]} has no pages. Send the document again."
        raise Permanent("VALIDATION", "NO_PAGES", message)
    return pages


def _pdf_pages(document: bytes) -> int:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    # Its warnings quote the document.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(document))
        if not reader.is_encrypted:
            return len(reader.pages)
    except (DependencyError, NotImplementedError) as error:
        # Of ciphers and security handlers that pypdf knows by name only: AES-256 here, certificates anywhere.
        if b"/Encrypt" not in document:
            raise _damaged("PDF") from error
    except Exception as error:  # damaged bytes make the parser raise nearly anything
        raise _damaged("PDF") from error
    message = "The PDF is protected by a password. Send a copy without a password."
    raise Permanent("VALIDATION", "ENCRYPTED_DOCUMENT", message)


def _tiff_pages(document: bytes) -> int:
    """As many as there are directories, each of which names the place of the next."""
    order = "<" if document.startswith(b"II") else ">"
    places: set[int] = set()
    try:
        (place,) = struct.unpack_from(f"{order}I", document, 4)
        while place:
            if place in places:
                raise _damaged("TIFF")
            places.add(place)
            (entries,) = struct.unpack_from(f"{order}H", document, place)
            (place,) = struct.unpack_from(f"{order}I", document, place + 2 + 12 * entries)
    except struct.error as error:
        raise _damaged("TIFF") from error
    return len(places)


def _damaged(name: str) -> Permanent:
    message = f"The {name} is damaged and cannot be opened. Send the document again."
    return Permanent("VALIDATION", "CORRUPT_DOCUMENT", message)

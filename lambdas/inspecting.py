"""What the uploaded bytes really are: their kind, and how many pages."""

from __future__ import annotations

import io
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
    pages = _pdf_pages(document) if mime_type == "application/pdf" else 1
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


def _pdf_pages(document: bytes) -> int:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(document))
        if reader.is_encrypted:
            message = "The PDF is protected by a password. Send a copy without a password."
            raise Permanent("VALIDATION", "ENCRYPTED_DOCUMENT", message)
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        message = "The PDF is damaged and cannot be opened. Send the document again."
        raise Permanent("VALIDATION", "CORRUPT_DOCUMENT", message) from error
    if pages < 1:
        raise Permanent("VALIDATION", "NO_PAGES", "The PDF has no pages. Send the document again.")
    return pages

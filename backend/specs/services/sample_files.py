"""What an uploaded sample really is: a document that can be read, or an answer of Textract."""

from __future__ import annotations

import io
from dataclasses import dataclass

import orjson
import pypdfium2
from django.conf import settings
from PIL import Image, UnidentifiedImageError

import mapping_specs
from backend import upload_policy
from backend.errors import Invalid, TooLarge, Unsupported

RESPONSE_MIME = "application/json"
MAX_PIXELS = 100_000_000
MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
PDF_HEADER_BYTES = 1024
"""A PDF's header may come after some junk."""


@dataclass(frozen=True)
class Inspected:
    name: str
    slug: str
    mime: str
    pages: int
    response: mapping_specs.View | None = None
    """Of an uploaded answer."""


def inspect(filename: str, data: bytes) -> Inspected:
    """A typed error for whatever cannot become a sample; nothing has been stored by then."""
    if not data:
        raise Invalid("FILE_EMPTY", "The file is empty.", field="file")
    mime = _sniffed(data)
    if mime == RESPONSE_MIME:
        return _response(filename, data)
    upload_policy.size_check(len(data))
    slug = upload_policy.filename_slug(filename, mime)
    pages = _pdf_pages(data) if mime == "application/pdf" else _image_check(data)
    if pages > settings.MAX_PAGES:
        message = f"The document has {pages} pages and the limit is {settings.MAX_PAGES}."
        raise TooLarge("TOO_MANY_PAGES", message, pages=pages)
    return Inspected(filename, slug, mime, pages)


def _sniffed(data: bytes) -> str:
    if b"%PDF-" in data[:PDF_HEADER_BYTES]:
        return "application/pdf"
    if data.lstrip()[:1] in (b"{", b"["):
        return RESPONSE_MIME
    for magic, mime in MAGIC.items():
        if data.startswith(magic):
            return mime
    message = "This is neither a PDF, PNG or JPEG nor a response of Textract (JSON)."
    raise Unsupported("FILE_NOT_SUPPORTED", message, field="file")


def _response(filename: str, data: bytes) -> Inspected:
    if len(data) > settings.MAX_RESULT_BYTES:
        message = f"The response is larger than {settings.MAX_RESULT_BYTES // 1024 // 1024} MB."
        raise TooLarge("FILE_TOO_LARGE", message, maxBytes=settings.MAX_RESULT_BYTES)
    upload_policy.name_check(filename)
    try:
        view = mapping_specs.build_view(orjson.loads(data))
    except orjson.JSONDecodeError as error:
        message = f"This is not JSON: line {error.lineno}, column {error.colno}."
        raise Invalid("RESPONSE_NOT_JSON", message, field="file") from None
    except mapping_specs.ResponseError as error:
        raise Invalid("RESPONSE_NOT_TEXTRACT", str(error), field="file") from None
    if not view.pages and not view.expenses and not view.identities:
        raise Invalid("RESPONSE_EMPTY", "The response holds no page.", field="file")
    return Inspected(filename, "response.json", RESPONSE_MIME, max(1, len(view.pages)), view)


def _pdf_pages(data: bytes) -> int:
    try:
        with pypdfium2.PdfDocument(data) as document:
            pages = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            message = "The PDF is protected by a password. Send a copy without a password."
            raise Invalid("ENCRYPTED_DOCUMENT", message, field="file") from None
        raise _corrupt() from None
    if pages < 1:
        raise Invalid("NO_PAGES", "The PDF has no pages.", field="file")
    return pages


def _image_check(data: bytes) -> int:
    """One page, if it can be opened and is not made to fill the memory."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise TooLarge("IMAGE_TOO_LARGE", "The image has too many pixels.", field="file")
            image.verify()
    except Image.DecompressionBombError:
        raise TooLarge("IMAGE_TOO_LARGE", "The image has too many pixels.", field="file") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise _corrupt() from None
    return 1


def _corrupt() -> Invalid:
    return Invalid("CORRUPT_DOCUMENT", "The document is damaged and cannot be opened.", field="file")

"""From a document's bytes to Textract's answer: recorded, from the text layer, or by OCR, whichever comes first."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

from infra.local.textract import photograph, text_layer
from infra.local.textract.blocks import PageBlocks
from infra.local.textract.errors import BadDocument, UnsupportedDocument
from infra.local.textract.form import understand
from infra.local.textract.sheet import Sheet

log = logging.getLogger("textract")

MODEL_VERSION = "1.0"
IMAGES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"II*\x00": "tiff", b"MM\x00*": "tiff"}


@dataclass(frozen=True)
class Kind:
    name: str
    """pdf, png, jpeg or tiff."""
    pages: int


def kind_of(document: bytes) -> Kind:
    """By the bytes. UnsupportedDocument for what Textract does not take, BadDocument for what cannot be read."""
    if document[:1024].lstrip().startswith(b"%PDF-"):
        return Kind("pdf", _pdf_pages(document))
    for magic, name in IMAGES.items():
        if document.startswith(magic):
            return Kind(name, photograph.page_count(document) if name == "tiff" else 1)
    raise UnsupportedDocument("Request has unsupported document format")


def _pdf_pages(document: bytes) -> int:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise BadDocument("The document is encrypted.") from error
        raise BadDocument("The document cannot be read.") from error
    try:
        return len(pdf)
    finally:
        pdf.close()


def sheets_of(document: bytes) -> tuple[list[Sheet], str]:
    """Every page, and what read them: `text layer`, `OCR`, or both."""
    kind = kind_of(document)
    if kind.name != "pdf":
        numbers = range(1, kind.pages + 1)
        return [photograph.sheet(photograph.image_of(document, number), number) for number in numbers], "OCR"
    sheets = text_layer.sheets(document)
    scanned = [sheet.number for sheet in sheets if not sheet.words]
    if not scanned:
        return sheets, "text layer"
    if not photograph.installed() and len(scanned) < len(sheets):
        return sheets, "text layer"  # blank pages among printed ones
    read = {number: photograph.sheet(photograph.page_image(document, number), number) for number in scanned}
    return [read.get(sheet.number, sheet) for sheet in sheets], "OCR" if len(scanned) == len(
        sheets
    ) else "text layer, OCR"


def analyze(document: bytes, *, features: list[str], queries: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The whole answer of AnalyzeDocument, all pages in it; without features that of DetectDocumentText.

    Raises the TextractErrors that Textract would answer with.
    """
    sheets, read_by = sheets_of(document)
    seed = hashlib.sha256(document).hexdigest()
    blocks = []
    for sheet in sheets:
        page = PageBlocks(sheet, understand(sheet), seed=seed)
        blocks += page.make(features, queries or [])
    log.info("answered", extra={"read_by": read_by, "pages": len(sheets), "blocks": len(blocks)})
    version = "AnalyzeDocumentModelVersion" if features else "DetectDocumentTextModelVersion"
    return {"DocumentMetadata": {"Pages": len(sheets)}, "Blocks": blocks, version: MODEL_VERSION}

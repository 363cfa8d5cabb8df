"""Which files may come in, judged by what the client says of them (the processor looks at the bytes)."""

from __future__ import annotations

import re
import unicodedata

from django.conf import settings

from backend.errors import Invalid, TooLarge

EXTENSIONS = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/tiff": ("tiff", "tif"),
}
HEIC_MIMES = {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}
HEIC_EXTENSIONS = {"heic", "heif", "hif"}
MAX_FILENAME_CHARACTERS = 255
MAX_SLUG_CHARACTERS = 80


def mime_check(mime: str) -> str:
    mime = mime.strip().lower()
    if mime in HEIC_MIMES:
        raise _heic()
    if mime not in EXTENSIONS:
        allowed = sorted(EXTENSIONS)
        raise Invalid("MIME_NOT_ALLOWED", "This kind of file cannot be read.", field="mimeType", allowed=allowed)
    return mime


def size_check(size_bytes: int) -> int:
    if size_bytes < 1:
        raise Invalid("FILE_EMPTY", "The file is empty.", field="sizeBytes")
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        message = f"The file is larger than {settings.MAX_UPLOAD_MB} MB."
        raise TooLarge("FILE_TOO_LARGE", message, field="sizeBytes", maxBytes=settings.MAX_UPLOAD_BYTES)
    return size_bytes


def filename_slug(filename: str, mime: str) -> str:
    """The name an object key may carry. Paths and control characters are refused, other characters give way."""
    filename = unicodedata.normalize("NFKC", filename).strip()
    name_check(filename)
    stem, _, extension = filename.rpartition(".")
    if extension.lower() in HEIC_EXTENSIONS:
        raise _heic()
    if not stem or extension.lower() not in EXTENSIONS[mime]:
        message = f"The file name must end in {' or '.join('.' + known for known in EXTENSIONS[mime])}."
        raise Invalid("EXTENSION_MISMATCH", message, field="filename")
    return f"{_slug(stem)}.{extension.lower()}"


def name_check(filename: str) -> None:
    if len(filename) > MAX_FILENAME_CHARACTERS:
        raise Invalid("FILENAME_TOO_LONG", "The file name is too long.", field="filename")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in filename):
        raise Invalid("FILENAME_CHARACTERS", "The file name holds invisible characters.", field="filename")
    if "/" in filename or "\\" in filename:
        raise Invalid("FILENAME_PATH", "Send the file's name without folders.", field="filename")


def _slug(stem: str) -> str:
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain)[:MAX_SLUG_CHARACTERS].strip("-") or "document"


def _heic() -> Invalid:
    message = (
        "HEIC photographs cannot be read. Send the photograph as JPEG (iPhone: Settings, Camera, Most Compatible)."
    )
    return Invalid("HEIC_NOT_SUPPORTED", message, field="mimeType")

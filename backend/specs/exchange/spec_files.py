"""Specs as YAML files, one by one or in a zip with the libraries they extend below its folder `library`."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import NamedTuple

from backend.errors import Invalid, TooLarge
from backend.specs.models import SpecRevision
from backend.specs.reading import libraries_of, text_normalize

MAX_FILE_BYTES = 1_000_000
"""What the language allows a text."""
MAX_ZIP_BYTES = 5_000_000
MAX_FILES = 200
MAX_UNPACKED_BYTES = 20_000_000
DOC_TYPE_LINE = re.compile(r"^doc_type:\s*[\"']?([a-z][a-z0-9_]{1,63})[\"']?\s*(?:#.*)?$", re.MULTILINE)
LIBRARY_FILE = re.compile(r"(?:^|/)library/(.+)\.ya?ml$", re.IGNORECASE)
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The same specs are the same bytes."""


class Texts(NamedTuple):
    specs: list[tuple[str, str]]
    """[(docType, text)]"""
    libraries: dict[str, str]
    """Texts by name."""


def zipped(revisions: Sequence[SpecRevision]) -> bytes:
    """The specs, and of each library they pin the newest revision that one of them does."""
    files = {f"{one.spec.doc_type}.yaml": one.text for one in revisions}
    files |= {f"library/{one.library.name}.yaml": one.text for one in libraries_of(revisions)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return out.getvalue()


def texts_in(name: str, data: bytes) -> Texts:
    """Of a YAML file, or of a zip of them. Raises `Invalid`, `TooLarge`."""
    ending = name.rpartition(".")[2].lower()
    if ending in ("yaml", "yml"):
        return Texts([_named(name, _sized(name, data))], {})
    if ending != "zip":
        raise Invalid("NOT_A_SPEC_FILE", "Specs come as .yaml, or as a .zip of .yaml files.")
    files = _unzipped(data)
    libraries = [(match[1], _text(entry, text)) for entry, text in files if (match := LIBRARY_FILE.search(entry))]
    specs = [_named(entry, text) for entry, text in files if not LIBRARY_FILE.search(entry)]
    _twice_check([doc_type for doc_type, _ in specs], "doc_type")
    _twice_check([library for library, _ in libraries], "name below `library`")
    return Texts(specs, dict(libraries))


def _twice_check(names: list[str], what: str) -> None:
    if len(set(names)) != len(names):
        raise Invalid("SPEC_TWICE", f"Two files of the zip have the same {what}.")


def _sized(name: str, data: bytes) -> bytes:
    if len(data) > MAX_FILE_BYTES:
        raise TooLarge("SPEC_TOO_LARGE", f"{_short(name)} is larger than {MAX_FILE_BYTES // 1000} kB.")
    return data


def _named(name: str, data: bytes) -> tuple[str, str]:
    """By the line that says the docType: a draft with problems can be brought in too."""
    text = _text(name, data)
    match = DOC_TYPE_LINE.search(text)
    if match is None:
        raise Invalid("NOT_A_SPEC_FILE", f"{_short(name)} has no line `doc_type: …`.")
    return match[1], text


def _text(name: str, data: bytes) -> str:
    try:
        return text_normalize(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid("NOT_A_SPEC_FILE", f"{_short(name)} is not text in UTF-8.") from None


def _unzipped(data: bytes) -> list[tuple[str, bytes]]:
    if len(data) > MAX_ZIP_BYTES:
        raise TooLarge("ZIP_TOO_LARGE", f"The zip is larger than {MAX_ZIP_BYTES // 10**6} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not _is_furniture(entry)]
            _entries_check(entries)
            # A part that unpacks to more than it says is cut there, and its checksum is then wrong.
            return [(entry.filename, archive.read(entry)) for entry in entries]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Invalid("NOT_A_ZIP", "The zip cannot be read: broken, encrypted, or not a zip.") from None


def _is_furniture(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what Macs add."""
    return entry.is_dir() or entry.filename.startswith("__MACOSX/") or entry.filename.endswith(".DS_Store")


def _entries_check(entries: list[zipfile.ZipInfo]) -> None:
    if not entries:
        raise Invalid("NOT_A_SPEC_FILE", "The zip has no .yaml file.")
    others = [entry.filename for entry in entries if not entry.filename.lower().endswith((".yaml", ".yml"))]
    if others:
        raise Invalid("NOT_A_SPEC_FILE", f"The zip has files that are no .yaml: {', '.join(map(_short, others[:5]))}.")
    too_many = len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES
    if too_many or any(entry.file_size > MAX_FILE_BYTES for entry in entries):
        raise TooLarge(
            "ZIP_TOO_LARGE",
            f"The zip unpacks to more than {MAX_FILES} files, {MAX_FILE_BYTES // 1000} kB a file or "
            f"{MAX_UNPACKED_BYTES // 10**6} MB in all.",
        )


def _short(name: str) -> str:
    return name.rpartition("/")[2][:80] or name[:80]

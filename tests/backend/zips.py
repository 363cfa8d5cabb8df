"""Zips as people upload them."""

from __future__ import annotations

import io
import zipfile


def zip_with(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()

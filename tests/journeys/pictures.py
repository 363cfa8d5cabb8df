"""The guide's pictures are taken by the tests: `KEEP_PICTURES=1` writes them to docs/images."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def keeping() -> bool:
    return bool(os.environ.get("KEEP_PICTURES"))


def keep(page: Any, name: str) -> None:
    if keeping():
        IMAGES.mkdir(exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png")

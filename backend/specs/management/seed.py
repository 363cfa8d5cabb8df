"""Where specs and libraries stand in a folder: as the command line reads them, and in the project's own seed."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from backend.specs.reading import shipped
from mapping_specs.engine.libraries import FOLDER, in_folder

SPECS: Path = settings.BASE_DIR / "mapping_specs" / "specs"


def library_folder(specs: Path) -> Path:
    """`library` beside the specs; those of the seed come with the engine."""
    return FOLDER if specs.resolve() == SPECS.resolve() else specs / "library"


def library_texts(specs: Path) -> dict[str, str]:
    """By name. Raises UnicodeDecodeError."""
    folder = library_folder(specs)
    return shipped() if folder == FOLDER else {name: data.decode() for name, data in in_folder(folder).items()}

"""`manage.py dump_specs [DIR]`: the live specs out of the database, for review and version control."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.specs.management.seed import SPECS, library_folder
from backend.specs.models import LibraryRevision, SpecRevision
from backend.specs.reading import libraries_newest, libraries_of
from backend.specs.selectors import live_revisions


class Command(BaseCommand):
    help = "Write every live spec to DIR/<doc_type>.yaml, and the libraries to DIR/library."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=SPECS)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        live = live_revisions()
        for revision in live:
            self.write(folder / f"{revision.spec.doc_type}.yaml", revision)
        pinned = {one.library.name: one for one in libraries_of(live)}
        for name, library in {**libraries_newest().revisions, **pinned}.items():
            self.write(library_folder(folder) / f"{name}.yaml", library)
            self.tell_older(library, live)

    def write(self, path: Path, revision: SpecRevision | LibraryRevision) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(revision.text, encoding="utf-8")
        self.stdout.write(f"{path}: revision {revision.number}")

    def tell_older(self, library: LibraryRevision, live: list[SpecRevision]) -> None:
        """A folder holds one text of a library; what is live may have been saved with several."""
        name = library.library.name
        for revision in live:
            if revision.libraries.get(name, library.number) != library.number:
                pinned = revision.libraries[name]
                self.stderr.write(f"{revision} is live with {name} {pinned}: loaded again it takes {library.number}")

"""`manage.py dump_specs [DIR]`: the live specs out of the database, for review and version control."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from backend.specs.selectors import live_revisions


class Command(BaseCommand):
    help = "Write every live spec to DIR/<doc_type>.yaml."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "mapping_specs" / "specs")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        for revision in live_revisions():
            path = folder / f"{revision.spec.doc_type}.yaml"
            path.write_text(revision.text, encoding="utf-8")
            self.stdout.write(f"{path}: revision {revision.number}")

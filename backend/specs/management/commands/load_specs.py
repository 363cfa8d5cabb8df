"""`manage.py load_specs [--publish] [DIR]`: the reviewed seed into the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

import mapping_specs
from backend.errors import Conflict
from backend.specs import services
from backend.specs.models import SpecRevision


class Command(BaseCommand):
    help = "Save every YAML of the folder as a revision of its docType; nothing is saved if one of them has a problem."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "mapping_specs" / "specs")
        parser.add_argument("--publish", action="store_true", help="make them live, all in one bundle")
        parser.add_argument("--confirm-breaks", metavar="REASON", help="publish what breaks clients too, and say why")

    def handle(self, *args: Any, **options: Any) -> None:
        revisions = [self.save(doc_type, text) for doc_type, text in read(options["folder"])]
        if options["publish"]:
            self.publish(revisions, options["confirm_breaks"])

    def publish(self, revisions: list[SpecRevision], confirmed: str | None) -> None:
        consent = services.Consent(reason=confirmed or "load_specs", breaks_confirmed=bool(confirmed))
        try:
            bundle = services.revisions_publish(revisions=revisions, user=None, consent=consent, trusted=True)
        except Conflict as error:
            hint = ' (--confirm-breaks "why")' if error.reason == "BREAKS_CLIENT" else ""
            raise CommandError(f"Saved, not published: {error.message}{hint}") from None
        self.stdout.write(f"published {len(revisions)} specs in bundle {bundle.id}")

    def save(self, doc_type: str, text: str) -> SpecRevision:
        spec = services.spec_ensure(doc_type=doc_type)
        revision, is_new = services.spec_save(spec=spec, text=text, author=None, note="load_specs")
        self.stdout.write(f"{revision}: {'saved' if is_new else 'unchanged'}")
        return revision


def read(folder: Path) -> list[tuple[str, str]]:
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise CommandError(f"No *.yaml in {folder}")
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths]
    problems = [f"{path.name}:{found}" for path, text in texts for found in problem_lines(text)]
    if problems:
        raise CommandError("\n".join(problems))
    named = [(services.text_doc_type(text), text) for _, text in texts]
    if len({doc_type for doc_type, _ in named}) != len(named):
        raise CommandError("Two files have the same doc_type.")
    return named


def problem_lines(text: str) -> list[str]:
    return [
        f"{problem.line}:{problem.column}: {problem.code} {problem.message}"
        for problem in mapping_specs.check_spec(text)
    ]

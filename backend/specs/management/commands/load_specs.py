"""`manage.py load_specs [--publish] [DIR]`: the reviewed seed into the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import mapping_specs
from backend.errors import Conflict, Invalid
from backend.specs import services
from backend.specs.management.seed import SPECS, library_texts
from backend.specs.models import SpecRevision
from backend.specs.reading import draft_read, libraries_with


class Command(BaseCommand):
    help = (
        "Save every YAML of the folder as a revision of its docType, and those below its folder `library` as revisions of "
        "libraries; nothing is saved if one of them has a problem."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=SPECS)
        parser.add_argument("--publish", action="store_true", help="make them live, all in one bundle")
        parser.add_argument("--confirm-breaks", metavar="REASON", help="publish what breaks clients too, and say why")

    def handle(self, *args: Any, **options: Any) -> None:
        libraries, specs = read(options["folder"])
        self.save_libraries(libraries)
        revisions = [self.save(doc_type, text) for doc_type, text in specs]
        if options["publish"]:
            self.publish(revisions, options["confirm_breaks"])

    def publish(self, revisions: list[SpecRevision], confirmed: str | None) -> None:
        consent = services.Consent(reason=confirmed or "", breaks_confirmed=bool(confirmed), command="load_specs")
        try:
            bundle = services.revisions_publish(revisions=revisions, user=None, consent=consent, trusted=True)
        except Conflict as error:
            hint = ' (--confirm-breaks "why")' if error.reason == "BREAKS_CLIENT" else ""
            raise CommandError(f"Saved, not published: {error.message}{hint}") from None
        self.stdout.write(f"published {len(revisions)} specs in bundle {bundle.id}")

    def save_libraries(self, texts: dict[str, str]) -> None:
        try:
            saved = services.libraries_save(texts=texts, author=None, note="load_specs")
        except Invalid as error:
            raise CommandError(error.message) from None
        for revision, is_new in saved:
            self.stdout.write(f"library {revision}: {'saved' if is_new else 'unchanged'}")

    def save(self, doc_type: str, text: str) -> SpecRevision:
        spec = services.spec_ensure(doc_type=doc_type)
        revision, is_new = services.spec_save(spec=spec, text=text, author=None, note="load_specs")
        self.stdout.write(f"{revision}: {'saved' if is_new else 'unchanged'}")
        return revision


def read(folder: Path) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The libraries' texts by name, and (docType, text) of every spec; none of them has a problem."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise CommandError(f"No *.yaml in {folder}")
    texts = library_texts(folder)
    libraries = libraries_with(texts)
    specs = [(path.name, draft_read(text_of(path), libraries)) for path in paths]
    found = [
        (f"library/{name}.yaml", mapping_specs.check_library(text, libraries.texts)) for name, text in texts.items()
    ]
    found += [(name, one.problems) for name, one in specs]
    if lines := [f"{name}:{line}" for name, problems in found for line in problem_lines(problems)]:
        raise CommandError("\n".join(lines))
    named = [(one.spec.doc_type, one.text) for _, one in specs if one.spec]
    if len({doc_type for doc_type, _ in named}) != len(named):
        raise CommandError("Two files have the same doc_type.")
    return texts, named


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(f"{path.name}: this is not UTF-8, from byte {error.start} on") from None


def problem_lines(problems: list[mapping_specs.Problem]) -> list[str]:
    return [f"{problem.line}:{problem.column}: {problem.code} {problem.message}" for problem in problems]

"""`manage.py load_samples --as USER FILE …`: documents, and what is expected of them, as samples of their docTypes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import User
from backend.errors import DomainError
from backend.specs.models import MappingSpec, Sample
from backend.specs.services.expectations import sample_expect
from backend.specs.services.samples import sample_create


class Command(BaseCommand):
    help = (
        "DOCTYPE/NAME.pdf becomes a sample of the docType DOCTYPE (an image or a response.json does too), with what "
        'DOCTYPE/NAME.expected.json expects of it: {"fields": …, "tables": …}. A document that is a sample stays the one it is.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="username", required=True, metavar="USER", help="who adds them")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']}.")
        for path in options["files"]:
            try:
                self.load(path, user)
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
            except DomainError as error:
                raise CommandError(f"{path}: {error.message}") from None

    def load(self, path: Path, user: User) -> None:
        spec = MappingSpec.objects.filter(doc_type=path.parent.name).first()
        if spec is None:
            raise CommandError(f"{path}: there is no docType {path.parent.name}. Its folder names the docType.")
        data, wanted = path.read_bytes(), expected_beside(path)
        sample = Sample.objects.filter(spec=spec, sha256=hashlib.sha256(data).hexdigest()).first()
        is_new = sample is None
        sample = sample or sample_create(spec=spec, user=user, filename=path.name, data=data)
        if wanted is not None:
            sample_expect(sample=sample, user=user, change=wanted)
        self.stdout.write(f"{spec.doc_type}/{path.name}: {'added' if is_new else 'there already'}")


def expected_beside(path: Path) -> dict[str, Any] | None:
    expected = path.with_name(path.name.split(".")[0] + ".expected.json")
    if not expected.is_file():
        return None
    try:
        found = json.loads(expected.read_text(encoding="utf-8"))
        return {"fields": dict(found["fields"]), "tables": dict(found.get("tables") or {})}
    except (KeyError, TypeError, ValueError):
        raise CommandError(f'{expected} is not {{"fields": {{…}}, "tables": {{…}}}}.') from None

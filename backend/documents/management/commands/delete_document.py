"""`manage.py delete_document OBJECT_KEY …`: on request, with everything that was read from it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.documents import services
from backend.documents.models import Document


class Command(BaseCommand):
    help = "Delete documents on request: uploads, Textract's answers, results and rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("object_key", nargs="+", help="as in the documents' list of the admin")

    def handle(self, *args: Any, **options: Any) -> None:
        keys = options["object_key"]
        found = {document.object_key: document for document in Document.objects.filter(object_key__in=keys)}
        unknown = [key for key in keys if key not in found]
        if unknown:
            raise CommandError(f"There is no document {', '.join(unknown)}; nothing was deleted.")
        for key, document in found.items():
            gone = services.document_delete(document=document)
            self.stdout.write(f"{key}: deleted, {gone} stored versions")

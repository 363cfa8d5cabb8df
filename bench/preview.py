"""The workbench's preview of a response of 1 MB beside one mapping of it: what a keystroke costs the server.

Each preview is a request to the server's own view in this process, over a database: session, permission, the newest
libraries, the calibration, the comparison, the answer as JSON. Each is of another text, as typing makes them; Textract's
answer is kept parsed, as the server keeps it. The mapping is the processor's: the view of the parsed answer built, and
extracted by the same spec, calibrated. They take turns, so that a busy machine is as busy for both.
"""

from __future__ import annotations

import io
import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from pypdf import PdfReader, PdfWriter

from bench.labelled import doc_type_made
from bench.timing import in_turns, wall_seconds

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "fixtures" / "documents" / "motor_claim_form" / "three_pages.pdf"
SPEC = ROOT / "mapping_specs" / "specs" / "motor_claim_form.yaml"
LIBRARY = "kenya/base"
RESPONSE_BYTES = 1_000_000
TIMES = 25
LIMIT = 3.0


def main() -> int:
    with database():
        return measure(response_of(RESPONSE_BYTES))


@contextmanager
def database() -> Iterator[None]:
    """Django over a new PostgreSQL server, which goes afterwards."""
    from infra.local import postgres

    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        server = postgres.started(Path(folder) / "postgres")
        os.environ["DATABASE_URL"] = server.get_uri().replace("postgresql://", "postgres://")
        try:
            _django_over_it()
            yield
        finally:
            from django.db import connections

            connections.close_all()
            server.cleanup()


def _django_over_it() -> None:
    os.environ.setdefault("DJANGO_DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.DEBUG = False  # it would keep every query
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)


def response_of(size: int) -> bytes:
    """The local Textract's answer for a claim form whose pages come again until the answer is as large."""
    from infra.local.textract.analysis import analyze

    pages = 3
    while True:
        answer = analyze(_document(pages), features=["FORMS", "TABLES", "LAYOUT", "SIGNATURES"])
        data = orjson.dumps(answer)
        if len(data) >= size:
            return data
        pages = max(pages + 1, round(pages * size / len(data)))


def _document(pages: int) -> bytes:
    source, document = PdfReader(DOCUMENT), PdfWriter()
    for number in range(pages):
        document.add_page(source.pages[number % len(source.pages)])
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def measure(response: bytes) -> int:
    import mapping_specs

    parsed = orjson.loads(response)
    view = mapping_specs.build_view(parsed)
    text = SPEC.read_text(encoding="utf-8").replace("\nlocale:", f"\nextends: {LIBRARY}\nlocale:", 1)
    shown, calibration = previewing(text, view)
    spec = mapping_specs.Spec(mapping_specs.load_spec(text).resolved, calibration)
    took = in_turns(
        {
            "preview": lambda: wall_seconds(shown),
            "once": lambda: wall_seconds(lambda: mapping_specs.extract(mapping_specs.build_view(parsed), spec)),
            "again": lambda: wall_seconds(lambda: mapping_specs.extract(view, spec)),
        },
        TIMES,
    )
    return told(
        took,
        f"response of {len(response) / 1e6:.1f} MB, {len(view.pages)} pages, {len(spec.resolved['fields'])} fields",
    )


def told(took: Mapping[str, float | None], of: str) -> int:
    """What was measured, and the exit code."""
    preview, once, again = (took[name] or 0.0 for name in ("preview", "once", "again"))
    print(f"preview over {LIBRARY}, calibrated; {of}")
    print(f"  preview             p50 {preview * 1000:8.1f} ms   (a request, another text each time, to its JSON)")
    print(f"  one extract         p50 {once * 1000:8.1f} ms   (view built and mapped, as the processor does)")
    print(f"  extract, kept view  p50 {again * 1000:8.1f} ms")
    print(f"  ratio               {preview / once:.2f}   (limit {LIMIT:g}; to the kept view's {preview / again:.2f})")
    return 0 if preview <= LIMIT * once else 1


def previewing(text: str, view: Any) -> tuple[Callable[[], object], Any]:
    """(a request for a preview of a text not seen before, the calibration that it has)."""
    import mapping_specs
    from backend.specs.models import MappingSpec
    from backend.specs.studio import kept
    from backend.specs.studio.calibration import calibration_now

    spec, samples = doc_type_made(text, mapping_specs.extract(view, mapping_specs.load_spec(text)))
    kept.views.get(samples[0].pk, lambda: (view, 1))
    client, calls = analyst(), iter(range(10**9))
    url = f"/admin/specs/mappingspec/{MappingSpec.objects.get().pk}/preview"

    def ask() -> Any:
        body = {"text": f"{text}# {next(calls)}\n", "sampleId": str(samples[0].pk)}
        answer = client.post(url, orjson.dumps(body).decode(), content_type="application/json")
        shown = orjson.loads(answer.content)
        if not (answer.status_code == 200 and shown["calibration"] and LIBRARY in shown["libraries"]):
            raise SystemExit(f"The preview is not what it is to be: {answer.status_code}, {list(shown)}.")

    return ask, calibration_now(spec, mapping_specs.load_spec(text).resolved, "another text")


def analyst() -> Any:
    from django.test import Client

    from backend.accounts.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.create_superuser("ana"))
    return client


if __name__ == "__main__":
    raise SystemExit(main())

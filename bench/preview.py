"""The workbench's preview of a response of 1 MB beside one mapping of it: what a keystroke costs the server.

Each preview is of another text, as typing makes them; the answer is kept parsed, as the server keeps it. The mapping is
the processor's: the view of the parsed answer built, and extracted.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from pypdf import PdfReader, PdfWriter

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "fixtures" / "documents" / "motor_claim_form" / "three_pages.pdf"
SPEC = ROOT / "mapping_specs" / "specs" / "motor_claim_form.yaml"
RESPONSE_BYTES = 1_000_000
TIMES = 25
LIMIT = 3.0


def main() -> int:
    os.environ.setdefault("DJANGO_DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    import django

    django.setup()
    return measure(response_of(RESPONSE_BYTES))


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
    text = SPEC.read_text(encoding="utf-8")
    spec = mapping_specs.load_spec(text)
    view = mapping_specs.build_view(parsed)
    shown = previewing(text, view)
    timed(lambda: mapping_specs.extract(mapping_specs.build_view(parsed), spec), 3)
    shown()
    once = timed(lambda: mapping_specs.extract(mapping_specs.build_view(parsed), spec), TIMES)
    again = timed(lambda: mapping_specs.extract(view, spec), TIMES)
    preview = timed(shown, TIMES)
    ratio = preview / once
    print(
        f"preview, response of {len(response) / 1e6:.1f} MB, {len(view.pages)} pages, {len(spec.resolved['fields'])} fields"
    )
    print(
        f"  preview             p50 {preview * 1000:8.1f} ms   (another text each time: checked, extracted, explained)"
    )
    print(f"  one extract         p50 {once * 1000:8.1f} ms   (view built and mapped, as the processor does)")
    print(f"  extract, kept view  p50 {again * 1000:8.1f} ms")
    print(f"  ratio               {ratio:.2f}   (limit {LIMIT:g}; to the kept view's {preview / again:.2f})")
    return 0 if ratio <= LIMIT else 1


def previewing(text: str, view: Any) -> Callable[[], object]:
    """The workbench's own preview, of a sample whose answer is kept; each call is of a text not seen before."""
    from backend.specs.models import Sample, SampleState
    from backend.specs.reading import NO_LIBRARIES
    from backend.specs.studio import kept
    from backend.specs.studio.preview import preview

    sample = Sample(pk=uuid.uuid4(), state=SampleState.DONE, expected={"fields": {}})
    kept.views.get(sample.pk, lambda: (view, 1))
    calls = iter(range(sys.maxsize))
    return lambda: preview(text=f"{text}# {next(calls)}\n", sample=sample, libraries=NO_LIBRARIES)


def timed(do: Callable[[], object], times: int) -> float:
    """The median, in seconds."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        do()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    raise SystemExit(main())

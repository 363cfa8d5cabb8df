"""`make demo`: the product on this machine, shown by reading every fixture document as the agents' app would.

python -m infra.local.demo                      read the fixtures, then stay up until Ctrl-C
python -m infra.local.demo --once               read the fixtures, stop; exit 0 if all ended as expected
python -m infra.local.demo --once --file my.pdf --doc-type motor_logbook
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from infra.local import demo_report
from infra.local.application import ROOT, Application, NotStarted, running
from infra.local.demo_reading import Given, Reading, read_all, signed_in

DOCUMENTS = ROOT / "fixtures" / "documents"
PHOTOGRAPHS = {".jpg", ".jpeg", ".png"}
API_PORT = 8000
"""Where it is free, so that the README's walk-through works as pasted."""


def main(argv: Sequence[str] | None = None) -> int:
    options = parsed(argv)
    console = Console(soft_wrap=False)
    console.width = max(console.width, 100)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        given, skipped = documents(options)
        with state_folder() as folder:
            return demonstrate(console, folder, given, skipped, once=options.once)
    except KeyboardInterrupt:
        console.print("\nstopped")
        return 130
    except NotStarted as trouble:
        console.print(f"The demo could not start: {trouble}", style="red", markup=False)
        return 1


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo ARGS=…", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--once", action="store_true", help="stop when the documents are read")
    parser.add_argument("--file", type=Path, help="a PDF, JPEG or PNG of your own instead of the fixtures")
    parser.add_argument("--doc-type", help="its docType")
    options = parser.parse_args(argv)
    if bool(options.file) != bool(options.doc_type):
        parser.error("--file and --doc-type go together")
    if options.file and not options.file.is_file():
        parser.error(f"there is no file {options.file}")
    return options


def documents(options: argparse.Namespace) -> tuple[list[Given], list[Given]]:
    """Those to read, and those skipped because they are photographs and OCR is not installed."""
    if options.file:
        return [given(options.file, options.doc_type)], []
    suffixes = {".pdf", *PHOTOGRAPHS}
    found = [given(path, path.parent.name) for path in sorted(DOCUMENTS.glob("*/*")) if path.suffix in suffixes]
    if ocr_installed():
        return found, []
    return (
        [document for document in found if document.path.suffix not in PHOTOGRAPHS],
        [document for document in found if document.path.suffix in PHOTOGRAPHS],
    )


def given(path: Path, doc_type: str) -> Given:
    expected = path.with_suffix(".expected.json")
    return Given(path, doc_type, json.loads(expected.read_text()) if expected.is_file() else None)


def ocr_installed() -> bool:
    return importlib.util.find_spec("rapidocr") is not None


@contextmanager
def state_folder() -> Iterator[Path]:
    """A folder of this run's own under .local, removed at its end; two demos do not meet."""
    parent = ROOT / ".local"
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=parent))
    try:
        yield folder
    except NotStarted:
        raise  # its logs say why
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    else:
        shutil.rmtree(folder, ignore_errors=True)


def demonstrate(console: Console, folder: Path, given: list[Given], skipped: list[Given], *, once: bool) -> int:
    started = time.monotonic()
    console.print("Starting PostgreSQL, S3, queues, Textract, the API, the worker and the pollers …")
    with running(folder, api_port=API_PORT) as app:
        console.print(f"Started in {time.monotonic() - started:.1f} s; logs in {folder.relative_to(ROOT)}/logs\n")
        people = app.people()
        readings = read_aloud(console, app, people, given)
        demo_report.print_readings(console, readings)
        demo_report.print_skipped(console, [one.name for one in skipped])
        if not once:
            fill_workbench(app, people, readings)
            demo_report.print_addresses(console, app.api_url, people)
        console.print(demo_report.closing_line(readings, skipped=len(skipped)), markup=False, highlight=False)
        if not once:
            wait_for_ctrl_c(console)
    return 0 if all(demo_report.as_expected(reading) for reading in readings) else 1


def read_aloud(console: Console, app: Application, people: list[dict[str, Any]], given: list[Given]) -> list[Reading]:
    phone, agent = signed_in(app, people)
    console.print(f"Reading {len(given)} documents as {agent['username']}, agent {agent['agent_id']}:")
    readings = read_all(
        phone, agent["agent_id"], given, told=lambda reading: demo_report.print_progress(console, reading)
    )
    phone.close()
    return readings


def fill_workbench(app: Application, people: list[dict[str, Any]], readings: list[Reading]) -> None:
    """The fixtures, with what is expected of them, as samples that an analyst has added."""
    analyst = next(person["username"] for person in people if person["group"] == "analyst")
    known = [str(reading.given.path) for reading in readings if reading.given.expected is not None]
    if known:
        app.manage("load_samples", "--as", analyst, *known)


def wait_for_ctrl_c(console: Console) -> None:
    console.print("Running until Ctrl-C.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nStopping what the demo started …")


if __name__ == "__main__":
    sys.exit(main())

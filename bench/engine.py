"""`python -m bench.engine [FOLDER]`: what the engine costs, as ratios measured in one run.

FOLDER holds recorded answers, NAME.response.json, of which tests/samples has the specs; without it those beside the
project are taken, else the fixtures' PDFs as the local Textract reads them. Exit 1 where a promise does not hold.
"""

from __future__ import annotations

import gc
import os
import platform
import sys
from pathlib import Path

from bench import growth, speed, starting
from bench.documents import Document, of_fixtures, of_samples
from bench.promises import Promises
from tests.samples.run import samples_folder


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else samples_folder()
    fixtures = of_fixtures()
    documents = of_samples(folder) if folder is not None else fixtures
    promises = Promises()
    gc.collect()
    gc.freeze()  # What is loaded for measuring is not to be gone through while measuring.
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    speed.report(documents, promises)
    page = next(one for one in fixtures if one.name == "motor_logbook/registration_certificate")
    _report(page, fixtures, promises)
    for broken in promises.broken:
        print(f"BROKEN  {broken}", file=sys.stderr)
    return 1 if promises.broken else 0


def _report(page: Document, fixtures: list[Document], promises: Promises) -> None:
    for report in (growth.report_pages, growth.report_fields):
        print()
        report(page, promises)
    print()
    starting.report_bundle(fixtures, promises)
    starting.report_import(page, promises)
    print()
    growth.report_memory(fixtures, promises)


if __name__ == "__main__":
    sys.exit(main())

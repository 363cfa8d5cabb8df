"""`python -m infra.local.textract.read FILE [--features FORMS TABLES …] > response.json`: one document, without a server."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from infra.local.textract.analysis import analyze
from infra.local.textract.errors import TextractError

FEATURES = ["FORMS", "TABLES", "LAYOUT", "SIGNATURES"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.textract.read", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--features", nargs="*", default=FEATURES, choices=FEATURES)
    options = parser.parse_args()
    try:
        answer = analyze(options.file.read_bytes(), features=options.features)
    except (OSError, TextractError) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 1
    json.dump(answer, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())

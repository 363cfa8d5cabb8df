"""`python -m tests.samples.run [--perturbed] [FOLDER]`: the engine on real Textract answers, field by field against what
is true of them. With `--perturbed` also on the answers as Textract might have given them otherwise.

FOLDER holds NAME.response.json and NAME.expected.json; the specs are beside this file.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mapping_specs import build_view, extract, load_spec
from tests.engine.perturbing import SAME, WORSE

SPECS = Path(__file__).parent
SURE_PERCENT, REVIEW_BELOW_PERCENT = 90, 80
BESIDE = Path("shared", "textract-samples")


def samples_folder() -> Path | None:
    """`shared/textract-samples` beside the project or above it, where it is."""
    return next((above / BESIDE for above in SPECS.resolve().parents if (above / BESIDE).is_dir()), None)


@dataclass
class Score:
    name: str
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    wrong_ok: list[str] = field(default_factory=list)
    """Wrong, and put out with status `ok`."""
    cells: int = 0
    cells_right: int = 0
    extra_rows: int = 0
    bad_cells: list[str] = field(default_factory=list)
    confidence_right: list[float] = field(default_factory=list)
    confidence_wrong: list[float] = field(default_factory=list)

    @property
    def fields(self) -> int:
        return self.right + len(self.wrong) + len(self.missing)


def names(folder: Path) -> list[str]:
    return sorted(path.name.removesuffix(".expected.json") for path in folder.glob("*.expected.json"))


def score(name: str, folder: Path, perturb: Callable[[list[Any]], list[Any]] = list) -> Score:
    """The sample as recorded, or with its blocks perturbed."""
    expected = json.loads((folder / f"{name}.expected.json").read_text())
    spec = load_spec((SPECS / f"{name}.yaml").read_text())
    response = json.loads((folder / f"{name}.response.json").read_text())
    for answer in (response, *response.get("IdentityDocuments", [])):
        if "Blocks" in answer:
            answer["Blocks"] = perturb(answer["Blocks"])
    result = extract(build_view(response), spec)
    scored = Score(name)
    for name, wanted in expected["fields"].items():
        _score_field(scored, name, wanted, result)
    for number, wanted in enumerate(expected.get("tables", {}).values()):
        _score_table(scored, wanted, list(result["tables"].values()), spec, number)
    return scored


def _score_field(scored: Score, name: str, wanted: dict[str, Any], result: dict[str, Any]) -> None:
    found, status = result["fields"].get(name), result["fieldStatus"].get(name, "missing")
    confidence = result["confidenceScores"].get(name)
    accepted = [wanted["value"], *wanted.get("accept", [])]
    if wanted.get("textract_misread"):
        accepted.append(wanted["textract_text"])
    if any(same(found, value, wanted) for value in accepted):
        scored.right += 1
        scored.confidence_right += [confidence] if confidence is not None else []
        return
    if found is None:
        scored.missing.append(name)
        return
    scored.wrong.append(f"{name}={found!r} not {wanted['value']!r}")
    scored.confidence_wrong += [confidence] if confidence is not None else []
    if status == "ok":
        scored.wrong_ok.append(name)


def same(found: Any, value: Any, wanted: dict[str, Any]) -> bool:
    if value is None or found is None:
        return found is None and (value is None or value == "")
    if isinstance(value, bool):
        return str(found).lower() == str(value).lower()
    kind = wanted.get("type")
    if kind in ("money", "number", "percent"):
        return _number(found) is not None and _number(found) == _number(value)
    if kind in ("phone", "ssn"):
        return re.sub(r"\D", "", str(found)) == re.sub(r"\D", "", str(value))
    return _squeezed(found) == _squeezed(value)


def _number(value: Any) -> float | None:
    try:
        return float(str(value).replace(",", "").replace("$", "").replace("%", ""))
    except ValueError:
        return None


def _squeezed(value: Any) -> str:
    return re.sub(r"[\s,]", "", str(value))


def _score_table(scored: Score, wanted: dict[str, Any], tables: list[list[Any]], spec: Any, number: int) -> None:
    """The spec names its tables and columns in the order the expectations have them."""
    declared = list(spec.resolved["tables"].values())
    columns = list(declared[number]["columns"]) if number < len(declared) else []
    rows = tables[number] if number < len(tables) else []
    for index, row in enumerate(wanted["rows"]):
        found = rows[index] if index < len(rows) else {}
        for place, cell in enumerate(row):
            scored.cells += 1
            value = found.get(columns[place], "") if place < len(columns) else ""
            if same_cell(value, cell):
                scored.cells_right += 1
            else:
                scored.bad_cells.append(f"[{index}][{place}] {value!r} not {cell!r}")
    extra = len(rows) - len(wanted["rows"])
    if extra > 0:
        scored.extra_rows += extra
        scored.bad_cells.append(f"{extra} rows too many")


def same_cell(found: Any, cell: Any) -> bool:
    """Raw text of a cell; of a box true or false, which is put out as text."""
    if isinstance(cell, bool):
        return found == str(cell).lower()
    number = _number(cell)
    return _squeezed(found) == _squeezed(cell or "") or (number is not None and _number(found) == number)


def report(scores: list[Score]) -> str:
    lines = [f"{'document':24} fields right wrong missing wrong-as-ok   cells right   confidence right / wrong"]
    for one in scores:
        lines.append(
            f"{one.name:24} {one.fields:6} {one.right:5} {len(one.wrong):5} {len(one.missing):7} {len(one.wrong_ok):11}   "
            f"{one.cells:5} {one.cells_right:5}   {_mean(one.confidence_right)} / {_mean(one.confidence_wrong)}"
        )
    lines += _totals(scores)
    return "\n".join(lines)


def _totals(scores: list[Score]) -> list[str]:
    right, fields = sum(one.right for one in scores), sum(one.fields for one in scores)
    cells, cells_right = sum(one.cells for one in scores), sum(one.cells_right for one in scores)
    wrong_ok = sum(len(one.wrong_ok) for one in scores)
    extra = sum(one.extra_rows for one in scores)
    return [
        f"fields {right}/{fields} right ({100 * right / max(1, fields):.1f} %), {wrong_ok} wrong put out as ok; "
        f"cells {cells_right}/{cells} right ({100 * cells_right / max(1, cells):.1f} %), {extra} rows too many",
        _calibration(
            [percent for one in scores for percent in one.confidence_right],
            [percent for one in scores for percent in one.confidence_wrong],
        ),
    ]


def _calibration(right: list[float], wrong: list[float]) -> str:
    """Do wrong fields score below right ones, and of those at 90 and above are nine in ten right?"""
    sure = [sum(percent >= SURE_PERCENT for percent in values) for values in (right, wrong)]
    doubted = sum(percent < REVIEW_BELOW_PERCENT for percent in right)
    text = (
        f"of {sum(sure)} values at {SURE_PERCENT} % or above {sure[0]} are right; "
        f"{doubted} of {len(right)} right ones are below {REVIEW_BELOW_PERCENT} %, "
        f"{sum(percent < REVIEW_BELOW_PERCENT for percent in wrong)} of {len(wrong)} wrong ones"
    )
    if not wrong:
        return text
    below = sum((one < other) + (one == other) / 2 for one in wrong for other in right)
    return f"{text}; of 100 pairs of a wrong and a right one the wrong one scores lower in {100 * below / len(wrong) / len(right):.0f}"


def _mean(values: list[float]) -> str:
    return f"{statistics.mean(values):5.1f}" if values else "    -"


def perturbed(folder: Path) -> str:
    lines = [f"{'perturbation':32} fields right wrong missing wrong-as-ok   cells right"]
    everything: list[Score] = []
    for name, perturb in {**SAME, **WORSE}.items():
        scores = [score(sample, folder, perturb) for sample in names(folder)]
        everything += scores
        counts = [
            sum(counted)
            for counted in zip(
                *((one.fields, one.right, len(one.wrong), len(one.missing), len(one.wrong_ok)) for one in scores),
                strict=True,
            )
        ]
        cells, right = sum(one.cells for one in scores), sum(one.cells_right for one in scores)
        lines.append("{:32} {:6} {:5} {:5} {:7} {:11}   ".format(name, *counts) + f"{cells:5} {right:5}")
    return "\n".join([*lines, _totals(everything)[-1]])


def main() -> int:
    arguments = [one for one in sys.argv[1:] if one != "--perturbed"]
    folder = Path(arguments[0]) if arguments else samples_folder()
    if folder is None or not folder.is_dir():
        print(f"The samples are not here ({folder or BESIDE}): give their folder.", file=sys.stderr)
        return 1
    scores = [score(name, folder) for name in names(folder) if (SPECS / f"{name}.yaml").is_file()]
    print(report(scores))
    for one in scores:
        for trouble in [*one.wrong, *(f"{name} missing" for name in one.missing), *one.bad_cells]:
            print(f"  {one.name}: {trouble}")
    if len(arguments) < len(sys.argv) - 1:
        print(perturbed(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())

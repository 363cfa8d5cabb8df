"""`python -m mapping_specs`: for analysts' repositories and CI, without Django or AWS.

Results go to stdout, problems to stderr as `file:line:column: what`. Exit 0, or 1 with problems, or 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mapping_specs.engine.errors import MappingError, SpecError


class Failed(Exception):
    """Said to the user as it is; exit 1."""


def main(argv: Sequence[str] | None = None) -> int:
    parser, given = _parser(), sys.argv[1:] if argv is None else argv
    if not given:
        parser.print_help(sys.stderr)
        return 2
    options = parser.parse_args(given)
    try:
        return int(options.run(options))
    except Failed as failure:
        print(failure, file=sys.stderr)
    except MappingError as failure:
        print(f"mapping_specs: {failure}", file=sys.stderr)
    except BrokenPipeError:
        return 0
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mapping_specs",
        description="Map Textract's answers to fields with specs. Each command has a --help of its own.",
        epilog="Begin with docs/tutorial.md. Exit 0; 1 with problems, told on stderr; 2 for wrong usage.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    check = _command(commands, "check", _check, "every problem, with line and column", "card.yaml")
    check.add_argument("specs", nargs="+", type=Path, metavar="SPEC", help="specs, YAML")
    check.add_argument("--json", action="store_true", help="problems as JSON on stdout")

    apply = _command(commands, "apply", _apply, "the result as JSON", "card.yaml card.response.json")
    _spec_and_response(apply)

    explain = _command(
        commands, "explain", _explain, "why each field is what it is", "card.yaml card.response.json number"
    )
    _spec_and_response(explain)
    explain.add_argument("field", nargs="?", metavar="FIELD", help="only this field or table")

    view = _command(commands, "view", _view, "the document view that specs see", "card.response.json")
    view.add_argument("response", type=Path, metavar="RESPONSE.json", help=RESPONSE)

    test = _command(commands, "test", _test, "every sample against its expected fields", "card.yaml samples/")
    test.add_argument("spec", type=Path, metavar="SPEC", help="a spec, YAML")
    test.add_argument(
        "samples",
        type=Path,
        metavar="SAMPLES/",
        help='a folder with NAME.response.json and NAME.expected.json: {"fields": {name: value}, "tables": …}',
    )

    diff = _command(commands, "diff", _diff, "what changes, and which changes break a client", "old.yaml new.yaml")
    diff.add_argument("old", type=Path, metavar="OLD", help="the spec before")
    diff.add_argument("new", type=Path, metavar="NEW", help="the spec after")
    diff.add_argument("--json", action="store_true", help="changes as JSON on stdout")

    bundle = _command(
        commands, "bundle", _bundle, "the deterministic bundle; prints its id", "specs/*.yaml -o bundle.json.gz"
    )
    bundle.add_argument("specs", nargs="+", type=Path, metavar="SPEC", help="specs, YAML, one a docType")
    bundle.add_argument("-o", "--output", required=True, type=Path, metavar="FILE", help="gzipped JSON, written here")
    return parser


RESPONSE = "Textract's answer: one, or a list of an asynchronous job's parts"


def _command(commands: Any, name: str, run: Any, does: str, example: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"Example: python -m mapping_specs {name} {example}",
    )
    parser.set_defaults(run=run)
    return parser


def _spec_and_response(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", type=Path, metavar="SPEC", help="a spec, YAML")
    parser.add_argument("response", type=Path, metavar="RESPONSE.json", help=RESPONSE)


def _check(options: argparse.Namespace) -> int:
    from mapping_specs.engine.loading import read_spec

    read: dict[Path, Any] = {}
    missing = False
    for path in options.specs:
        try:
            read[path] = read_spec(_bytes(path), _libraries(path))
        except Failed as failure:
            print(failure, file=sys.stderr)
            missing = True
    count = sum(len(reading.problems) for reading in read.values())
    if options.json:
        _print_json([told for path, reading in read.items() for told in _as_json(path, reading)])
    else:
        for path, reading in read.items():
            _tell(path, reading)
        if count:
            print(_counted(count, "problem", "problems"), file=sys.stderr)
    return 1 if count or missing else 0


def _as_json(path: Path, reading: Any) -> list[dict[str, Any]]:
    kinds = (("problem", reading.problems), ("hint", reading.hints))
    return [{"file": str(path), "severity": severity, **one.to_dict()} for severity, found in kinds for one in found]


def _tell(path: Path, reading: Any) -> None:
    for problem in reading.problems:
        print(_worded(path, problem), file=sys.stderr)
    for hint in reading.hints:
        print(f"{_worded(path, hint)}\n    a hint: the spec can be published as it is", file=sys.stderr)
    if reading.spec is not None:
        print(f"{path}: no problems; {_needs(reading.spec)}")


def _worded(path: Path, problem: Any) -> str:
    """What is wrong, then its line with a caret under the place, then what was expected."""
    place = f"{path}:{problem.line or 1}:{problem.column or 1}"
    where = f" (at {problem.path})" if problem.path else ""
    expected = f"\n    expected: {problem.expected}" if problem.expected else ""
    return f"{place}: {problem.message}{where} [{problem.code}]{_pointed(path, problem)}{expected}"


def _pointed(path: Path, problem: Any) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if problem.line else []
    if not lines or problem.line > len(lines):
        return ""
    start = max(0, problem.column - 1 - SHOWN // 2)
    shown = lines[problem.line - 1][start : start + SHOWN].replace("\t", " ")
    return f"\n    {shown}\n    {' ' * (problem.column - 1 - start)}^"


SHOWN = 100
"""Characters of a line at most."""


def _needs(spec: Any) -> str:
    """What Textract is asked for, and what a page of it costs."""
    from mapping_specs.engine.features import PRICES_DATE, PRICES_REGION, price_usd

    request = spec.textract
    asked = " ".join([request["api"], *request["features"]])
    return f"asks Textract for {asked}, USD {price_usd(request):g} a page ({PRICES_REGION}, {PRICES_DATE})"


def _apply(options: argparse.Namespace) -> int:
    from mapping_specs.engine.extraction import extract

    _print_json(extract(_built(options.response), _load(options.spec)))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from mapping_specs.engine.explain import explain

    explained = explain(_built(options.response), _load(options.spec))
    if options.field is None:
        _print_json({name: explained[name] for name in ("explain", "explainTables", "unmapped")})
        return 0
    parts = {**explained["explainTables"], **explained["explain"]}
    if options.field not in parts:
        known = ", ".join([*explained["explain"], *explained["explainTables"]])
        raise Failed(f"{options.spec}: there is no field {options.field}; there are {known}")
    _print_json(parts[options.field])
    return 0


def _view(options: argparse.Namespace) -> int:
    _print_json(_built(options.response).to_dict())
    return 0


def _test(options: argparse.Namespace) -> int:
    spec = _load(options.spec)
    names = [path.name.removesuffix(".expected.json") for path in sorted(options.samples.glob("*.expected.json"))]
    if not names:
        raise Failed(f"{options.samples}: there is no sample (NAME.response.json with NAME.expected.json)")
    width = max(len("sample"), *map(len, names))
    print(f"{'sample':{width}}  fields       cells")
    misses = [miss for name in names for miss in _sample(options.samples, name, spec, width)]
    for miss in misses:
        print(miss, file=sys.stderr)
    print(f"{_counted(len(misses), 'miss', 'misses')} in {_counted(len(names), 'sample', 'samples')}")
    return 1 if misses else 0


def _sample(folder: Path, name: str, spec: Any, width: int) -> list[str]:
    """Its line of the table, printed; its misses."""
    from mapping_specs.engine.extraction import extract
    from mapping_specs.engine.samples import scored

    expected = _expected(folder / f"{name}.expected.json")
    found = scored(extract(_built(folder / f"{name}.response.json"), spec), expected)
    counts = [f"{sum(one.right for one in part)}/{len(part)}" for part in (found.fields, found.cells)]
    print(f"{name:{width}}  {counts[0]:11}  {counts[1]}")
    return [
        f"{name}: {miss.path}: {miss.outcome}: expected {_quoted(miss.expected)}, found {_quoted(miss.found)}"
        for miss in found.misses
    ]


def _expected(path: Path) -> Any:
    expected = _json(path)
    parts = [expected.get("fields"), expected.get("tables")] if isinstance(expected, dict) else [[]]
    shaped = all(isinstance(part, dict | None) for part in parts)
    tables = (expected.get("tables") or {}).values() if shaped else ()
    if not shaped or not all(isinstance(rows, list) and all(isinstance(row, dict) for row in rows) for rows in tables):
        raise Failed(f'{path}: expected {{"fields": {{name: value}}, "tables": {{name: [{{column: value}}]}}}}')
    return expected


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _quoted(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _diff(options: argparse.Namespace) -> int:
    from mapping_specs.engine.differences import differences

    changes = differences(_load(options.old), _load(options.new))
    if options.json:
        _print_json([change.to_dict() for change in changes])
        return 0
    for change in changes:
        print(f"{change.path}: {change.message}" + (f"  BREAKS CLIENTS: {change.breaks}" if change.breaks else ""))
    breaking = sum(bool(change.breaks) for change in changes)
    print(
        f"{_counted(len(changes), 'change', 'changes')}, {breaking} of them {'breaks' if breaking == 1 else 'break'} clients"
    )
    return 0


def _bundle(options: argparse.Namespace) -> int:
    from mapping_specs.engine.bundle import pack

    packed = pack((_load(path), 1) for path in options.specs)
    try:
        options.output.write_bytes(packed.data)
    except OSError as error:
        raise Failed(f"{options.output}: {error.strerror or 'it cannot be written'}") from None
    print(packed.id)
    return 0


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"{path}: {error.strerror or 'it cannot be read'}") from None


def _libraries(spec: Path) -> dict[str, bytes]:
    """Those in the folder `library` beside the spec."""
    from mapping_specs.engine.libraries import in_folder

    try:
        return in_folder(spec.parent / "library")
    except OSError as error:
        raise Failed(f"{spec.parent / 'library'}: {error.strerror or 'it cannot be read'}") from None


def _load(path: Path) -> Any:
    from mapping_specs.engine.loading import load_spec

    try:
        return load_spec(_bytes(path), _libraries(path))
    except SpecError as error:
        raise Failed("\n".join(_worded(path, problem) for problem in error.problems)) from None


def _json(path: Path) -> Any:
    import orjson

    try:
        return orjson.loads(_bytes(path))
    except orjson.JSONDecodeError as error:
        raise Failed(f"{path}: this is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None


def _built(path: Path) -> Any:
    from mapping_specs.engine.view import build_view

    try:
        return build_view(_json(path))
    except MappingError as error:
        raise Failed(f"{path}: {error}") from None


def _print_json(data: Any) -> None:
    text = json.dumps(data, indent=2, ensure_ascii=False)
    try:
        print(text)
    except UnicodeEncodeError:  # a terminal of another code page
        print(json.dumps(data, indent=2))

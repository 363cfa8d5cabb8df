"""`python -m mapping_specs` in the hands of someone who gets it wrong: told in a line, never by a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mapping_specs.cli import main

ROOT = Path(__file__).parents[2]
RESPONSE = ROOT / "fixtures" / "tutorial" / "inspection_certificate.response.json"
SPEC = "spec: 1\ndoc_type: inspection_certificate\nfields:\n  certificate_number: Certificate No\n"
FILES = {
    "good.yaml": SPEC,
    "twin.yaml": SPEC,
    "bad.yaml": SPEC.replace("certificate_number:", "Certificate Number:"),
    "arrow.yaml": SPEC + "  arrow: {from: {value: A → B}}\n",
    "answer.json": RESPONSE.read_text(),
    "empty.json": "",
    "text.json": "Certificate No: 12",
    "nan.json": '{"Blocks": NaN}',
    "number.json": "12",
    "listed/one.expected.json": "[]",
    "worded/one.expected.json": '{"fields": "certificate_number"}',
    "rowless/one.expected.json": '{"tables": {"lines": ["Rice"]}}',
    "lonely/one.expected.json": "{}",
    **{f"{name}/one.response.json": RESPONSE.read_text() for name in ("listed", "worded", "rowless")},
}

# What is typed; how it ends; what stderr begins with; what is in it.
STUMBLES = {
    "no command": ("", 2, "usage: python -m mapping_specs", "    apply     the result as JSON\n"),
    "an unknown command": ("chek good.yaml", 2, "usage:", "invalid choice: 'chek'"),
    "check of nothing": ("check", 2, "usage:", "SPEC"),
    "apply without a response": ("apply good.yaml", 2, "usage:", "RESPONSE.json"),
    "bundle without a target": ("bundle good.yaml", 2, "usage:", "-o"),
    "check of a missing file": ("check gone.yaml", 1, "gone.yaml: No such file or directory\n", ""),
    "check of a folder": ("check listed", 1, "listed: Is a directory\n", ""),
    "check of a response": ("check answer.json", 1, "answer.json:1:", "`spec` is missing"),
    "apply of a missing spec": ("apply gone.yaml answer.json", 1, "gone.yaml: No such file or directory\n", ""),
    "apply of a bad spec": ("apply bad.yaml answer.json", 1, "bad.yaml:", "not a valid name"),
    "spec and response changed about": ("apply answer.json good.yaml", 1, "good.yaml: this is not JSON", "line 1"),
    "view of an empty file": ("view empty.json", 1, "empty.json: this is not JSON", ""),
    "view of a text": ("view text.json", 1, "text.json: this is not JSON", "line 1, column 1"),
    "view of NaN": ("view nan.json", 1, "nan.json: this is not JSON", "column 12"),
    "view of a number": ("view number.json", 1, "number.json: The response is not a Textract answer", ""),
    "diff with a missing file": ("diff good.yaml gone.yaml", 1, "gone.yaml: No such file or directory\n", ""),
    "diff with a bad spec": ("diff good.yaml bad.yaml", 1, "bad.yaml:", "not a valid name"),
    "bundle of a bad spec": ("bundle bad.yaml -o out.gz", 1, "bad.yaml:", "not a valid name"),
    "bundle of one docType twice": ("bundle good.yaml twin.yaml -o out.gz", 1, "", "inspection_certificate"),
    "bundle into a folder that is not there": ("bundle good.yaml -o gone/out.gz", 1, "gone/out.gz: No such file", ""),
    "bundle into a folder": ("bundle good.yaml -o listed", 1, "listed: Is a directory\n", ""),
    "test without samples": ("test good.yaml gone", 1, "gone: there is no sample", ""),
    "test without the response": ("test good.yaml lonely", 1, "lonely/one.response.json: No such file", ""),
    "test against a list": ("test good.yaml listed", 1, "listed/one.expected.json: ", ""),
    "test against a word": ("test good.yaml worded", 1, "worded/one.expected.json: ", ""),
    "test against rows that are none": ("test good.yaml rowless", 1, "rowless/one.expected.json: ", ""),
}


BAD_SPECS = {
    "yaml_error": ["7:17: YAML"],
    "unknown_names": ["3:1: BAD_NAME", "7:23: UNKNOWN_KEY", "9:11: UNKNOWN_VALUE", "12:11: PATTERN"],
}


@pytest.mark.parametrize("name", BAD_SPECS)
def test_the_bad_specs_of_the_fixtures(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "fixtures" / "specs_bad" / f"{name}.yaml"

    assert main(["check", "--json", str(path)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert main(["apply", str(path), str(RESPONSE)]) == 1

    assert [f"{one['line']}:{one['column']}: {one['code']}" for one in told] == BAD_SPECS[name]
    assert capsys.readouterr().err.startswith(f"{path}:{BAD_SPECS[name][0].rpartition(':')[0]}: ")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(command: str) -> int:
    """The exit code; what `main` raises would be a traceback."""
    try:
        return main(command.split())
    except SystemExit as ended:
        return int(str(ended.code))


@pytest.mark.parametrize("name", STUMBLES)
def test_a_stumble_is_told_in_a_line(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command, code, begins, holds = STUMBLES[name]

    assert typed(command) == code

    out, err = capsys.readouterr()
    assert err.startswith(begins)
    assert holds in err
    assert out in ("", "sample  fields       cells\n")
    assert not (folder / "out.gz").exists()


def test_check_of_good_specs_as_json_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("check --json good.yaml twin.yaml") == 0

    assert capsys.readouterr() == ("[]\n", "")


def test_check_tells_of_every_spec_though_one_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("check gone.yaml bad.yaml") == 1

    told = capsys.readouterr().err
    assert "gone.yaml: No such file" in told
    assert "bad.yaml:" in told


def test_view_is_json_with_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("view answer.json") == 0

    out, err = capsys.readouterr()
    assert err == ""
    assert list(json.loads(out)) == [
        *("pages", "lines", "key_values", "tables", "queries", "selections"),
        *("signatures", "layout", "expenses", "identities"),
    ]


def test_a_result_can_be_written_where_its_letters_are_lacking() -> None:
    """Windows redirects into a code page of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "mapping_specs", "apply", "arrow.yaml", "answer.json"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
    )

    assert ended.returncode == 0
    assert b'"arrow": ' in ended.stdout

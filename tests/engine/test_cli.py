"""`python -m mapping_specs` as a newcomer meets it: what is printed where, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mapping_specs.cli import main

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "fixtures" / "tutorial"
RESPONSE = str(TUTORIAL / "inspection_certificate.response.json")
SPEC = """spec: 1
doc_type: inspection_certificate
fields:
  certificate_number: Certificate No
  odometer_km: {type: integer, from: {key: Odometer}}
"""


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "inspection_certificate.yaml"
    path.write_text(SPEC)
    return str(path)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.yaml"
    path.write_text(SPEC.replace("Odometer", "'---'"))
    return str(path)


def test_check_says_what_a_page_costs(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", spec]) == 0

    out, err = capsys.readouterr()
    assert (
        out
        == f"{spec}: no problems; asks Textract for AnalyzeDocument FORMS, USD 0.05 a page (us-east-1, 2026-11-01)\n"
    )
    assert err == ""


def test_check_names_file_line_and_column(spec: str, bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", spec, bad]) == 1

    out, err = capsys.readouterr()
    assert out.startswith(f"{spec}: no problems")
    assert err.startswith(f"{bad}:5:")
    assert err.endswith("1 problem\n")


def test_check_points_at_the_place_and_says_what_was_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(SPEC.replace("type: integer", "type: intger"))

    assert main(["check", str(path)]) == 1

    _, line, caret, expected, count = capsys.readouterr().err.splitlines()
    assert line[caret.index("^") :].startswith("intger")
    assert expected.startswith("    expected: string, integer")
    assert count == "1 problem"


def test_explain_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tables.yaml"
    path.write_text(
        f"{SPEC}tables:\n  items: {{columns: {{item: Item, found: Measured, fee: Fee}}}}\n"
        "  owners: {where: {headers: [Owner, Since]}, columns: {name: Owner}}\n"
    )

    assert main(["explain", str(path), RESPONSE, "items"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["columns"]) == ("taken", {"item": "Item", "found": "Measured", "fee": None})
    assert main(["explain", str(path), RESPONSE, "owners"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"outcome": "no table of the document has 'Owner', 'Since'", "nearest": [], "rows": 0}


@pytest.mark.parametrize("command", ["check", "apply", "explain", "view", "test", "diff", "bundle"])
def test_help_says_what_to_type(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"Example: python -m mapping_specs {command} " in told


def test_a_hint_is_no_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "groups.yaml"
    path.write_text(SPEC + "  km: {from: {line: 'Odometer (\\d+) km'}, clean: {extract: '(?P<value>.*)'}}\n")

    assert main(["check", str(path)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"{path}: no problems")
    assert f"{path}:6:14: The expression has groups, but none of them is named `value`" in err
    assert "a hint" in err

    assert main(["check", "--json", str(path)]) == 0
    assert [(one["severity"], one["code"]) for one in json.loads(capsys.readouterr().out)] == [
        ("hint", "PATTERN_VALUE")
    ]


def test_check_as_json(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", bad]) == 1

    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["file"], problem["code"], problem["line"]) == (bad, "LABEL_EMPTY", 5)


def test_apply_takes_one_answer_or_its_parts(spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(Path(RESPONSE).read_text())
    half = len(whole["Blocks"]) // 2
    parts = [{**whole, "Blocks": whole["Blocks"][:half], "NextToken": "2"}, {**whole, "Blocks": whole["Blocks"][half:]}]
    (tmp_path / "parts.json").write_text(json.dumps(parts))

    assert main(["apply", spec, RESPONSE]) == 0
    one = capsys.readouterr().out
    assert main(["apply", spec, str(tmp_path / "parts.json")]) == 0

    assert capsys.readouterr().out == one
    assert json.loads(one)["fields"] == {"certificate_number": "MVI 0048213", "odometer_km": 128450}


def test_explain_a_field_and_one_that_is_not_there(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", spec, RESPONSE, "odometer_km"]) == 0
    assert json.loads(capsys.readouterr().out)["sources"][0]["outcome"] == "taken"

    assert main(["explain", spec, RESPONSE, "odometer"]) == 1
    assert "there is no field odometer; there are certificate_number, odometer_km" in capsys.readouterr().err


def test_explain_lists_what_no_field_took(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", spec, RESPONSE]) == 0

    unmapped = json.loads(capsys.readouterr().out)["unmapped"]
    assert "Chassis No." in [pair["key"] for pair in unmapped["key_values"]]
    assert ["Item", "Measured", "Wanted", "Remark"] in [table["headers"] for table in unmapped["tables"]]


def test_test_tells_each_miss(spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.response.json").write_text(Path(RESPONSE).read_text())
    expected = {"fields": {"certificate_number": "MVI 0048213", "odometer_km": 128451, "fee": 2600, "vin": None}}
    (tmp_path / "one.expected.json").write_text(json.dumps(expected))

    assert main(["test", spec, str(tmp_path)]) == 1

    out, err = capsys.readouterr()
    assert out == "sample  fields       cells\none     2/4          0/0\n2 misses in 1 sample\n"
    assert err.splitlines() == [
        "one: odometer_km: wrong: expected 128451, found 128450",
        "one: fee: missing: expected 2600, found nothing",
    ]


def test_test_without_samples_says_so(spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", spec, str(tmp_path)]) == 1
    assert "there is no sample" in capsys.readouterr().err


CHANGES = {
    "a field goes": (
        ("  certificate_number: Certificate No\n", ""),
        "fields.certificate_number: removed (string)",
        True,
    ),
    "a field comes": (("fields:\n", "fields:\n  fee: Fee\n"), "fields.fee: added (string)", False),
    "a field is renamed": (
        ("certificate_number:", "number:"),
        "fields.certificate_number: renamed to number",
        True,
    ),
    "a type": (("type: integer", "type: string"), "fields.odometer_km: type integer becomes string", True),
    "a synonym": (("key: Odometer", "key: [Odometer, Km]"), "fields.odometer_km: label Km added", False),
    "a check": (
        ("from: {key: Odometer}", "from: {key: Odometer}, check: {min: 0}"),
        "fields.odometer_km: check changed: nothing becomes {min: 0}",
        False,
    ),
    "a title": (("fields:", "title: Inspection\nfields:"), "title: Inspection certificate becomes Inspection", False),
    "the docType": (
        ("doc_type: inspection_certificate", "doc_type: inspection"),
        "doc_type: docType inspection_certificate becomes inspection",
        True,
    ),
    "a rule": (
        ("fields:", "rules: [{id: far, assert: 'fields.odometer_km > `0`', message: No}]\nfields:"),
        "rules.far: added (warning): fields.odometer_km > `0`",
        False,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_diff_tells_a_change_and_what_breaks_clients(
    name: str, spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (old, new), told, breaks = CHANGES[name]
    (tmp_path / "new.yaml").write_text(SPEC.replace(old, new, 1))

    assert main(["diff", spec, str(tmp_path / "new.yaml"), "--json"]) == 0

    changes = {f"{one['path']}: {one['message']}": "breaks" in one for one in json.loads(capsys.readouterr().out)}
    assert changes[told] is breaks


def test_diff_of_the_same_is_empty(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", spec, spec]) == 0
    assert capsys.readouterr().out == "0 changes, 0 of them break clients\n"


def test_bundle_prints_its_id(spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "bundle.json.gz"

    assert main(["bundle", spec, "-o", str(target)]) == 0

    assert len(capsys.readouterr().out.strip()) == 64
    assert target.stat().st_size > 100


@pytest.mark.parametrize("command", ["apply", "explain"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        ("{", "this is not JSON"),
        ("[]", "no parts"),
        ('{"a": 1}', "not a Textract answer"),
        ('{"JobStatus": "FAILED"}', "the analysis failed"),
        ('{"Blocks": [], "NextToken": "x"}', "not whole"),
    ],
)
def test_a_response_that_is_none(
    command: str, content: str | None, told: str, spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "response.json"
    if content is not None:
        path.write_text(content)

    assert main([command, spec, str(path)]) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert "Traceback" not in err


def run(*arguments: Any, code: str = "") -> str:
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "mapping_specs", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_it_runs_as_a_module_and_lists_its_commands() -> None:
    told = run("--help")

    for command in ("check", "apply", "explain", "view", "test", "diff", "bundle"):
        assert f"    {command} " in told


def test_the_processor_loads_neither_yaml_nor_schema_nor_types_before_a_document_needs_them() -> None:
    loaded = run(
        code="import sys, json, mapping_specs as m; m.extract; m.unpack; m.build_view; print(json.dumps(list(sys.modules)))"
    )

    heavy = {
        "yaml",
        "jsonschema",
        "re2",
        "phonenumbers",
        "rapidfuzz",
        "jmespath",
        "django",
        "boto3",
        "decimal",
        "datetime",
    }
    heavy |= {f"mapping_specs.engine.{name}" for name in ("problem", "resolved", "types.dates", "types.numbers")}
    assert heavy & set(json.loads(loaded)) == set()

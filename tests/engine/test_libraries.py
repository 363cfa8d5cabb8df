"""What a spec takes from the library it extends, and what its own words change of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapping_specs import check_library, check_spec, cli, load_spec, read_spec

LIBRARY = """
locale: {country: KE, currency: KES}
blank: [N/A]
fields:
  phone: {type: phone, pii: true, check: {length: {min: 7}}, from: {key: [Phone, Mobile]}}
  name: Name
tables:
  owners: {required: true, columns: {name: Owner, since: {header: Since, type: date}}}
rules:
  - {id: named, assert: fields.name, message: No name}
"""


LIBRARIES = {
    "shop/base": LIBRARY,
    "shop/more": "extends: shop/base\nfields: {till: Till}\n",
    "loop": "extends: back\n",
    "back": "extends: loop\n",
    "torn": "fields: {name: [\n",
    "list": "- name\n",
}


def spec(text: str, extends: str = "shop/base") -> str:
    return f"spec: 1\ndoc_type: form\nextends: {extends}\n{text}"


def resolved(text: str, extends: str = "shop/base") -> Any:
    return load_spec(spec(text, extends), LIBRARIES).resolved


def test_all_of_it_is_the_start() -> None:
    found = resolved("fields: {total: Total}\n")

    assert list(found["fields"]) == ["phone", "name", "total"]
    assert (found["locale"]["currency"], found["blank"]) == ("KES", ["N/A"])
    assert [rule["id"] for rule in found["rules"]] == ["named"]


def test_another_label_keeps_the_type() -> None:
    phone = resolved("fields: {phone: Telephone}\n")["fields"]["phone"]

    assert (phone["type"], phone["pii"], phone["check"]) == ("phone", True, {"length": {"min": 7}})
    assert [source["args"]["labels"] for source in phone["sources"]] == [["Telephone"]]


def test_another_source_takes_the_place_of_the_library_s() -> None:
    phone = resolved("fields: {phone: {from: {line: '\\d{7,}'}}}\n")["fields"]["phone"]

    assert [source["kind"] for source in phone["sources"]] == ["line"]


def test_other_words_keep_the_source() -> None:
    name = resolved("fields: {name: {required: true}}\n")["fields"]["name"]

    assert (name["required"], name["sources"][0]["args"]["labels"]) == (True, ["Name"])


def test_columns_are_taken_over_as_fields_are() -> None:
    owners = resolved("tables: {owners: {columns: {since: From}}}\n")["tables"]["owners"]

    assert owners["required"]
    assert {name: (one["header"], one["type"]) for name, one in owners["columns"].items()} == {
        "name": (["Owner"], "string"),
        "since": (["From"], "date"),
    }


def test_lists_are_replaced_and_locale_is_merged() -> None:
    found = resolved("blank: [none]\nlocale: {country: UG}\nrules: []\n")

    assert (found["blank"], found["rules"]) == (["none"], [])
    assert (found["locale"]["country"], found["locale"]["currency"]) == ("UG", "KES")


def test_a_library_may_extend_another() -> None:
    assert list(resolved("", "shop/more")["fields"]) == ["phone", "name", "till"]


@pytest.mark.parametrize(
    ("extends", "code", "said"),
    [
        ("loop", "LIBRARY_BROKEN", "loop → back → loop"),
        ("torn", "LIBRARY_BROKEN", "line 2"),
        ("list", "LIBRARY_BROKEN", "no mapping"),
        ("shop/bse", "LIBRARY_UNKNOWN", "did you mean `shop/base`?"),
        ("kenya/bas", "LIBRARY_UNKNOWN", "did you mean `kenya/base`?"),
    ],
)
def test_one_that_cannot_be_used_is_told_where_it_is_named(extends: str, code: str, said: str) -> None:
    [problem] = check_spec(spec("fields: {name: Name}\n", extends), LIBRARIES)

    assert (problem.code, problem.line, problem.path) == (code, 3, "extends")
    assert said in problem.message


def test_what_is_wrong_with_it_is_told_where_it_is_named() -> None:
    problems = check_spec(spec("fields: {phone: {check: {min: 5}}}\n"), LIBRARIES)

    assert [(one.code, one.line, one.path) for one in problems] == [("CHECK_TYPE", 4, "fields.phone.check.min")]


def test_those_of_the_engine_are_there_beside_one_s_own() -> None:
    assert resolved("fields: {name: Name}\n", "kenya/base")["locale"]["currency"] == "KES"


def test_the_command_line_takes_those_in_the_folder_beside_the_spec(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "library" / "shop").mkdir(parents=True)
    (tmp_path / "library" / "shop" / "base.yaml").write_text(LIBRARY)
    (tmp_path / "form.yaml").write_text(spec("fields: {total: Total}\n"))

    assert cli.main(["check", str(tmp_path / "form.yaml")]) == 0
    assert "no problems" in capsys.readouterr().out


# --- a library by itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(LIBRARIES.keys() - {"loop", "back", "torn", "list"}))
def test_a_library_needs_no_doc_type_and_no_fields(name: str) -> None:
    assert check_library(LIBRARIES[name], LIBRARIES) == []
    assert check_library("locale: {country: KE}\nblank: [N/A]\n") == []


def test_a_library_s_problems_are_told_at_their_lines() -> None:
    text = "locale: {country: Kenya}\nfields:\n  phone: {type: fone, from: Phone}\nrules:\n  - {id: a, assert: fields.b, message: M}\n"

    assert [(found.code, found.line) for found in check_library(text)] == [
        ("WRONG_VALUE", 1),
        ("UNKNOWN_VALUE", 3),
        ("NAME_UNKNOWN", 5),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fields: {name: [\n", "YAML"),
        ("- name\n", "WRONG_VALUE"),
        ("extends: shop/bas\n", "LIBRARY_UNKNOWN"),
        ("extends: torn\n", "LIBRARY_BROKEN"),
        ("extends: loop\n", "LIBRARY_BROKEN"),
    ],
)
def test_what_is_no_library_says_so(text: str, code: str) -> None:
    assert [found.code for found in check_library(text, LIBRARIES)] == [code]


def test_reading_names_the_libraries_it_followed() -> None:
    read = {extends: read_spec(spec("fields: {a: A}\n", extends), LIBRARIES).libraries for extends in LIBRARIES}

    assert read == {
        "shop/base": ("shop/base",),
        "shop/more": ("shop/more", "shop/base"),
        "loop": ("loop", "back"),
        "back": ("back", "loop"),
        "torn": ("torn",),
        "list": ("list",),
    }
    assert read_spec("spec: 1\ndoc_type: form\nfields: {a: A}\n").libraries == ()

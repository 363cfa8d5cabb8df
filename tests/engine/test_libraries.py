"""What a spec takes from the library it extends, and what its own words change of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapping_specs import check_spec, load_spec
from mapping_specs.engine import resolving

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


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "base.yaml").write_text(LIBRARY)
    (tmp_path / "shop" / "more.yaml").write_text("extends: shop/base\nfields: {till: Till}\n")
    (tmp_path / "loop.yaml").write_text("extends: loop\n")
    monkeypatch.setattr(resolving, "LIBRARY", tmp_path)


def resolved(text: str, extends: str = "shop/base") -> Any:
    return load_spec(f"spec: 1\ndoc_type: form\nextends: {extends}\n{text}").resolved


def test_all_of_it_is_the_start() -> None:
    spec = resolved("fields: {total: Total}\n")

    assert list(spec["fields"]) == ["phone", "name", "total"]
    assert (spec["locale"]["currency"], spec["blank"]) == ("KES", ["N/A"])
    assert [rule["id"] for rule in spec["rules"]] == ["named"]


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
    spec = resolved("blank: [none]\nlocale: {country: UG}\nrules: []\n")

    assert (spec["blank"], spec["rules"]) == (["none"], [])
    assert (spec["locale"]["country"], spec["locale"]["currency"]) == ("UG", "KES")


def test_a_library_may_extend_another() -> None:
    assert list(resolved("", "shop/more")["fields"]) == ["phone", "name", "till"]


def test_one_that_extends_itself_is_refused() -> None:
    assert [one.code for one in check_spec("spec: 1\ndoc_type: form\nextends: loop\n")] == ["LIBRARY_UNKNOWN"]


def test_what_is_wrong_with_it_is_told_where_it_is_named() -> None:
    problems = check_spec("spec: 1\ndoc_type: form\nextends: shop/base\nfields: {phone: {check: {min: 5}}}\n")

    assert [(one.code, one.line, one.path) for one in problems] == [("CHECK_TYPE", 4, "fields.phone.check.min")]

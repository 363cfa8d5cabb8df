"""Specs out and in again: YAML and zip, and the field table as a spreadsheet. ana edits, victor looks."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backend.accounts.models import User
from backend.errors import Conflict, DomainError, Forbidden, Invalid
from backend.specs import services
from backend.specs.exchange import sheets, spec_files
from backend.specs.exchange.field_rows import rows_of
from backend.specs.exchange.field_table import FieldTable
from backend.specs.models import Library, LibraryRevision, MappingSpec, SpecRevision, StagedImport
from backend.specs.reading import draft_read, revision_read
from backend.specs.services import imports
from tests.backend.specs import BROKEN, IDENTITY, LOGBOOK, published, saved
from tests.backend.zips import zip_with

COMMENTED = """\
spec: 1
doc_type: motor_logbook
title: Motor vehicle logbook   # as printed
fields:
  # the plate
  registration_number: {required: true, from: {key: [Registration No, Reg. Mark]}}
  seats:
    type: integer
    from: Seats   # 2004 layout
    clean: [collapse]
  "owner_name": {pii: true, review_below: 90, from: [{key: Owner}, {query: owner}]}
  formula: '=cmd|calc'
tables:
  previous_owners:
    where: {headers: [Name, Date]}
    columns: {name: Name}
textract:
  queries: {owner: "Who is the owner?"}
"""


@pytest.fixture
def person(db):
    def do(name: str, group: str) -> User:
        user, _ = User.objects.get_or_create(username=name, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        return user

    return do


@pytest.fixture
def ana(person) -> User:
    return person("ana", "analyst")


@pytest.fixture
def as_ana(ana) -> Client:
    client = Client()
    client.force_login(ana)
    return client


@pytest.fixture
def spec(db) -> MappingSpec:
    return saved(COMMENTED).spec


def exported(spec: MappingSpec, kind: str) -> bytes:
    newest = spec.revisions.first()
    rows = rows_of(revision_read(newest).reading)
    return sheets.FORMATS[kind].export_data(FieldTable(rows, newest.number).export(rows), notes=["not held"])


class Sheet:
    """The exported table, to be edited as in a spreadsheet."""

    def __init__(self, spec: MappingSpec, kind: str = "csv") -> None:
        self.headers, *self.rows = csv.reader(io.StringIO(exported(spec, "csv").decode("utf-8-sig")))

    def row(self, name: str) -> list[str]:
        return next(row for row in self.rows if row[0] == name)

    def set(self, was: str, /, **cells: str) -> None:
        for column, value in cells.items():
            self.row(was)[self.headers.index(column)] = value

    def add(self, **cells: str) -> None:
        self.rows.append([cells.get(column, "") for column in self.headers])

    def csv(self) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerows([self.headers, *self.rows])
        return out.getvalue().encode()


def stage(spec: MappingSpec, user: User, data: bytes, name: str = "fields.csv", **wants: Any) -> dict[str, Any]:
    return imports.fields_stage(user=user, spec=spec, file_name=name, data=data, **wants).texts[0]


# --- the field table -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_brought_back_unchanged_changes_nothing(spec, ana, kind):
    found = stage(spec, ana, exported(spec, kind), f"fields.{kind}")
    assert (found["text"], found["rows"], found["errors"]) == (COMMENTED, [], [])


def test_a_cell_changes_one_word_and_the_rest_stays_the_byte_it_was(spec, ana):
    sheet = Sheet(spec)
    sheet.set("seats", labels="Seats | Seating capacity", required="yes")
    found = stage(spec, ana, sheet.csv())

    assert found["errors"] == []
    [row] = found["rows"]
    assert (row["kind"], row["name"]) == ("update", "seats")
    assert ["Seats", "Seats | Seating capacity"] in row["cells"]
    old, new = COMMENTED.splitlines(), found["text"].splitlines()
    assert [line for line in old if line not in new] == ["    from: Seats   # 2004 layout"]
    assert "    required: true" in new
    assert "# 2004 layout" in found["text"]
    [seats] = [row for row in rows_of(draft_read(found["text"]).reading) if row.name == "seats"]
    assert (seats.labels, seats.required, seats.type) == (["Seats", "Seating capacity"], True, "integer")


def test_a_new_row_is_a_new_field_and_a_new_name_renames(spec, ana):
    sheet = Sheet(spec)
    sheet.set("seats", name="places")
    sheet.add(name="colour", labels="Colour | Color", review_below="70 %", description="As painted", title="Paint")
    text = stage(spec, ana, sheet.csv())["text"]
    rows = {row.name: row for row in rows_of(draft_read(text).reading)}
    assert list(rows) == ["registration_number", "places", "owner_name", "formula", "colour"]
    assert (rows["colour"].labels, rows["colour"].review_below) == (["Colour", "Color"], 70)
    assert (rows["colour"].description, rows["colour"].title, rows["colour"].type) == ("As painted", "Paint", "string")


def test_a_row_taken_out_removes_only_when_asked_to(spec, ana):
    sheet = Sheet(spec)
    sheet.rows.remove(sheet.row("seats"))
    kept = stage(spec, ana, sheet.csv())
    assert (kept["missing"], kept["text"]) == (["seats"], COMMENTED)
    gone = stage(spec, ana, sheet.csv(), remove_missing=True)
    assert "seats" not in gone["text"]
    assert [row["kind"] for row in gone["rows"]] == ["delete"]


def test_it_says_what_it_cannot_hold(spec, ana):
    found = stage(spec, ana, exported(spec, "csv"))
    assert "tables: previous_owners" in found["kept"]
    assert Sheet(spec).row("owner_name")[-1] == "from key, query"
    assert Sheet(spec).row("seats")[-1] == "clean"


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("seats", {"type": "integr"}, "seats, type: “integr” is no type. Did you mean integer?"),
        ("seats", {"required": "maybe"}, "seats, required: “maybe” is neither yes nor no."),
        ("seats", {"review_below": "900"}, "seats, review_below: “900” is no percentage"),
        ("seats", {"labels": ""}, "The labels are gone"),
        ("seats", {"name": "owner_name"}, "seats: There is a field owner_name already."),
        ("seats", {"name": "Number of seats"}, "seats: A field's name is a small letter"),
        ("owner_name", {"labels": "Owner"}, "change it in the YAML"),
    ],
)
def test_a_cell_that_cannot_be_is_named_and_nothing_is_saved(spec, ana, name, cells, said):
    sheet = Sheet(spec)
    sheet.set(name, **cells)
    made = imports.fields_stage(user=ana, spec=spec, file_name="fields.csv", data=sheet.csv())
    assert said in " ".join(made.texts[0]["errors"])
    with pytest.raises(Conflict, match="has errors"):
        imports.staged_save(staged=made, user=ana)
    assert SpecRevision.objects.count() == 1


def test_an_old_table_does_not_undo_what_others_did_since(spec, ana):
    sheet = Sheet(spec)
    sheet.set("registration_number", title="Plate")
    later = COMMENTED.replace("type: integer", "type: string")
    services.spec_save(spec=spec, text=later, author=None)

    text = stage(spec, ana, sheet.csv())["text"]

    rows = {row.name: row for row in rows_of(draft_read(text).reading)}
    assert (rows["registration_number"].title, rows["seats"].type) == ("Plate", "string")


def test_what_was_shown_is_saved_or_nothing_is(spec, ana):
    sheet = Sheet(spec)
    sheet.set("seats", title="Number of seats")
    made = imports.fields_stage(user=ana, spec=spec, file_name="fields.csv", data=sheet.csv())
    services.spec_save(spec=spec, text=COMMENTED.replace("integer", "string"), author=ana)

    with pytest.raises(Conflict) as refused:
        imports.staged_save(staged=made, user=ana)
    assert (refused.value.reason, SpecRevision.objects.count()) == ("CHANGED_MEANWHILE", 2)


def test_another_person_s_upload_is_not_saved(spec, ana, person):
    made = imports.fields_stage(user=ana, spec=spec, file_name="fields.csv", data=exported(spec, "csv"))
    with pytest.raises(Forbidden):
        imports.staged_save(staged=made, user=person("peter", "publisher"))


def test_a_library_s_field_is_shown_and_not_changed(db, ana):
    services.library_save(name="shared", text="fields:\n  policy_number: Policy No\n", author=None)
    text = "spec: 1\ndoc_type: motor_logbook\ntitle: Logbook\nextends: shared\nfields:\n  seats: Seats\n"
    spec = saved(text).spec
    sheet = Sheet(spec)
    assert sheet.row("policy_number")[-1] == "comes from the library"
    assert stage(spec, ana, sheet.csv())["errors"] == []
    sheet.set("policy_number", required="yes")
    assert "comes from the library" in " ".join(stage(spec, ana, sheet.csv())["errors"])


# --- formulas, bombs and wrong files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''=1", "'plain", "plain", "a=b"])
def test_no_cell_of_a_csv_is_run_and_each_comes_back_as_it_was(cell):
    guarded = sheets.guarded(cell)
    assert guarded[0] not in "=+-@\t\r"
    assert sheets.unguarded(guarded) == cell


def test_no_cell_of_an_xlsx_is_a_formula(spec):
    book = openpyxl.load_workbook(io.BytesIO(exported(spec, "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "=cmd|calc" in [cell.value for cell in cells]


def workbook(**cells: Any) -> bytes:
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zip_of(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.xlsx", workbook(A1="was in revision 1", B1="=HYPERLINK(1)"), "FORMULA_IN_CELL"),
        ("a.xlsx", workbook(), "SHEET_EMPTY"),
        ("a.xlsx", workbook(A1="name"), "SHEET_COLUMNS"),
        ("a.xlsx", zip_of(xl__workbook_dot_xml=b"\0" * 60_000_000), "SHEET_TOO_LARGE"),
        ("a.xlsx", zip_of(a=b"x"), "NOT_A_SHEET"),
        ("a.xlsx", zip_of(xl__workbook_dot_xml=b"<"), "NOT_A_SHEET"),
        ("a.xlsx", b"%PDF-1.7", "NOT_A_SHEET"),
        ("a.csv", b"\xff\xfe\x00", "NOT_A_SHEET"),
        ("a.csv", b"x\n" * 6000, "SHEET_TOO_LARGE"),
        ("a.csv", b"", "SHEET_EMPTY"),
        ("a.csv", b"was in revision 99,name\n", "SHEET_OF_ANOTHER"),
        ("a.csv", b"a" * 6_000_000, "SHEET_TOO_LARGE"),
        ("a.ods", b"x", "NOT_A_SHEET"),
    ],
)
def test_a_file_that_is_no_field_table_is_refused_by_name(spec, ana, name, data, reason):
    with pytest.raises(DomainError) as refused:
        imports.fields_stage(user=ana, spec=spec, file_name=name, data=data)
    assert refused.value.reason == reason
    assert not StagedImport.objects.exists()


def encrypted() -> bytes:
    """The flag that says so, set in both places."""
    data = bytearray(zip_of(a_dot_yaml=b"x"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.zip", zip_of(a_dot_yaml=b"\0" * 2_000_000), "ZIP_TOO_LARGE"),
        ("a.zip", zip_of(**{f"a{n}_dot_yaml": b"x" for n in range(201)}), "ZIP_TOO_LARGE"),
        ("a.zip", zip_of(**{f"a{n}_dot_yaml": b"x" * 900_000 for n in range(25)}), "ZIP_TOO_LARGE"),
        ("a.zip", b"x" * 5_000_001, "ZIP_TOO_LARGE"),
        ("a.zip", zip_of(run_dot_exe=b"MZ"), "NOT_A_SPEC_FILE"),
        ("a.zip", zip_of(inner_dot_zip=zip_of(a=b"x")), "NOT_A_SPEC_FILE"),
        ("a.zip", zip_of(), "NOT_A_SPEC_FILE"),
        ("a.zip", b"PK nothing", "NOT_A_ZIP"),
        ("a.zip", encrypted(), "NOT_A_ZIP"),
        ("a.zip", zip_of(a_dot_yaml=LOGBOOK.encode(), b_dot_yaml=LOGBOOK.encode()), "SPEC_TWICE"),
        ("a.yaml", b"x" * 5_000_000, "SPEC_TOO_LARGE"),
        ("a.yaml", b"\xff\xff", "NOT_A_SPEC_FILE"),
        ("a.yaml", b"fields: {}\n", "NOT_A_SPEC_FILE"),
        ("a.pdf", b"%PDF", "NOT_A_SPEC_FILE"),
    ],
)
def test_a_file_that_is_no_spec_is_refused_by_name(ana, name, data, reason):
    with pytest.raises(DomainError) as refused:
        imports.specs_stage(user=ana, file_name=name, data=data)
    assert refused.value.reason == reason


def test_a_zip_that_lies_about_its_size_is_cut_there(ana):
    data = zip_of(a_dot_yaml=LOGBOOK.encode() + b"#" * 5000)
    size = (len(LOGBOOK) + 5000).to_bytes(4, "little")
    lying = data.replace(size, (10).to_bytes(4, "little"))
    assert lying != data
    with pytest.raises(Invalid) as refused:
        imports.specs_stage(user=ana, file_name="a.zip", data=lying)
    assert refused.value.reason == "NOT_A_ZIP"


# --- YAML and zip ----------------------------------------------------------------------------------------------------


def test_what_is_exported_comes_back_byte_for_byte(cloud, as_ana, ana):
    published(COMMENTED, IDENTITY)
    data = as_ana.get(reverse("admin:specs_export_zip")).content
    assert dict(spec_files.texts_in("specs.zip", data).specs) == {"motor_logbook": COMMENTED, "national_id": IDENTITY}
    assert data == as_ana.get(reverse("admin:specs_export_zip")).content
    made = imports.specs_stage(user=ana, file_name="specs.zip", data=data)
    assert imports.staged_save(staged=made, user=ana) == []
    assert SpecRevision.objects.count() == 2


def test_a_zip_makes_draft_revisions_and_new_doc_types(cloud, ana):
    published(LOGBOOK)
    made = imports.specs_stage(
        user=ana, file_name="specs.zip", data=zip_of(a_dot_yaml=BROKEN.encode(), b_dot_yml=IDENTITY.encode())
    )
    revisions = imports.staged_save(staged=made, user=ana)
    assert [(str(one), bool(one.problems), one.note) for one in revisions] == [
        ("motor_logbook revision 2", True, "Imported from specs.zip"),
        ("national_id revision 1", False, "Imported from specs.zip"),
    ]
    assert MappingSpec.objects.get(doc_type="motor_logbook").live_revision.number == 1
    assert not StagedImport.objects.exists()


def test_only_the_chosen_are_exported(cloud, as_ana):
    published(LOGBOOK, IDENTITY)
    chosen = MappingSpec.objects.get(doc_type="national_id").pk
    data = as_ana.get(reverse("admin:specs_export_zip"), {"spec": chosen}).content
    assert [name for name, _ in spec_files.texts_in("specs.zip", data).specs] == ["national_id"]


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_table_goes_out_and_comes_back_through_the_pages(spec, as_ana, ana, kind):
    out = as_ana.get(reverse("admin:specs_export", args=[spec.pk, f"fields.{kind}"]))
    assert f'filename="motor_logbook-r1-fields.{kind}"' in out["Content-Disposition"]
    sheet = Sheet(spec)
    sheet.set("seats", title="Number of seats")

    file = SimpleUploadedFile("edited.csv", sheet.csv())
    page = as_ana.post(reverse("admin:specs_exchange", args=[spec.pk]), {"file": file}, follow=True)

    shown = page.content.decode()
    assert "<del>Seats</del> <ins>Number of seats</ins>" in shown
    assert "Save 1 draft revision<" in shown
    assert SpecRevision.objects.count() == 1, "nothing is saved by looking"
    as_ana.post(page.request["PATH_INFO"])
    newest = SpecRevision.objects.first()
    assert (newest.number, newest.author, newest.note) == (2, ana, "Imported from edited.csv")


def test_an_upload_waits_a_day(spec, as_ana, ana):
    made = imports.fields_stage(user=ana, spec=spec, file_name="fields.csv", data=exported(spec, "csv"))
    StagedImport.objects.update(created_at=timezone.now() - timedelta(hours=25))
    imports.staged_delete_old()
    page = as_ana.get(reverse("admin:specs_staged", args=[made.pk]), follow=True).content.decode()
    assert "not there any more" in page


def test_a_wrong_file_is_told_on_the_page(spec, as_ana):
    file = SimpleUploadedFile("fields.xlsx", b"%PDF-1.7")
    page = as_ana.post(reverse("admin:specs_exchange", args=[spec.pk]), {"file": file})
    assert "This is not an XLSX file." in page.content.decode()


def test_a_viewer_takes_out_and_brings_nothing_in(spec, person):
    victor = Client()
    victor.force_login(person("victor", "viewer"))
    assert victor.get(reverse("admin:specs_export", args=[spec.pk, "spec.yaml"])).content.decode() == COMMENTED
    for name, args in (("specs_exchange", [spec.pk]), ("specs_exchange_all", [])):
        page = victor.get(reverse(f"admin:{name}", args=args)).content.decode()
        assert "Show what changes" not in page
        victor.post(reverse(f"admin:{name}", args=args), {"file": SimpleUploadedFile("a.yaml", LOGBOOK.encode())})
    assert not StagedImport.objects.exists()


def test_new_rows_stand_where_they_stand_in_the_sheet(spec, ana):
    sheet = Sheet(spec)
    place = sheet.rows.index(sheet.row("seats"))
    for number in (2, 1):
        sheet.add(name=f"axle_{number}", labels=f"Axle {number}")
        sheet.rows.insert(place, sheet.rows.pop())
    found = stage(spec, ana, sheet.csv())
    assert found["errors"] == []
    names = [row.name for row in rows_of(draft_read(found["text"]).reading)]
    assert names == ["registration_number", "axle_1", "axle_2", "seats", "owner_name", "formula"]


def test_the_last_field_stays(spec, ana):
    sheet = Sheet(spec)
    sheet.rows = []
    sheet.add(name="colour", labels="Colour")
    errors = stage(spec, ana, sheet.csv(), remove_missing=True)["errors"]
    assert "A spec has at least one field." in errors[0]


# --- over shared fields ----------------------------------------------------------------------------------------------

SHARED = "# of every policy\nfields:\n  policy_number: {required: true, from: Policy No}   # as printed\n"
OVER_SHARED = "spec: 1\ndoc_type: receipt\ntitle: Receipt\nextends: shop/more\nfields:\n  till: Till  # ours\n"


@pytest.fixture
def over_shared(db) -> SpecRevision:
    """A spec over a library over a library."""
    services.library_save(name="shop/base", text=SHARED, author=None)
    services.library_save(name="shop/more", text="extends: shop/base\nblank: [none]\n", author=None)
    return saved(OVER_SHARED)


def test_a_zip_carries_shared_fields_to_where_they_are_not(over_shared, as_ana, ana):
    """Text, comments, what is pinned and what is read: as they were, with nothing left here but the zip."""
    address = reverse("admin:specs_export_zip") + "?which=newest"
    data = as_ana.get(address).content
    known = (over_shared.text, over_shared.sha256, over_shared.resolved, over_shared.libraries)
    emptied(MappingSpec, Library)

    imports.staged_save(staged=imports.specs_stage(user=ana, file_name="specs.zip", data=data), user=ana)

    brought = SpecRevision.objects.get()
    assert (brought.text, brought.sha256, brought.resolved, brought.libraries) == known
    assert LibraryRevision.objects.get(library__name="shop/base").text == SHARED
    assert as_ana.get(address).content == data


def test_a_zip_may_hold_shared_fields_alone(ana):
    data = zip_with({"library/shop/base.yaml": SHARED})
    made = imports.specs_stage(user=ana, file_name="library.zip", data=data)
    assert list(map(str, imports.staged_save(staged=made, user=ana))) == ["shop/base 1"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_over_shared_fields_comes_back_as_it_was(over_shared, ana, kind):
    found = stage(over_shared.spec, ana, exported(over_shared.spec, kind), f"fields.{kind}")
    assert (found["text"], found["rows"], found["errors"]) == (OVER_SHARED, [], [])


def emptied(*models: Any) -> None:
    """As in another place; revisions are never deleted through their model."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in models)} CASCADE")

"""A docType from a file to live and back: imported, published, edited in a spreadsheet, compared, rolled back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import notebook
from tests.journeys.people import People, sign_in
from tests.journeys.pictures import keep

pytestmark = [pytest.mark.stack, pytest.mark.browser]
PERMIT = Path(__file__).parent / "specs" / "parking_permit.yaml"


@pytest.fixture
def window(browser: Any, application: Any) -> Iterator[Any]:
    """Windows of several people at once."""
    with ExitStack() as open_ones:

        def open_for(person: dict[str, Any]) -> Page:
            page = open_ones.enter_context(notebook(browser, application)).new_page()
            sign_in(page, person)
            return page

        yield open_for


def upload(page: Page, path: Path) -> None:
    page.get_by_label("File to import").set_input_files(path)
    page.get_by_role("button", name="Show what changes").click()


def row(page: Page, number: int) -> Any:
    """Of the list of revisions."""
    return page.locator("table.revisions tbody tr").filter(has=page.get_by_role("link", name=str(number), exact=True))


def edit_sheet(path: Path) -> None:
    """As in a spreadsheet: a title, a label more, a type, and the row of `zone` taken out."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    rows = {cells[0].value: cells[0].row for cells in sheet.iter_rows(min_row=2)}
    sheet.cell(rows["holder"], columns["title"]).value = "Holder's name"
    sheet.cell(rows["permit_number"], columns["labels"]).value = "Permit No | Permit number | Sticker No"
    sheet.cell(rows["valid_until"], columns["type"]).value = "string"
    sheet.delete_rows(rows["zone"])
    book.save(path)


def test_from_a_file_to_live_and_back(window: Any, people: People, tmp_path: Path) -> None:
    ana, peter = window(people["ana"]), window(people["peter"])

    # ana brings the docType in as a YAML file.
    ana.get_by_role("link", name="Import and export").click()
    upload(ana, PERMIT)
    expect(ana.locator("main, #main")).to_contain_text("new docType")
    ana.get_by_role("button", name="Save 1 draft revision").click()
    expect(row(ana, 1)).to_contain_text("Imported from parking_permit.yaml")

    # She may not publish: she asks, and peter approves.
    row(ana, 1).get_by_role("link", name="Publish…").click()
    expect(ana.get_by_role("button", name=re.compile("^Publish revision"))).to_have_count(0)
    ana.get_by_label("Reason").fill("New docType for the parking product")
    ana.get_by_role("button", name="Ask for revision 1 to be published").click()
    peter.goto("/admin/")
    keep(peter, "doc-types")
    peter.get_by_role("link", name="ana asks to publish 1").click()
    peter.get_by_role("button", name="Approve and publish revision 1 as live").click()
    expect(peter.get_by_text("✓ live: revision 1")).to_be_visible()

    # She edits the fields in a spreadsheet.
    ana.goto(peter.url)
    ana.get_by_role("link", name="Import and export").first.click()
    with ana.expect_download() as download:
        ana.get_by_role("link", name="Field table, XLSX").click()
    sheet = tmp_path / download.value.suggested_filename
    download.value.save_as(sheet)
    edit_sheet(sheet)
    ana.get_by_label("Remove fields whose row was taken out").check()
    upload(ana, sheet)
    changed = ana.get_by_role("table", name="Rows that change")
    expect(changed).to_contain_text("Sticker No")
    expect(changed.get_by_text("− removed")).to_be_visible()
    keep(ana, "import-preview")
    ana.get_by_role("button", name="Save 1 draft revision").click()

    # What changed, by meaning and as text.
    ana.get_by_role("button", name="Compare the two chosen").click()
    expect(ana.locator("table.changes")).to_contain_text("label Sticker No added")
    keep(ana, "compare-meaning")
    ana.get_by_role("link", name="Side by side").click()
    expect(ana.get_by_role("table", name="Differences side by side")).to_contain_text("Sticker No")

    # peter is not let through before he has confirmed what breaks and said why.
    peter.reload()
    keep(peter, "revisions")
    row(peter, 2).get_by_role("link", name="Publish…").click()
    expect(peter.locator("table.changes")).to_contain_text("✗ breaks: the field goes away")
    publish = peter.get_by_role("button", name="Publish revision 2 as live")
    publish.click()
    expect(peter.get_by_text("confirm it and say why")).to_be_visible()
    peter.get_by_label("I know what breaks").check()
    peter.get_by_label("Reason").fill("The app shows no zones any more")
    keep(peter, "publish")
    publish.click()
    expect(peter.get_by_text("✓ live: revision 2")).to_be_visible()

    # Rollback is two clicks.
    row(peter, 1).get_by_role("link", name="Roll back…").click()
    peter.get_by_role("button", name="Roll back to revision 1").click()
    expect(peter.get_by_text("✓ live: revision 1")).to_be_visible()

    peter.get_by_role("link", name="Audit").click()
    lines = peter.locator("#result_list tbody tr, #changelist tbody tr").filter(has_text="parking_permit")
    expect(lines.nth(0)).to_contain_text("2 → 1")
    expect(lines.nth(0)).to_contain_text("Rolled back from revision 2")
    expect(lines.nth(1)).to_contain_text("The app shows no zones any more")
    expect(lines.nth(2)).to_contain_text("New docType for the parking product")
    keep(peter, "audit")


def test_the_second_publisher_is_told(window: Any, people: People, application: Any) -> None:
    """peter and bob have the same page open; bob is faster."""
    make = (
        "from backend.specs import services; from backend.specs.models import MappingSpec;"
        "spec = services.spec_ensure(doc_type='toll_receipt');"
        "text = 'spec: 1\\ndoc_type: toll_receipt\\ntitle: Toll receipt\\nfields:\\n  plate: Plate {}\\n';"
        "[services.spec_save(spec=spec, text=text.format(n), author=None) for n in range(2)];"
        "print('id', spec.pk)"
    )
    spec_id = re.search(r"id (\d+)", application.manage("shell", "-c", make))
    assert spec_id
    peter, bob = window(people["peter"]), window(people["bob"])
    for page, number in ((peter, 1), (bob, 2)):
        page.goto(f"/admin/specs/mappingspec/{spec_id[1]}/publish/{number}/")
    bob.get_by_role("button", name="Publish revision 2 as live").click()
    expect(bob.get_by_text("✓ live: revision 2")).to_be_visible()

    peter.get_by_role("button", name="Publish revision 1 as live").click()

    expect(peter.get_by_text("bob made revision 2 live meanwhile")).to_be_visible()
    expect(peter.get_by_text("✓ live: revision 2")).to_be_visible()

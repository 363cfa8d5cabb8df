"""The workbench as a person works it: by clicking and typing, which is counted."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import TimeoutError, expect

from infra.local.application import Application
from tests.journeys.browsing import notebook
from tests.journeys.people import sign_in
from tests.journeys.pictures import keep, keeping

ROOT = Path(__file__).parents[2]
LOGBOOK = ROOT / "fixtures" / "documents" / "motor_logbook"

KNOWS_PRINTED = """async (label) => {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const { state } = await import(loaded.find((name) => /workbench\\/store\\b[^/]*$/.test(name)));
  return state.completions?.labels?.some(({ text }) => text === label) ?? false;
}"""


class Workbench:
    """One window at the workbench of a docType."""

    def __init__(self, page: Any, application: Application) -> None:
        self.page = page
        self.application = application
        self.clicks = 0
        self.keystrokes = 0
        self.doc_type = ""

    @classmethod
    @contextmanager
    def window(cls, browser: Any, application: Application) -> Iterator[Workbench]:
        """A window more, of somebody else."""
        with notebook(browser, application) as context:
            yield cls(context.new_page(), application)

    def picture(self, name: str) -> None:
        """For the guide, once passing messages have passed."""
        if keeping():
            expect(self.page.locator("#notes .note")).to_have_count(0)
            self.page.wait_for_function("() => [...document.images].every((one) => one.complete && one.naturalWidth)")
            self.page.mouse.move(0, 0)
            keep(self.page, name)

    # --- hands ---------------------------------------------------------------------------------------------------

    def click(self, target: Any, **options: Any) -> None:
        self.clicks += 1
        target.click(**options)

    def press(self, keys: str) -> None:
        self.keystrokes += 1
        self.page.keyboard.press(keys)

    def type(self, text: str) -> None:
        self.keystrokes += len(text)
        self.page.keyboard.type(text)

    def paste(self, text: str) -> None:
        self.keystrokes += 1
        self.page.keyboard.insert_text(text)

    def choose_file(self, button: Any, path: Path) -> None:
        """One click on the button; the file itself is picked in the system's own window."""
        with self.page.expect_file_chooser() as chooser:
            self.click(button)
        chooser.value.set_files(path)

    # --- going there ---------------------------------------------------------------------------------------------

    def open(self, doc_type: str, person: dict[str, Any]) -> None:
        self.doc_type = doc_type
        sign_in(self.page, person)
        self.page.goto(f"/admin/specs/mappingspec/{self.spec_id(doc_type)}/workbench/")
        self.wait_until_ready()

    def make_doc_type(self, name: str) -> str:
        """A docType of its own from a text of `specs/`; its name."""
        text = (Path(__file__).parent / "specs" / name).read_text()
        stem = Path(name).stem
        doc_type = f"{stem}_{uuid.uuid4().hex[:8]}"
        text = text.replace(f"doc_type: {stem}", f"doc_type: {doc_type}")
        make = (
            "from backend.specs import services;"
            f"spec = services.spec_ensure(doc_type={doc_type!r});"
            f"services.spec_save(spec=spec, text={text!r}, author=None)"
        )
        self.application.manage("shell", "-v", "0", "-c", make)
        return doc_type

    def spec_id(self, doc_type: str) -> str:
        find = "from backend.specs.models import MappingSpec; print(MappingSpec.objects.get(doc_type='{}').pk)"
        return self.application.manage("shell", "-v", "0", "-c", find.format(doc_type)).strip()

    def wait_until_ready(self) -> None:
        expect(self.page.locator("body[data-ready]")).to_be_attached()

    def add_sample(self, path: Path) -> None:
        """Uploaded, read and shown."""
        self.choose_file(self.page.get_by_role("button", name="Add sample"), path)
        expect(self.page.locator(".chip.sample[aria-current]")).to_contain_text(path.name)
        self.wait_for_result()

    def wait_for_answer(self) -> None:
        """The newest answer has come: about this sample and about what is typed."""
        expect(self.page.locator("#result")).to_have_attribute("aria-busy", "false")

    def wait_for_result(self) -> None:
        """The newest answer is shown, and is a result."""
        expect(self.page.locator("#result[aria-busy=false] table.fields")).to_be_attached()

    def wait_for_printed(self, label: str) -> None:
        """The page knows that the samples print it, and may complete it."""
        self.page.wait_for_function(KNOWS_PRINTED, arg=label)

    def save(self, note: str) -> None:
        """Until it is a revision."""
        self.click(self.page.get_by_role("button", name="Save"))
        self.type(note)
        self.press("Enter")
        expect(self.page.locator("#standing .revision")).not_to_contain_text("unsaved")
        expect(self.page.get_by_role("dialog")).not_to_be_attached()

    # --- what is seen --------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What the YAML pane holds."""
        return str(self.page.evaluate("ace.edit('editor').getValue()"))

    def expect_text(self, wanted: str) -> None:
        """The YAML pane comes to hold it."""
        holds = "text => ace.edit('editor').getValue().includes(text)"
        try:
            self.page.wait_for_function(holds, arg=wanted)
        except TimeoutError:
            raise AssertionError(f"{wanted!r} is not in\n{self.text}") from None

    def type_into_yaml(self, line: int, text: str) -> None:
        """At the end of `line`, counted from 1; a new line begins under the one before, as the editor does it."""
        self.page.evaluate("line => { const e = ace.edit('editor'); e.gotoLine(line, 1e6); e.focus(); }", line)
        self.type(text)

    def select_in_yaml(self, text: str) -> None:
        """As with the mouse."""
        found = "text => { const e = ace.edit('editor'); e.navigateFileStart(); e.find(text); e.focus(); }"
        self.page.evaluate(found, text)

    def field_row(self, name: str) -> Any:
        return self.page.locator(f"#result tr.field[data-field={name}]")

    def value_of(self, name: str) -> str:
        return str(self.field_row(name).locator("td.value .normalized").inner_text())

    def select(self, name: str) -> None:
        self.click(self.page.locator("#result").get_by_role("button", name=name, exact=True))

    def why(self, name: str) -> Any:
        return self.page.get_by_role("region", name=f"Why {name}")

    def on_page(self, label: str | re.Pattern[str]) -> Any:
        """Something drawn over the page image, by its accessible name."""
        return self.page.locator("#viewport").get_by_role("button", name=label).first

    def menu_item(self, label: str | re.Pattern[str]) -> Any:
        return self.page.get_by_role("menuitem", name=label).first

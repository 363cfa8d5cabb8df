"""Nothing typed is lost: not by a reload, not by a colleague, not by a session that ends."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.application import Application
from tests.journeys.workbench import Workbench

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def test_unsaved_text_is_back_after_a_reload(bench: Workbench) -> None:
    bench.type_into_yaml(3, " of today")
    bench.page.reload()
    bench.wait_until_ready()

    bench.expect_text("title: Inspection certificate of today\n")
    banner = bench.page.locator("#banner")
    expect(banner).to_contain_text("Your unsaved text")
    bench.click(banner.get_by_role("button", name="Discard it"))
    bench.expect_text("title: Inspection certificate\n")


def test_a_save_makes_a_revision_and_a_second_none(bench: Workbench) -> None:
    bench.type_into_yaml(3, " of today")
    bench.press("Control+s")
    bench.type("a better title")
    bench.press("Enter")

    expect(bench.page.locator("#standing")).to_contain_text(re.compile("revision 2(?!, unsaved)"))
    bench.press("Control+s")
    expect(bench.page.locator("#notes")).to_contain_text("Nothing has changed")


def test_a_newer_library_is_shown_and_taken_by_saving_the_same_text(
    bench: Workbench, browser: Any, application: Application, people: Any
) -> None:
    library = f"journey/{bench.doc_type}"
    with Workbench.window(browser, application) as other:
        other.open(bench.doc_type, people["peter"])
        save_library(other.page, "new/", "extends: kenya/base\nblank: [none]", name=library)
        bench.select_in_yaml("kenya/base")
        bench.type(library)
        bench.save("Over the library")
        other.page.goto("/admin/specs/library/")
        other.page.get_by_role("link", name=library).click()
        save_library(other.page, None, "extends: kenya/base\nblank: [none, nothing]")

    bench.page.reload()
    bench.wait_until_ready()
    moved = f"{library} 2 instead of 1"
    expect(bench.page.locator("#standing")).to_contain_text(moved)
    bench.press("Control+s")
    bench.press("Enter")
    expect(bench.page.locator("#notes")).to_contain_text(f"Saved as revision 3, {moved}.")
    expect(bench.page.locator("#standing")).not_to_contain_text(moved)


def save_library(page: Any, address: str | None, text: str, name: str = "") -> None:
    if address:
        page.goto(f"/admin/specs/library/{address}")
    if name:
        page.get_by_label("Name").fill(name)
    page.get_by_label("Text of the library").fill(text)
    page.get_by_role("button", name=re.compile("Save as revision")).click()
    expect(page.get_by_text(re.compile("Saved as "))).to_be_visible()


def test_who_saved_meanwhile_is_named_before_anything_is_overwritten(
    bench: Workbench, browser: Any, application: Application, people: Any
) -> None:
    bench.type_into_yaml(3, " by Ana")
    with Workbench.window(browser, application) as other:
        other.open(bench.doc_type, people["peter"])
        other.type_into_yaml(3, " by Peter")
        other.save("Peter's title")

    bench.press("Control+s")
    bench.press("Enter")
    dialog = bench.page.get_by_role("dialog", name=re.compile("peter saved revision 2 meanwhile"))
    expect(dialog).to_contain_text("by Peter")
    bench.click(dialog.get_by_role("button", name="Save mine as the next revision"))

    expect(bench.page.locator("#standing")).to_contain_text("revision 3")


def test_the_second_goes_on_on_top_of_what_the_first_saved(
    bench: Workbench, browser: Any, application: Application, people: Any
) -> None:
    """Both edit; Peter saves. Ana sees what he changed before anything is overwritten, goes on typing, then saves hers."""
    with Workbench.window(browser, application) as peter:
        peter.open(bench.doc_type, people["peter"])
        bench.type_into_yaml(3, " by Ana")
        peter.type_into_yaml(3, " by Peter")
        peter.save("Peter's title")

        bench.press("Control+s")
        bench.press("Enter")
        dialog = bench.page.get_by_role("dialog", name=re.compile("peter saved revision 2 meanwhile"))
        expect(dialog.locator(".diff .removed").filter(has_text="title")).to_contain_text("by Peter")
        expect(dialog.locator(".diff .added").filter(has_text="title")).to_contain_text("by Ana")
        bench.picture("workbench-meanwhile")
        bench.click(dialog.get_by_role("button", name="Go on editing"))

        bench.expect_text("title: Inspection certificate by Ana\n")
        peter.page.reload()
        peter.wait_until_ready()
        peter.expect_text("title: Inspection certificate by Peter\n")
        bench.type_into_yaml(3, " and Peter")
        bench.press("Control+s")
        bench.press("Enter")
        bench.click(dialog.get_by_role("button", name="Save mine as the next revision"))

        expect(bench.page.locator("#standing")).to_contain_text(re.compile("revision 3(?!, unsaved)"))
        peter.page.reload()
        peter.wait_until_ready()
        peter.expect_text("title: Inspection certificate by Ana and Peter\n")


def test_theirs_may_be_taken(bench: Workbench, browser: Any, application: Application, people: Any) -> None:
    bench.type_into_yaml(3, " by Ana")
    with Workbench.window(browser, application) as other:
        other.open(bench.doc_type, people["peter"])
        other.type_into_yaml(3, " by Peter")
        other.save("Peter's title")

    bench.press("Control+s")
    bench.press("Enter")
    bench.click(bench.page.get_by_role("button", name="Take theirs, drop mine"))

    bench.expect_text("title: Inspection certificate by Peter\n")


def test_a_session_that_ended_asks_for_the_password_and_goes_on(bench: Workbench, people: Any) -> None:
    bench.page.context.clear_cookies(name="sessionid")

    bench.select_in_yaml("Inspection certificate")
    bench.paste("Inspection certificate at night")
    dialog = bench.page.get_by_role("dialog", name="Your session ended")
    dialog.get_by_label("Password").fill("not the password")
    bench.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("wrong")
    dialog.get_by_label("Password").fill(people["ana"]["password"])
    bench.press("Enter")

    expect(dialog).not_to_be_attached()
    bench.expect_text("title: Inspection certificate at night\n")
    bench.save("after midnight")
    expect(bench.page.locator("#standing")).to_contain_text("revision 2")


def test_unsaved_text_travels_in_a_shared_link(
    bench: Workbench, browser: Any, application: Application, people: Any
) -> None:
    bench.type_into_yaml(3, " shared")
    bench.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bench.click(bench.page.get_by_role("button", name="Copy a link to what you see"))
    expect(bench.page.locator("#notes")).to_contain_text("Link copied, with your unsaved text")
    link = bench.page.evaluate("navigator.clipboard.readText()")

    with Workbench.window(browser, application) as other:
        other.open(bench.doc_type, people["peter"])
        other.page.goto("about:blank")
        other.page.goto(link)
        other.wait_until_ready()
        other.expect_text("title: Inspection certificate shared\n")


def test_a_text_that_is_far_too_large_is_told_and_kept(bench: Workbench) -> None:
    bench.page.evaluate("ace.edit('editor').setValue('# ' + 'x'.repeat(5e6))")

    expect(bench.page.locator("#notes .note.error")).to_contain_text("too large")
    assert len(bench.text) > 5_000_000


def test_a_viewer_sees_and_changes_nothing(
    bench: Workbench, browser: Any, application: Application, people: Any
) -> None:
    with Workbench.window(browser, application) as other:
        other.open(bench.doc_type, people["victor"])
        other.wait_for_result()
        before = other.text
        other.type_into_yaml(3, " by Victor")

        assert other.text == before
        for name in ("Save", "Add sample", "Take all as expected", "Run all"):
            expect(other.page.get_by_role("button", name=name)).to_have_count(0)

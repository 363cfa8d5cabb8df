"""The pages of shared fields, and what other pages say of them. ana edits, victor looks, alice is an agent."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.errors import Conflict, Invalid
from backend.specs import services
from backend.specs.exchange import spec_files
from backend.specs.models import Library, LibraryRevision, SpecRevision
from backend.specs.services import imports
from backend.specs.studio import kept
from tests.backend import studio
from tests.backend.specs import IDENTITY, published, saved
from tests.backend.test_libraries import RECEIPT, SHOP, SHOP_BROKEN, SHOP_TEXT_PHONE, shop
from tests.backend.zips import zip_with


@pytest.fixture(autouse=True)
def nothing_kept(db):
    kept.forget()


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(f"admin:{name}", args=args) + query)
    assert answer.status_code == 200, answer
    return html.unescape(answer.content.decode())


def send(client: Client, library: Library, **form: Any) -> str:
    answer = client.post(reverse("admin:specs_library", args=[library.pk]), form, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_new_library_is_made_and_stands_in_the_list(as_ana):
    form = {"name": "shop/base", "text": SHOP, "note": "phones", "base": "0"}
    as_ana.post(reverse("admin:specs_library_new"), form)

    revision = LibraryRevision.objects.get()
    assert (str(revision), revision.text, revision.author.username, revision.note) == (
        "shop/base 1",
        SHOP,
        "ana",
        "phones",
    )
    assert "shop/base" in page(as_ana, "specs_libraries")


def test_a_name_that_is_taken_is_told_and_what_was_typed_stays(as_ana):
    shop()
    form = {"name": "shop/base", "text": SHOP_TEXT_PHONE, "base": "0"}
    answer = as_ana.post(reverse("admin:specs_library_new"), form)

    assert "you meant to make a new library" in html.unescape(answer.content.decode())
    assert SHOP_TEXT_PHONE in html.unescape(answer.content.decode())
    assert LibraryRevision.objects.count() == 1


def test_every_problem_is_shown_at_its_line_and_nothing_is_saved(as_ana):
    shown = send(as_ana, shop().library, text=SHOP_BROKEN + "blank: none\n", base="1")

    assert "line 2:" in shown
    assert "line 3:" in shown
    assert SHOP_BROKEN in shown
    assert LibraryRevision.objects.count() == 1


def test_who_saved_meanwhile_is_told_before_anything_is_overwritten(as_ana):
    library = shop().library
    shop(SHOP_TEXT_PHONE)
    mine = SHOP + "blank: [none]\n"
    shown = send(as_ana, library, text=mine, base="1")
    assert "A command saved revision 2 meanwhile" in shown
    assert LibraryRevision.objects.count() == 2

    assert 'name="base" value="2"' in shown
    assert "Saved as shop/base 3." in send(as_ana, library, text=mine, base="2")


def test_a_save_says_which_specs_would_break_and_breaks_none(as_ana):
    library = shop().library
    revision = saved(RECEIPT + "rules:\n  - {id: has_phone, assert: fields.phone, message: No phone}\n")
    saved(IDENTITY + "extends: shop/base\n")
    shown = send(as_ana, library, text="fields: {fax: Fax}\n", base="1")

    assert "receipt would have problems with shop/base 2" in shown
    assert "national_id would have problems" not in shown
    assert SpecRevision.objects.get(pk=revision.pk).problems == []


def test_used_by_says_who_lags_behind(as_ana, cloud):
    library = shop().library
    published(RECEIPT)
    shop(SHOP_TEXT_PHONE)
    saved(IDENTITY + "extends: shop/base\n")
    shown = page(as_ana, "specs_library", library.pk)

    assert shown.count("behind: 2 is newer") == 1
    assert shown.count("✓ up to date") == 1
    assert "! 1" in page(as_ana, "specs_libraries")


def test_an_older_revision_is_looked_at_and_restored(as_ana):
    library = shop().library
    shop(SHOP_TEXT_PHONE)
    assert "of revision 1, an older one" in page(as_ana, "specs_library", library.pk, query="?revision=1")

    as_ana.post(reverse("admin:specs_library_restore", args=[library.pk, 1]))
    assert library.revisions.first().text == SHOP


def test_a_viewer_looks_and_changes_nothing(as_victor):
    library = shop().library
    shown = page(as_victor, "specs_library", library.pk)
    assert SHOP in shown
    assert "Save as revision" not in shown

    assert "You may not edit libraries." in send(as_victor, library, text=SHOP_TEXT_PHONE, base="1")
    addresses = [reverse("admin:specs_library_new"), reverse("admin:specs_library_restore", args=[library.pk, 1])]
    assert [as_victor.post(address).status_code for address in addresses] == [403, 403]
    assert LibraryRevision.objects.count() == 1


def test_an_agent_does_not_enter(alice):
    library = shop().library
    client = studio.signed_in(alice)
    addresses = [reverse("admin:specs_libraries"), reverse("admin:specs_library", args=[library.pk])]
    assert [client.get(address).status_code for address in addresses] == [302, 302]


def test_the_publish_page_says_what_it_resolves(as_ana, cloud):
    shop()
    revision = saved(RECEIPT)
    assert "✓ the newest" in page(as_ana, "specs_publish", revision.spec_id, 1)

    shop(SHOP_TEXT_PHONE)
    shown = page(as_ana, "specs_publish", revision.spec_id, 1)
    assert "shop/base 1</a>" in shown
    assert "! 2 is newer: save the spec again to take it" in shown


def test_comparing_shows_what_the_library_changed(as_ana):
    shop()
    revision = saved(RECEIPT)
    shop(SHOP_TEXT_PHONE)
    saved(RECEIPT)
    shown = page(as_ana, "specs_compare", revision.spec_id, query="?from=1&to=2")

    assert "shop/base 1 → 2" in shown
    assert "fields.phone" in shown


def test_the_list_asks_as_often_for_many_as_for_one(as_ana):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(as_ana, "specs_libraries")
        return len(captured)

    shop()
    saved(RECEIPT)
    one = queries()
    for number in range(5):
        shop(SHOP, f"shop/number_{number}")
        saved(RECEIPT.replace("receipt", f"receipt_{number}").replace("base", f"number_{number}"))
    assert queries() == one


def test_the_workbench_starts_from_what_was_saved(as_ana):
    shop()
    revision = saved(RECEIPT)
    shop(SHOP_TEXT_PHONE)
    body = {"text": RECEIPT, "baseNumber": 1}
    answer = studio.post(as_ana, revision.spec, "save", body).json()

    assert (answer["created"], answer["number"], answer["libraries"]) == (True, 2, {"shop/base": 2})
    services.library_save(name="shop/base", text=SHOP, author=None)
    assert studio.post(as_ana, revision.spec, "preview", {"text": RECEIPT}).json()["libraries"] == {"shop/base": 3}


# --- zip -------------------------------------------------------------------------------------------------------------


def exported(client: Client) -> bytes:
    return client.get(reverse("admin:specs_export_zip"), {"which": "newest"}).content


def test_a_zip_carries_the_libraries_and_comes_back_unchanged(as_ana, ana):
    shop()
    shop("extends: shop/base\n", "shop/more")
    shop("fields: {other: Other}\n", "shop/other")
    saved(RECEIPT.replace("shop/base", "shop/more"))
    data = exported(as_ana)
    assert spec_files.texts_in("specs.zip", data).libraries == {"shop/base": SHOP, "shop/more": "extends: shop/base\n"}

    staged = imports.specs_stage(user=ana, file_name="specs.zip", data=data)
    assert imports.staged_save(staged=staged, user=ana) == []
    assert (SpecRevision.objects.count(), LibraryRevision.objects.count()) == (1, 3)


def test_a_zip_brings_libraries_before_the_specs_over_them(as_ana, ana):
    shop()
    saved(RECEIPT)
    staged = imports.specs_stage(
        user=ana,
        file_name="specs.zip",
        data=zip_with({"library/shop/base.yaml": SHOP_TEXT_PHONE, "receipt.yaml": RECEIPT}),
    )
    shown = page(as_ana, "specs_staged", staged.pk)
    assert "Save 2 draft revisions" in shown
    assert "shop/base 2 instead of 1" in shown

    result = imports.staged_save(staged=staged, user=ana)
    assert list(map(str, result)) == ["shop/base 2", "receipt revision 2"]
    assert SpecRevision.objects.first().libraries == {"shop/base": 2}


def test_a_broken_library_in_a_zip_saves_nothing(as_ana, ana):
    files = {"library/shop/base.yaml": SHOP_BROKEN, "receipt.yaml": RECEIPT}
    staged = imports.specs_stage(user=ana, file_name="specs.zip", data=zip_with(files))
    assert "A library is saved only without problems." in page(as_ana, "specs_staged", staged.pk)

    with pytest.raises(Invalid, match="shop/base has 1 problem"):
        imports.staged_save(staged=staged, user=ana)
    assert (SpecRevision.objects.count(), LibraryRevision.objects.count()) == (0, 0)


def test_a_library_that_somebody_saved_meanwhile_is_not_overwritten(ana):
    data = zip_with({"library/shop/base.yaml": SHOP})
    staged = imports.specs_stage(user=ana, file_name="specs.zip", data=data)
    shop(SHOP_TEXT_PHONE)
    with pytest.raises(Conflict, match="saved revision 1 of shop/base meanwhile"):
        imports.staged_save(staged=staged, user=ana)

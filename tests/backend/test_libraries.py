"""Shared fields: what a saved spec reads stays as it was until the spec is saved again. ana edits, peter publishes."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

import mapping_specs
from backend.aws import storage
from backend.errors import Conflict, Forbidden, Invalid
from backend.specs import reading, selectors, services
from backend.specs.models import Bundle, Library, LibraryRevision, MatrixRun, SpecRevision
from backend.specs.publication_report import changes_between, publication_report
from backend.specs.services.runs import matrix_run, matrix_start, revision_run_samples
from backend.specs.studio import kept
from backend.specs.studio.form import form
from backend.specs.studio.state import workbench_state
from tests.backend import studio
from tests.backend.specs import IDENTITY, LOGBOOK, published, saved

SHOP = "fields:\n  phone: {type: phone, from: {key: Phone}}\n"
SHOP_TEXT_PHONE = "fields:\n  phone: {type: string, from: {key: Phone}}\n"
SHOP_BROKEN = "fields:\n  phone: {type: fone, from: {key: Phone}}\n"
RECEIPT = "spec: 1\ndoc_type: receipt\ntitle: Receipt\nextends: shop/base\nfields:\n  till: Till\n"


def shop(text: str = SHOP, name: str = "shop/base") -> LibraryRevision:
    revision, _ = services.library_save(name=name, text=text, author=None)
    return revision


@pytest.fixture(autouse=True)
def nothing_kept(db):
    kept.forget()


def phone_type(revision: SpecRevision) -> str:
    return reading.spec_of(revision).resolved["fields"]["phone"]["type"]


def packed(bundle: Bundle) -> mapping_specs.Bundle:
    data = storage.get(storage.prefixed(bundle.object_key), max_bytes=10**7)
    assert data is not None
    return mapping_specs.unpack(data, bundle.id)


# --- saving a library ------------------------------------------------------------------------------------------------


def test_a_save_is_a_numbered_revision_and_one_that_changes_nothing_is_none(ana):
    first, is_new = services.library_save(name="shop/base", text=SHOP, author=ana, note="phones")
    again = services.library_save(name="shop/base", text=SHOP.replace("\n", "\r\n"), author=ana)
    second = shop(SHOP_TEXT_PHONE)

    assert (first.number, is_new, first.author, first.note) == (1, True, ana, "phones")
    assert again == (first, False)
    assert (second.number, Library.objects.count()) == (2, 1)


@pytest.mark.parametrize("name", ["", "Shop", "shop/", "/shop", "shop base", "shop/base\n", "s" * 101])
def test_a_name_that_extends_cannot_say_is_refused(name):
    with pytest.raises(Invalid, match="name of a library"):
        shop(name=name)
    assert not Library.objects.exists()


def test_a_broken_library_is_refused_with_every_problem_at_its_line():
    shop()
    with pytest.raises(Invalid) as refused:
        shop(SHOP_BROKEN + "blank: none\n")

    assert refused.value.reason == "LIBRARY_HAS_PROBLEMS"
    assert [problem["line"] for problem in refused.value.details["problems"]] == [2, 3]
    assert LibraryRevision.objects.count() == 1


def test_who_may_not_edit_specs_edits_no_library(victor):
    with pytest.raises(Forbidden):
        services.library_save(name="shop/base", text=SHOP, author=victor)
    assert not Library.objects.exists()


def test_somebody_who_saved_meanwhile_is_named(ana):
    shop()
    services.library_save(name="shop/base", text=SHOP_TEXT_PHONE, author=ana, base=1)
    with pytest.raises(Conflict, match="ana saved revision 2 of shop/base meanwhile"):
        services.library_save(name="shop/base", text=SHOP + "blank: [none]\n", author=None, base=1)
    with pytest.raises(Conflict, match="you meant to make a new library"):
        services.library_save(name="shop/base", text=SHOP, author=None, base=0)
    assert LibraryRevision.objects.count() == 2


def test_an_older_revision_is_restored_as_a_new_one(ana):
    library = shop().library
    shop(SHOP_TEXT_PHONE)
    restored, is_new = services.library_restore(library=library, number=1, user=ana)

    assert (restored.number, restored.text, is_new) == (3, SHOP, True)
    assert restored.note == "Restored from revision 1"


# --- pins ------------------------------------------------------------------------------------------------------------


def test_a_save_pins_every_library_of_the_chain(db):
    shop()
    shop(SHOP_TEXT_PHONE)
    shop("extends: shop/base\n", "shop/more")
    shop("fields: {other: Other}\n", "shop/other")

    assert saved(RECEIPT).libraries == {"shop/base": 2}
    assert saved(RECEIPT.replace("shop/base", "shop/more")).libraries == {"shop/base": 2, "shop/more": 1}
    assert saved(LOGBOOK).libraries == {}


def test_a_library_that_only_comes_with_the_engine_becomes_revision_1():
    revision = saved(RECEIPT.replace("shop/base", "kenya/base"))

    assert revision.libraries == {"kenya/base": 1}
    assert LibraryRevision.objects.get().text == reading.shipped()["kenya/base"]
    assert revision.resolved["locale"]["currency"] == "KES"


def test_a_changed_library_changes_no_saved_spec():
    shop()
    revision = saved(RECEIPT)
    shop(SHOP_TEXT_PHONE)
    kept.forget()

    assert phone_type(SpecRevision.objects.get(pk=revision.pk)) == "phone"
    assert form(RECEIPT)["fields"][0]["type"] == "string", "what is being edited takes the newest"


def test_saving_the_same_text_takes_the_newer_library_and_says_so():
    shop()
    first = saved(RECEIPT)
    shop(SHOP_TEXT_PHONE)
    second, is_new = services.spec_save(spec=first.spec, text=RECEIPT, author=None, note="phones as text")
    third, is_newer = services.spec_save(spec=first.spec, text=RECEIPT, author=None)

    assert (is_new, second.number, second.libraries) == (True, 2, {"shop/base": 2})
    assert second.note == "phones as text; shop/base 2 instead of 1"
    assert phone_type(second) == "string"
    assert (is_newer, third) == (False, second)


def test_a_library_that_it_does_not_extend_makes_no_new_revision():
    shop()
    first = saved(RECEIPT)
    shop("fields: {other: Other}\n", "shop/other")

    assert saved(RECEIPT) == first


def test_the_same_library_text_again_makes_no_new_revision():
    shop()
    first = saved(RECEIPT)
    shop(SHOP_TEXT_PHONE)
    shop()

    assert saved(RECEIPT) == first


def test_a_library_that_is_not_there_yet_is_taken_when_it_is_saved_again():
    draft = saved_with_problems(RECEIPT)
    shop()
    kept.forget()

    assert [problem.code for problem in reading.revision_read(draft).problems] == ["LIBRARY_UNKNOWN"]
    assert saved(RECEIPT).libraries == {"shop/base": 1}


def saved_with_problems(text: str) -> SpecRevision:
    revision, _ = services.spec_save(spec=services.spec_ensure(doc_type="receipt"), text=text, author=None)
    assert revision.problems
    return revision


def test_restoring_an_older_spec_takes_the_newest_library(ana):
    shop()
    first = saved(RECEIPT)
    saved(RECEIPT + "  total: Total\n")
    shop(SHOP_TEXT_PHONE)
    restored, _ = services.revision_restore(spec=first.spec, number=1, user=ana)

    assert (restored.text, restored.libraries) == (RECEIPT, {"shop/base": 2})
    assert restored.note == "Restored from revision 1; shop/base 2 instead of 1"


# --- publishing ------------------------------------------------------------------------------------------------------


def test_the_bundle_holds_what_was_pinned(cloud):
    shop()
    revision = saved(RECEIPT)
    shop(SHOP_TEXT_PHONE)
    kept.forget()
    bundle = services.revisions_publish(revisions=[revision], user=None, trusted=True)

    assert packed(bundle).spec("receipt")[0].resolved["fields"]["phone"]["type"] == "phone"


def test_another_doc_type_s_new_library_leaves_this_one_s_entry_as_it_was(cloud):
    shop()
    before = packed(published(RECEIPT, LOGBOOK))
    shop(SHOP_TEXT_PHONE)
    kept.forget()
    after = packed(published(LOGBOOK.replace("Logbook", "Log book"), IDENTITY + "extends: shop/base\n"))

    assert after.spec("national_id")[0].resolved["fields"]["phone"]["type"] == "string"
    assert canonical(after, "receipt") == canonical(before, "receipt")
    assert selectors.bundle_current().revisions["receipt"] == 1


def canonical(bundle: mapping_specs.Bundle, doc_type: str) -> bytes:
    return mapping_specs.pack([bundle.spec(doc_type)]).data


def test_a_library_s_change_is_told_as_what_it_means(cloud):
    shop()
    published(RECEIPT)
    shop(SHOP + "  fax: {type: phone, from: {key: Fax}}\n")
    grown = publication_report(saved(RECEIPT))
    shop(SHOP_TEXT_PHONE.replace("phone:", "telephone:"))
    broken = publication_report(saved(RECEIPT))

    assert [(change.path, bool(change.breaks)) for change in grown.changes] == [("fields.fax", False)]
    assert {change.path for change in broken.breaks} == {"fields.phone"}
    with pytest.raises(Conflict, match="breaks clients"):
        services.revisions_publish(revisions=[broken.revision], user=None, trusted=True)


def test_a_rollback_reads_the_library_of_then(cloud):
    shop()
    first = published(RECEIPT)
    older = SpecRevision.objects.get(number=1)
    shop(SHOP + "  fax: {type: phone, from: {key: Fax}}\n")
    published(RECEIPT)
    kept.forget()
    consent = services.Consent(reason="fax is not read yet", breaks_confirmed=True)
    again = services.revisions_publish(revisions=[older], user=None, consent=consent, trusted=True)

    assert (again, publication_report(older).is_live) == (first, True)


def test_two_revisions_of_one_text_differ_by_their_libraries():
    shop()
    first = saved(RECEIPT)
    shop(SHOP + "  fax: {type: phone, from: {key: Fax}}\n")
    second = saved(RECEIPT)

    assert first.text == second.text
    assert [change.path for change in changes_between(first, second)] == ["fields.fax"]


def test_packing_asks_for_the_pinned_libraries_once(cloud):
    texts = {}
    for number in range(6):
        shop(SHOP, f"shop/number_{number}")
        texts[number] = saved(RECEIPT.replace("receipt", f"receipt_{number}").replace("base", f"number_{number}"))
    kept.forget()
    with CaptureQueriesContext(connection) as captured:
        readings = reading.readings_of(list(texts.values()))
    with CaptureQueriesContext(connection) as again:
        reading.readings_of(list(texts.values()))

    assert all(one.spec for one in readings.values())
    assert (len(captured), len(again)) == (1, 0)


# --- runs ------------------------------------------------------------------------------------------------------------


def test_runs_count_for_the_library_they_were_made_with(answered, as_ana, ana):
    text = studio.CERTIFICATE.replace("fields:", "extends: shop/base\nfields:")
    spec = answered.spec
    shop("blank: [none]\n")
    first, _ = services.spec_save(spec=spec, text=text, author=ana)
    studio.post(as_ana, spec, f"samples/{answered.pk}/expected", {"fields": {"engine_number": "x"}}, method="put")
    started = matrix_start(spec=spec, read=reading.draft_read(text), user=ana)
    shop("blank: [nothing]\n")
    matrix_run(run_id=started.pk)
    second, _ = services.spec_save(spec=spec, text=text, author=ana)

    assert (MatrixRun.objects.get().libraries, started.text_sha256) == ({"shop/base": 1}, first.sha256)
    assert answered.runs.get().revision == first
    assert publication_report(first).samples.not_run == []
    assert publication_report(second).samples.not_run == [answered.name]


def test_a_preview_takes_the_newest_and_says_which(answered, as_ana):
    shop(SHOP)
    text = studio.CERTIFICATE.replace("fields:", "extends: shop/base\nfields:")
    services.spec_save(spec=answered.spec, text=text, author=None)
    shop(SHOP_TEXT_PHONE)
    body = studio.post(as_ana, answered.spec, "preview", {"text": text}).json()
    saved_again, _ = services.spec_save(spec=answered.spec, text=text, author=None)

    assert (body["libraries"], body["textSha256"]) == ({"shop/base": 2}, saved_again.sha256)


def outcomes(user, spec, number: int | None = None) -> list[bool]:
    """Whether each sample has one when the workbench opens."""
    state = workbench_state(user, spec, number)
    return [sample["outcome"] is not None for sample in state["samples"]]


def test_runs_over_an_older_library_are_not_shown_beside_a_preview_over_the_newer(answered, as_ana, ana, victor):
    text = studio.CERTIFICATE.replace("fields:", "extends: shop/base\nfields:")
    shop(SHOP)
    first, _ = services.spec_save(spec=answered.spec, text=text, author=ana)
    revision_run_samples(revision=first)
    assert outcomes(ana, first.spec) == [True]

    shop(SHOP_TEXT_PHONE)

    preview = studio.post(as_ana, first.spec, "preview", {"text": text, "sampleId": str(answered.pk)}).json()
    state = workbench_state(ana, first.spec)
    assert state["samplesOf"]["textSha256"] == preview["textSha256"] != first.sha256
    assert outcomes(ana, first.spec) == [False], "to be run again"
    assert outcomes(victor, first.spec) == [True], "who only looks sees it as it was saved"
    services.spec_save(spec=first.spec, text=text, author=ana)
    assert outcomes(ana, first.spec, first.number) == [True], "an old one is only looked at"


def test_who_may_look_at_saved_revisions_only_sees_them_as_they_were_saved(answered, as_victor):
    text = studio.CERTIFICATE.replace("fields:", "extends: shop/base\nfields:")
    shop("fields:\n  certificate_number: {pii: true, from: Certificate}\n")
    revision, _ = services.spec_save(spec=answered.spec, text=text, author=None)
    shop("blank: [none]\n")
    body = studio.post(as_victor, answered.spec, "preview", {"text": text, "sampleId": str(answered.pk)}).json()

    assert (body["libraries"], body["textSha256"]) == ({"shop/base": 1}, revision.sha256)
    assert body["result"]["fields"]["certificate_number"] == "•••"


# --- commands --------------------------------------------------------------------------------------------------------


def test_what_is_dumped_is_what_was_loaded(cloud, tmp_path):
    shop()
    shop("extends: shop/base\nblank: [none]\n", "shop/more")
    published(RECEIPT.replace("shop/base", "shop/more"))
    call_command("dump_specs", tmp_path)
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml")}
    assert files == {"receipt.yaml", "library/shop/base.yaml", "library/shop/more.yaml"}

    (tmp_path / "library" / "shop" / "base.yaml").write_text(SHOP_TEXT_PHONE)
    call_command("load_specs", tmp_path)
    newest = SpecRevision.objects.first()
    assert (newest.number, newest.libraries, phone_type(newest)) == (2, {"shop/base": 2, "shop/more": 1}, "string")


def test_a_folder_brings_its_libraries_in_any_order(cloud, tmp_path):
    (tmp_path / "library" / "a").mkdir(parents=True)
    (tmp_path / "library" / "a" / "first.yaml").write_text("extends: z\n")
    (tmp_path / "library" / "z.yaml").write_text(SHOP)
    (tmp_path / "receipt.yaml").write_text(RECEIPT.replace("shop/base", "a/first"))
    call_command("load_specs", tmp_path, publish=True)

    assert selectors.live_revisions()[0].libraries == {"a/first": 1, "z": 1}


def test_a_problem_of_a_library_stops_all(cloud, tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "shop.yaml").write_text(SHOP_BROKEN)
    (tmp_path / "national_id.yaml").write_text(IDENTITY)
    with pytest.raises(CommandError, match=r"library/shop\.yaml:2:"):
        call_command("load_specs", tmp_path)
    assert not SpecRevision.objects.exists()
    assert not Library.objects.exists()


def test_a_dump_says_which_live_spec_has_an_older_library(cloud, tmp_path, capsys):
    shop()
    published(RECEIPT)
    shop(SHOP_TEXT_PHONE)
    published(IDENTITY + "extends: shop/base\n")
    call_command("dump_specs", tmp_path)

    assert (tmp_path / "library" / "shop" / "base.yaml").read_text() == SHOP_TEXT_PHONE
    assert "receipt revision 1 is live with shop/base 1: loaded again it takes 2" in capsys.readouterr().err


# --- in the workbench ------------------------------------------------------------------------------------------------


def previewed(client, spec, text, **more):
    answer = studio.post(client, spec, "preview", {"text": text, "sampleId": None, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_revision_that_is_looked_at_is_read_as_it_was_saved_and_a_draft_with_the_newest(as_ana):
    shop()
    first = saved(RECEIPT)
    shop(SHOP_TEXT_PHONE)

    looked_at = previewed(as_ana, first.spec, RECEIPT, revision=1)
    edited = previewed(as_ana, first.spec, RECEIPT + "  till_total: Total\n", revision=1)
    typed = previewed(as_ana, first.spec, RECEIPT)

    assert (looked_at["libraries"], looked_at["textSha256"]) == ({"shop/base": 1}, first.sha256)
    assert (edited["libraries"], typed["libraries"]) == ({"shop/base": 2}, {"shop/base": 2})


def test_the_samples_of_a_revision_that_is_looked_at_run_as_it_was_saved(as_ana):
    shop()
    first = saved(RECEIPT)
    shop(SHOP_TEXT_PHONE)

    for number, sha256 in ((1, first.sha256), (7, reading.draft_read(RECEIPT).sha256)):
        answer = studio.post(as_ana, first.spec, "matrix", {"text": RECEIPT, "revision": number})
        assert answer.json()["textSha256"] == sha256


@pytest.mark.parametrize("number", [0, -1, "1", True, 10**12])
def test_what_is_no_revision_s_number_is_refused(as_ana, number):
    asked = {"text": RECEIPT, "sampleId": None, "revision": number}
    studio.error_of(studio.post(as_ana, saved(IDENTITY).spec, "preview", asked), 400, "INVALID_FIELDS")

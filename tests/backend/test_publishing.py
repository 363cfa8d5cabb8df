"""Publishing through its gate: what stands against it, what has to be confirmed, by whom, and what is written down.

ana is an analyst, peter and paula publish, victor views.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from backend.accounts.models import User
from backend.errors import Conflict, Forbidden
from backend.specs import publication_report, selectors, services, verdicts
from backend.specs.models import MatrixRun, Publication, PublicationRequest, Sample, SpecRevision
from backend.specs.services import Consent
from tests.backend.specs import BROKEN, IDENTITY, LOGBOOK, LOGBOOK_CHANGED, published, saved

WITHOUT_SEATS = LOGBOOK.replace("  seats: {type: integer, from: Seats}\n", "")


@pytest.fixture
def people(db) -> dict[str, User]:
    def person(name: str, group: str) -> User:
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        return user

    groups = {"ana": "analyst", "peter": "publisher", "paula": "publisher", "victor": "viewer"}
    return {name: person(name, group) for name, group in groups.items()}


@pytest.fixture
def sign_in(people):
    def do(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return do


def live_number(doc_type: str = "motor_logbook") -> int:
    return next(found.number for found in selectors.live_revisions() if found.spec.doc_type == doc_type)


def page_of(revision: SpecRevision) -> str:
    return reverse("admin:specs_publish", args=[revision.spec_id, revision.number])


def publish(revision: SpecRevision, user: User, **said: Any) -> None:
    services.revisions_publish(revisions=[revision], user=user, consent=Consent(**said))


# --- the gate --------------------------------------------------------------------------------------------------------


def test_what_breaks_a_client_needs_a_confirmation_and_a_reason(cloud, people):
    published(LOGBOOK)
    shorter = saved(WITHOUT_SEATS)

    for said in (
        {},
        {"reason": "nobody reads it"},
        {"breaks_confirmed": True},
        {"breaks_confirmed": True, "reason": " "},
    ):
        with pytest.raises(Conflict) as refused:
            publish(shorter, people["peter"], **said)
        assert refused.value.reason == "BREAKS_CLIENT"
        assert refused.value.details["breaks"][0]["path"] == "fields.seats"
    assert live_number() == 1

    publish(shorter, people["peter"], breaks_confirmed=True, reason="nobody reads it")

    line = Publication.objects.first()
    assert (line.revision.number, line.from_revision.number, line.reason) == (2, 1, "nobody reads it")
    assert [change["path"] for change in line.breaks] == ["fields.seats"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seats: {type: integer, from: Seats}", "places: {type: integer, from: Seats}"),
        ("seats: {type: integer, from: Seats}", "seats: {type: string, from: Seats}"),
        ("required: true, ", ""),
        (", Diesel: D", ""),
        (", transferred_on: {header: Date, type: date}", ""),
    ],
    ids=["renamed", "type", "no longer required", "option gone", "column gone"],
)
def test_each_kind_of_break_is_seen(db, old, new):
    live, draft = saved(LOGBOOK), saved(LOGBOOK.replace(old, new))
    assert [change for change in publication_report.changes_between(live, draft) if change.breaks]


def test_samples_that_exist_must_pass(cloud, people, monkeypatch):
    first = saved(LOGBOOK)
    failing = verdicts.SamplesVerdict(total=3, passed=1, failing=["nairobi_2019"], not_run=["kisumu"])
    monkeypatch.setattr(publication_report, "samples_verdict", lambda revision: failing)

    with pytest.raises(Conflict, match=r"1 of 3 samples pass; not right: nairobi_2019; not run .*: kisumu") as refused:
        publish(first, people["peter"])
    assert refused.value.reason == "SAMPLES_FAIL"

    passing = verdicts.SamplesVerdict(total=3, passed=3)
    monkeypatch.setattr(publication_report, "samples_verdict", lambda revision: passing)
    publish(first, people["peter"])
    line = Publication.objects.get()
    assert (line.samples_passed, line.samples_total) == (3, 3)


def test_a_revision_published_meanwhile_is_told_and_nothing_is_overwritten(cloud, people):
    published(LOGBOOK)
    mine, theirs = saved(LOGBOOK_CHANGED), saved(LOGBOOK.replace("Seats}", "Number of seats}"))
    publish(theirs, people["paula"])

    with pytest.raises(Conflict, match="paula made revision 3 live meanwhile; you were shown revision 1") as refused:
        publish(mine, people["peter"], against=1)

    assert refused.value.reason == "PUBLISHED_MEANWHILE"
    assert live_number() == 3


def test_a_publication_that_comes_during_ours_is_told_too(cloud, people, monkeypatch):
    """Between the gate and the lock another revision of the docType goes live: the gate is passed again."""
    published(LOGBOOK)
    mine, theirs = saved(LOGBOOK_CHANGED), saved(LOGBOOK.replace("Seats}", "Number of seats}"))
    pack, others = services.publishing._pack, [theirs]

    def pack_slowly(revisions):
        if others:
            publish(others.pop(), people["paula"])
        return pack(revisions)

    monkeypatch.setattr(services.publishing, "_pack", pack_slowly)
    with pytest.raises(Conflict, match="paula made revision 3 live meanwhile"):
        publish(mine, people["peter"], against=1)
    assert live_number() == 3


def test_rollback_needs_neither_samples_nor_a_second_person(cloud, people, settings, monkeypatch):
    settings.PUBLISH_NEEDS_SECOND_PERSON = True
    published(LOGBOOK)
    published(LOGBOOK_CHANGED)
    failing = verdicts.SamplesVerdict(total=1, passed=0, failing=["nairobi_2019"])
    monkeypatch.setattr(publication_report, "samples_verdict", lambda revision: failing)

    publish(SpecRevision.objects.get(number=1), people["peter"], reason="wrong values in the field")

    line = Publication.objects.first()
    assert (line.kind, line.revision.number, line.from_revision.number) == ("ROLLBACK", 1, 2)


def test_what_was_never_live_is_no_rollback(cloud, people, settings):
    settings.PUBLISH_NEEDS_SECOND_PERSON = True
    never_live = saved(LOGBOOK)
    published(LOGBOOK_CHANGED)

    with pytest.raises(Conflict) as refused:
        publish(never_live, people["peter"])
    assert refused.value.reason == "NEEDS_SECOND_PERSON"


def test_what_an_earlier_engine_accepted_is_told_by_name(cloud, people):
    """An upgrade makes a live spec unreadable: nobody publishes over it unknowingly, and mending it is the way out."""
    published(LOGBOOK, IDENTITY)
    SpecRevision.objects.filter(spec__doc_type="national_id").update(text=IDENTITY + "no_longer: known\n")

    with pytest.raises(Conflict, match="national_id revision 1") as refused:
        publish(saved(LOGBOOK_CHANGED), people["peter"])
    assert refused.value.reason == "LIVE_HAS_PROBLEMS"

    mended = saved(IDENTITY.replace("Surname", "Family name"))
    with pytest.raises(Conflict, match="cannot be read by this engine") as refused:
        publish(mended, people["peter"])
    assert refused.value.reason == "BREAKS_CLIENT"
    publish(mended, people["peter"], breaks_confirmed=True, reason="engine upgrade")


# --- two people ------------------------------------------------------------------------------------------------------


def test_one_asks_another_approves(cloud, people, settings):
    settings.PUBLISH_NEEDS_SECOND_PERSON = True
    first = saved(LOGBOOK)
    request = services.publication_ask(revision=first, user=people["peter"], consent=Consent(reason="new docType"))

    with pytest.raises(Forbidden, match="another person"):
        services.publication_approve(request=request, user=people["peter"])
    with pytest.raises(Forbidden):
        services.publication_approve(request=request, user=people["ana"])
    services.publication_approve(request=request, user=people["paula"])

    line = Publication.objects.get()
    assert (line.published_by, line.asked_by, line.reason) == (people["paula"], people["peter"], "new docType")
    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("APPROVED", people["paula"])
    with pytest.raises(Conflict):
        services.publication_approve(request=request, user=people["paula"])


def test_what_was_asked_for_is_not_approved_over_something_newer(cloud, people):
    published(LOGBOOK)
    request = services.publication_ask(revision=saved(LOGBOOK_CHANGED), user=people["ana"], consent=Consent())
    publish(saved(LOGBOOK.replace("Seats}", "Number of seats}")), people["paula"])

    with pytest.raises(Conflict) as refused:
        services.publication_approve(request=request, user=people["peter"])
    assert refused.value.reason == "PUBLISHED_MEANWHILE"
    assert live_number() == 3


def test_a_request_withdrawn_during_the_approval_is_not_published(cloud, people, monkeypatch):
    request = services.publication_ask(revision=saved(LOGBOOK), user=people["ana"], consent=Consent())
    pack = services.publishing._pack

    def withdrawn_meanwhile(revisions):
        services.publication_refuse(request=request, user=people["ana"])
        return pack(revisions)

    monkeypatch.setattr(services.publishing, "_pack", withdrawn_meanwhile)
    with pytest.raises(Conflict) as refused:
        services.publication_approve(request=request, user=people["peter"])
    assert (refused.value.reason, selectors.live_revisions()) == ("REQUEST_DECIDED", [])


def test_one_request_waits_at_a_time(db, people):
    services.publication_ask(revision=saved(LOGBOOK), user=people["ana"], consent=Consent())
    newer = saved(LOGBOOK_CHANGED)

    with pytest.raises(Conflict) as refused:
        services.publication_ask(revision=newer, user=people["peter"], consent=Consent())
    assert refused.value.reason == "REQUEST_WAITING"

    services.publication_ask(revision=newer, user=people["ana"], consent=Consent())
    assert [(found.revision.number, found.state) for found in PublicationRequest.objects.all()] == [
        (2, "WAITING"),
        (1, "WITHDRAWN"),
    ]


# --- saving over each other ------------------------------------------------------------------------------------------


def test_the_second_editor_is_told_before_anything_is_overwritten(people):
    spec = saved(LOGBOOK).spec
    services.spec_save(spec=spec, text=LOGBOOK_CHANGED, author=people["ana"], base=1)

    with pytest.raises(Conflict, match="ana saved revision 2 meanwhile; your text was made from revision 1") as refused:
        services.spec_save(spec=spec, text=WITHOUT_SEATS, author=people["peter"], base=1)

    said = refused.value.details
    assert (refused.value.reason, said["newestNumber"], said["author"]) == ("CHANGED_MEANWHILE", 2, "ana")
    assert "-  seats: {type: integer, from: Seating capacity}" in said["diff"]
    assert SpecRevision.objects.count() == 2


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_passes_the_same_gate(cloud, db, tmp_path, capsys):
    published(LOGBOOK)
    (tmp_path / "motor_logbook.yaml").write_text(WITHOUT_SEATS)

    with pytest.raises(CommandError, match=r"fields\.seats removed.*--confirm-breaks"):
        call_command("load_specs", tmp_path, publish=True)
    assert live_number() == 1

    call_command("load_specs", tmp_path, publish=True, confirm_breaks="agreed with the app's team")
    line = Publication.objects.first()
    assert (live_number(), line.reason, line.published_by) == (2, "agreed with the app's team", None)


def test_the_audit_names_the_command(cloud, people, sign_in, tmp_path):
    (tmp_path / "motor_logbook.yaml").write_text(LOGBOOK)
    call_command("load_specs", tmp_path, publish=True)

    audit = sign_in("peter").get(reverse("admin:specs_publication_changelist")).content.decode()

    assert "command load_specs" in audit


# --- the pages -------------------------------------------------------------------------------------------------------


def test_the_page_says_what_will_happen_and_the_button_what_it_does(cloud, sign_in):
    published(LOGBOOK)
    page = sign_in("peter").get(page_of(saved(WITHOUT_SEATS))).content.decode()
    assert "fields.seats" in page
    assert "the field goes away" in page
    assert "Publish revision 2 as live" in page


def test_hints_stand_apart_from_problems_and_stop_nothing(cloud, sign_in):
    seldom_meant = "".join(f"  mark_{n}: {{from: {{line: 'Mark {n} (\\w+)'}}}}\n" for n in range(6))
    draft = saved(IDENTITY + seldom_meant)
    peter = sign_in("peter")

    page = peter.get(page_of(draft)).content.decode()
    problems, hints = section(page, "Problems"), section(page, "Hints")

    assert "✓ none" in problems
    assert "line 6: " in hints
    assert hints.count("line ") == 5
    assert "and 1 more" in hints
    peter.post(page_of(draft), {"against": "0"})
    assert live_number("national_id") == 1


def test_a_page_without_hints_says_nothing_of_them(cloud, sign_in):
    page = sign_in("peter").get(page_of(saved(LOGBOOK))).content.decode()
    assert ">Hints" not in page


def test_problems_that_only_today_s_engine_sees_are_named(cloud, sign_in):
    draft = saved(IDENTITY)
    SpecRevision.objects.filter(pk=draft.pk).update(text=IDENTITY + "no_longer: known\n")

    problems = section(sign_in("peter").get(page_of(draft)).content.decode(), "Problems")

    assert "line 6: `no_longer`" in problems


def section(page: str, title: str) -> str:
    """The card with this heading."""
    [found] = re.findall(rf"<section class=\"card\"[^>]*>\s*<h2[^>]*>{title}\b.*?</section>", page, re.DOTALL)
    return str(found)


def test_publishing_on_the_page(cloud, sign_in, people):
    published(LOGBOOK)
    draft = saved(WITHOUT_SEATS)
    peter = sign_in("peter")

    page = peter.post(page_of(draft), {"against": "1", "reason": "nobody reads it"}).content.decode()
    assert "confirm it and say why" in page
    assert 'value="nobody reads it"' in page, "nothing typed is lost"
    assert live_number() == 1

    asked = {"against": "1", "reason": "nobody reads it", "breaks_confirmed": "1"}
    page = peter.post(page_of(draft), asked, follow=True).content.decode()
    assert "Revision 2 of motor_logbook is live" in page
    assert live_number() == 2


@pytest.mark.parametrize(("reason", "said"), [("x" * 501, "500 characters"), ("a\0b", "is live")])
def test_a_reason_that_cannot_be_kept_is_told_or_mended(cloud, sign_in, reason, said):
    draft = saved(LOGBOOK)
    page = sign_in("peter").post(page_of(draft), {"against": "0", "reason": reason}, follow=True).content.decode()
    assert said in page


def test_an_analyst_asks_and_a_publisher_approves_on_the_page(cloud, sign_in, people):
    draft = saved(LOGBOOK)
    ana, peter = sign_in("ana"), sign_in("peter")

    assert "Publish revision 1 as live" not in ana.get(page_of(draft)).content.decode()
    ana.post(page_of(draft), {"against": "0"})
    assert selectors.live_revisions() == []
    ana.post(page_of(draft), {"against": "0", "ask": "1"})
    request = PublicationRequest.objects.get()
    approve = reverse("admin:specs_approve", args=[draft.spec_id, request.pk])
    assert ana.post(approve).status_code == 403
    assert "Approve and publish revision 1 as live" in peter.get(page_of(draft)).content.decode()
    peter.post(approve)

    line = Publication.objects.get()
    assert (line.asked_by, line.published_by) == (people["ana"], people["peter"])


def test_a_viewer_looks_and_changes_nothing(cloud, sign_in):
    published(LOGBOOK)
    draft = saved(LOGBOOK_CHANGED)
    victor = sign_in("victor")

    assert "You may look" in victor.get(page_of(draft)).content.decode()
    victor.post(page_of(draft), {"against": "1"})
    victor.post(page_of(draft), {"against": "1", "ask": "1"})
    assert victor.post(reverse("admin:specs_restore", args=[draft.spec_id, 1])).status_code == 403
    assert (live_number(), SpecRevision.objects.count(), PublicationRequest.objects.count()) == (1, 2, 0)


def test_an_agent_does_not_enter(db, alice):
    draft = saved(LOGBOOK)
    client = Client()
    client.force_login(alice)
    for name, args in (("revisions", ()), ("compare", ()), ("publish", (1,))):
        assert client.get(reverse(f"admin:specs_{name}", args=[draft.spec_id, *args])).status_code == 302


def test_the_list_tells_each_revision_s_state(cloud, sign_in):
    published(LOGBOOK)
    published(LOGBOOK_CHANGED)
    spec = SpecRevision.objects.first().spec
    services.spec_save(spec=spec, text=BROKEN, author=None, note="half done")
    page = sign_in("peter").get(reverse("admin:specs_revisions", args=[spec.pk])).content.decode()
    for said in ("✗ 1 problem<", "✓ live", "○ was live", "half done", "Roll back…"):
        assert said in page


def test_an_old_revision_comes_back_as_a_new_one(people, sign_in):
    saved(LOGBOOK)
    spec = saved(LOGBOOK_CHANGED).spec
    sign_in("ana").post(reverse("admin:specs_restore", args=[spec.pk, 1]))
    newest = SpecRevision.objects.first()
    assert (newest.number, newest.text, newest.author, newest.note) == (
        3,
        LOGBOOK,
        people["ana"],
        "Restored from revision 1",
    )


def test_two_revisions_compared_by_meaning_and_as_text(sign_in):
    saved(LOGBOOK)
    spec = saved(WITHOUT_SEATS).spec
    compare = reverse("admin:specs_compare", args=[spec.pk])
    client = sign_in("victor")
    asked = {"from": 1, "to": 2}
    assert "✗ breaks: the field goes away" in client.get(compare, asked).content.decode()
    for mode in ("text", "side"):
        page = client.get(compare, {**asked, "mode": mode}).content.decode()
        assert page.count("  seats: {type: integer, from: Seats}") == 1
    assert client.get(compare, {"from": 1, "to": 99}).status_code == 404


def test_a_revision_with_problems_is_compared_as_text_only(sign_in):
    spec = saved(LOGBOOK).spec
    services.spec_save(spec=spec, text=BROKEN, author=None)
    page = sign_in("victor").get(reverse("admin:specs_compare", args=[spec.pk])).content.decode()
    assert "Revision 2 has problems" in page


def test_samples_that_did_not_run_are_run_from_the_page(sign_in):
    draft = saved(LOGBOOK)
    expected = {"fields": {"seats": 5}, "tables": {}}
    kept = {"mime": "application/json", "size_bytes": 1, "state": "DONE", "response_key": "samples/1"}
    Sample.objects.create(spec=draft.spec, name="nairobi_2019", expected=expected, **kept)
    ana = sign_in("ana")

    page = ana.get(page_of(draft))
    assert "not run with this revision: nairobi_2019" in page.content.decode()
    assert "Refresh" not in page
    page = ana.post(reverse("admin:specs_run_samples", args=[draft.spec_id, 1]), follow=True)

    assert MatrixRun.objects.get().text_sha256 == draft.sha256
    assert "! running: 0 of 1" in page.content.decode()
    assert page["Refresh"]


def test_a_time_is_written_in_24_hours_on_every_page(cloud, sign_in):
    published(LOGBOOK)
    revision, line = SpecRevision.objects.get(), Publication.objects.get()
    peter = sign_in("peter")
    pages = {
        reverse("admin:specs_publication_changelist"): line.published_at,
        reverse("admin:specs_publication_change", args=[line.pk]): line.published_at,
        reverse("admin:specs_revisions", args=[revision.spec_id]): revision.created_at,
        reverse("admin:specs_specrevision_changelist"): revision.created_at,
        reverse("admin:index"): revision.created_at,
    }
    for address, time in pages.items():
        assert f"{time.day} {time:%b %Y, %H:%M}" in peter.get(address).content.decode(), address

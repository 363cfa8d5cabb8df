"""Who may do what in the admin, and who sees personal values. ana, peter, bob see them; victor and rita do not."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from backend.accounts.models import User
from backend.documents.models import ExtractionResult
from backend.specs import pii
from backend.specs.models import MappingSpec, SpecRevision
from tests.backend.acting import callback_of, result_of_engine, send
from tests.backend.specs import LOGBOOK, saved

PERSONAL = LOGBOOK.replace(
    "{required: true, from: Registration No}", "{required: true, pii: true, from: Registration No}"
)
PERSONAL = PERSONAL.replace("{name: Name,", "{name: {header: Name, pii: true},")
SECRETS = ("KCA 123A", "JANE W")
FOUND = {
    "warnings": [
        {"code": "CHECK_FAILED", "field": "registration_number", "message": "KCA 123A fails its checks"},
        {"code": "RULE_FAILED", "rule": "order", "message": "JANE W is no number"},
        {"code": "AMBIGUOUS", "field": "seats", "message": "Several values fit seats; the first was taken."},
    ],
    "evidence": {
        "registration_number": {"raw": "KCA 123A", "page": 1, "source": "key", "rank": 0},
        "previous_owners": [{"name": {"raw": "JANE W", "page": 1}, "transferred_on": {"raw": "2 Apr 19", "page": 1}}],
    },
}
MEMBERS = {"ana": "analyst", "peter": "publisher", "bob": "admin", "victor": "viewer", "rita": "reviewer"}


@pytest.fixture
def sign_in(db):
    def do(name: str, *permissions: str) -> Client:
        user, _ = User.objects.get_or_create(username=name, is_staff=True)
        user.groups.add(Group.objects.get(name=MEMBERS[name]))
        user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
        client = Client()
        client.force_login(user)
        return client

    return do


@pytest.fixture
def result(job) -> ExtractionResult:
    revision = saved(PERSONAL)
    assert revision.number == 1, "the one that the result names"
    send(callback_of(job, "DONE", result=result_of_engine(job, **FOUND)))
    return ExtractionResult.objects.get()


def pages_of(client: Client, result: ExtractionResult) -> str:
    pages = (("extractionjob", result.job_id), ("extractionresult", result.pk))
    answers = [client.get(reverse(f"admin:documents_{model}_change", args=[pk])) for model, pk in pages]
    assert [answer.status_code for answer in answers] == [200, 200]
    return "".join(answer.content.decode() for answer in answers)


@pytest.mark.parametrize("name", ["victor", "rita"])
def test_personal_values_are_hidden_and_the_others_are_not(sign_in, result, name):
    page = pages_of(sign_in(name), result)
    assert [secret for secret in SECRETS if secret in page] == []
    assert page.count(pii.MASK) >= 6
    for seen in ("2019-04-02", "81.5 %", "2 Apr 19", "Several values fit seats"):
        assert seen in page


@pytest.mark.parametrize("name", ["ana", "peter", "bob"])
def test_who_writes_specs_sees_them(sign_in, result, name):
    page = pages_of(sign_in(name), result)
    assert [secret for secret in SECRETS if secret in page] == list(SECRETS)
    assert pii.MASK not in page


def test_a_person_can_be_given_it(sign_in, result):
    assert "KCA 123A" in pages_of(sign_in("victor", "see_pii"), result)


def test_a_result_whose_spec_is_not_known_is_hidden_whole(sign_in, job):
    send(callback_of(job, "DONE", result=result_of_engine(job, **FOUND)))
    assert not SpecRevision.objects.exists()
    page = pages_of(sign_in("victor"), ExtractionResult.objects.get())
    assert [seen for seen in (*SECRETS, "2019-04-02", "2 Apr 19") if seen in page] == []


def test_what_is_personal_in_a_variant_is_personal(db):
    text = (
        LOGBOOK
        + "variants:\n  - when: {any_text: [FORM C 52]}\n    fields: {seats: {type: integer, pii: true, from: Places}}\n"
    )
    assert pii.personal_in(saved(text).resolved).hides("seats")


@pytest.mark.parametrize(
    ("name", "edits", "publishes"),
    [
        ("victor", False, False),
        ("rita", False, False),
        ("ana", True, False),
        ("peter", True, True),
        ("bob", True, True),
    ],
)
def test_what_each_may_do_to_specs(sign_in, name, edits, publishes):
    client = sign_in(name)
    user = User.objects.get(username=name)
    revision = saved(LOGBOOK)
    spec = MappingSpec.objects.get()
    assert client.get(reverse("admin:specs_revisions", args=[spec.pk])).status_code == 200
    assert (client.post(reverse("admin:specs_restore", args=[spec.pk, revision.number])).status_code == 302) is edits
    assert user.has_perm("specs.publish_specrevision") is publishes

"""The admin: who sees what, what cannot be changed."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from backend.accounts import groups
from backend.accounts.models import User
from backend.documents.models import ExtractionJob
from backend.specs.models import Bundle, CurrentBundle, ImmutableError, MappingSpec, SpecRevision
from tests.backend.acting import callback_of, result_of_engine, send
from tests.backend.test_submit import failed

MODELS = [
    *("accounts_user", "documents_document", "documents_extractionjob", "documents_extractionresult"),
    *("specs_mappingspec", "specs_specrevision", "specs_bundle", "specs_currentbundle", "specs_publication"),
]


def member(name: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return user


@pytest.fixture
def log_in(db):
    def do(name: str) -> Client:
        client = Client()
        client.force_login(member(name))
        return client

    return do


@pytest.fixture
def revision(db):
    spec = MappingSpec.objects.create(doc_type="motor_logbook", title="Logbook")
    resolved = {"title": "Logbook", "fields": {}, "tables": {}, "variants": []}
    return SpecRevision.objects.create(spec=spec, number=1, text="spec: 1\n", sha256="0" * 64, resolved=resolved)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens(log_in, job, revision, model):
    send(callback_of(job, "DONE", result=result_of_engine(job)))
    assert log_in("admin").get(reverse(f"admin:{model}_changelist")).status_code == 200


def test_a_job_shows_its_fields_and_confidences(log_in, job):
    send(callback_of(job, "DONE", result=result_of_engine(job)))
    page = log_in("analyst").get(reverse("admin:documents_extractionjob_change", args=[job.pk])).content.decode()
    rows = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in re.findall(r"<tr class=.*?</tr>", page)]
    assert rows == [
        ["registration_number", "KCA 123A", "97.1 %", "ok"],
        ["seats", "5", "81.5 %", "ok"],
        ["fuel", "–", "–", "missing"],
    ]


def test_a_value_is_text_and_no_markup(log_in, job):
    send(callback_of(job, "DONE", result=result_of_engine(job, fields={"registration_number": "<script>x</script>"})))
    page = log_in("analyst").get(reverse("admin:documents_extractionjob_change", args=[job.pk])).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize("name", ["admin", "viewer"])
def test_what_the_processor_wrote_stays(log_in, job, revision, name):
    client = log_in(name)
    for model, pk in (
        ("documents_extractionjob", job.pk),
        ("documents_document", job.document_id),
        ("specs_specrevision", revision.pk),
        ("specs_bundle", job.bundle_id),
    ):
        assert client.post(reverse(f"admin:{model}_change", args=[pk]), {"state": "DONE"}).status_code == 403
        assert client.post(reverse(f"admin:{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    job.refresh_from_db()
    assert job.state == "UPLOADED"


def test_an_agent_has_no_admin(db, alice):
    client = Client()
    client.force_login(alice)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("name", "edit", "publish", "retry", "users"),
    [
        (groups.AGENT, False, False, False, False),
        (groups.VIEWER, False, False, False, False),
        (groups.ANALYST, True, False, False, False),
        (groups.PUBLISHER, True, True, False, False),
        (groups.REVIEWER, False, False, True, False),
        (groups.ADMIN, True, True, True, True),
    ],
)
def test_what_a_group_may(db, name, edit, publish, retry, users):
    user = member(name)
    asked = (
        "specs.add_specrevision",
        "specs.publish_specrevision",
        "documents.retry_extractionjob",
        "accounts.change_user",
    )
    assert tuple(user.has_perm(permission) for permission in asked) == (edit, publish, retry, users)


def run_action(client: Client, model: str, action: str, pk: object):
    return client.post(reverse(f"admin:{model}_changelist"), {"action": action, "_selected_action": [pk]}, follow=True)


def test_a_reviewer_tries_a_failed_job_again(log_in, job):
    failed(job)
    page = run_action(log_in("reviewer"), "documents_extractionjob", "try_again", job.pk).content.decode()
    assert "attempt 2 started" in page
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("UPLOADED", 2)


def test_a_job_that_did_not_fail_stays(log_in, job):
    page = run_action(log_in("reviewer"), "documents_extractionjob", "try_again", job.pk).content.decode()
    assert "Only a failed job can be tried again." in page


def test_a_viewer_tries_nothing_again(log_in, job):
    failed(job)
    run_action(log_in("viewer"), "documents_extractionjob", "try_again", job.pk)
    assert ExtractionJob.objects.get().state == "FAILED"


@pytest.mark.parametrize("change", ["save", "delete"])
def test_a_revision_and_a_bundle_are_written_once(revision, bundle, change):
    for row in (revision, bundle):
        with pytest.raises(ImmutableError):
            getattr(row, change)()


def test_there_is_one_current_bundle(bundle):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        CurrentBundle.objects.create(id=2, bundle=Bundle.objects.get())


# --- demo users ------------------------------------------------------------------------------------------------------


def test_demo_users_can_be_made_again_and_again(db, settings, capsys):
    settings.ENVIRONMENT = "local"
    for _ in range(2):
        call_command("demo_users")
    assert "alice-demo-pass" in capsys.readouterr().out
    alice = User.objects.get(username="alice")
    assert (alice.agent_id, alice.is_staff, alice.check_password("alice-demo-pass")) == ("AG-001", False, True)
    assert User.objects.get(username="ana").has_perm("specs.add_specrevision")


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_no_known_passwords_where_it_matters(db, settings, environment):
    settings.ENVIRONMENT = environment
    with pytest.raises(CommandError, match=environment):
        call_command("demo_users")
    assert not User.objects.exists()

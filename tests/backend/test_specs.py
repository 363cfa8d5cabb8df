"""Saving, publishing and rolling back specs; GET /api/docs/types."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

import mapping_specs
from backend.accounts.models import User
from backend.aws import storage
from backend.errors import Conflict, Forbidden, Invalid, Unavailable
from backend.specs import selectors, services
from backend.specs.models import Bundle, CurrentBundle, MappingSpec, Publication, SpecRevision
from tests.backend.acting import BUCKET, as_user, error_of
from tests.backend.specs import BROKEN, IDENTITY, LOGBOOK, LOGBOOK_CHANGED, published, saved

YAML_ERROR = (settings.BASE_DIR / "fixtures" / "specs_bad" / "yaml_error.yaml").read_text()


@pytest.fixture
def spec(db) -> MappingSpec:
    return services.spec_ensure(doc_type="motor_logbook")


@pytest.fixture
def peter(db) -> User:
    user = User.objects.create_user("peter", is_staff=True)
    user.groups.add(Group.objects.get(name="publisher"))
    return user


def live() -> dict[str, int]:
    return {found.spec.doc_type: found.number for found in selectors.live_revisions()}


# --- saving ----------------------------------------------------------------------------------------------------------


def test_a_save_is_a_numbered_revision(spec, peter):
    revision, is_new = services.spec_save(spec=spec, text=LOGBOOK, author=peter, note="first")
    assert (is_new, revision.number, revision.author, revision.problems) == (True, 1, peter, [])
    assert revision.resolved["doc_type"] == "motor_logbook"
    spec.refresh_from_db()
    assert spec.title == "Motor vehicle logbook"


def test_who_may_not_edit_saves_nothing(spec, bob):
    with pytest.raises(Forbidden):
        services.spec_save(spec=spec, text=LOGBOOK, author=bob)
    assert not SpecRevision.objects.exists()


@pytest.mark.parametrize("same", [LOGBOOK, LOGBOOK.replace("\n", "\r\n"), LOGBOOK + "\n\n"])
def test_a_save_that_changes_nothing_makes_none(spec, same):
    services.spec_save(spec=spec, text=LOGBOOK, author=None)
    revision, is_new = services.spec_save(spec=spec, text=same, author=None)
    assert (is_new, revision.number, SpecRevision.objects.count()) == (False, 1, 1)


def test_going_back_is_a_revision_too(spec):
    numbers = [saved(text).number for text in (LOGBOOK, LOGBOOK_CHANGED, LOGBOOK)]
    assert numbers == [1, 2, 3]


def test_a_draft_may_have_problems_and_says_where(spec):
    revision, _ = services.spec_save(spec=spec, text=BROKEN, author=None)
    assert revision.resolved is None
    [problem] = revision.problems
    assert problem["line"] == 5
    assert "integr" in problem["message"]


@pytest.mark.parametrize("text", ["", "\t: :", "[" * 5000, "spec: 1\n", "\x00"])
def test_text_that_is_no_spec_is_a_draft_with_problems(spec, text):
    revision, _ = services.spec_save(spec=spec, text=text, author=None)
    assert revision.problems


def test_another_doc_types_text_is_a_problem(spec):
    revision, _ = services.spec_save(spec=spec, text=IDENTITY, author=None)
    assert [problem["code"] for problem in revision.problems] == ["DOC_TYPE_CHANGED"]


# --- publishing ------------------------------------------------------------------------------------------------------


def test_publishing_ships_what_is_live(cloud, peter):
    revision = saved(LOGBOOK)
    bundle = services.revisions_publish(revisions=[revision], user=peter, consent=services.Consent(reason="first"))
    assert selectors.bundle_current() == bundle
    assert (live(), bundle.revisions) == ({"motor_logbook": 1}, {"motor_logbook": 1})
    stored = cloud.s3.get_object(Bucket=BUCKET, Key=f"bundles/{bundle.id}.json.gz")
    assert stored["ServerSideEncryption"] == "aws:kms"
    unpacked = mapping_specs.unpack(stored["Body"].read(), bundle.id)
    assert unpacked.spec("motor_logbook")[1] == 1
    publication = Publication.objects.get()
    assert (publication.revision, publication.published_by, publication.reason) == (revision, peter, "first")


def test_publishing_the_same_again_is_the_same_bundle(cloud, db):
    first, second = published(LOGBOOK, IDENTITY), published(LOGBOOK, IDENTITY)
    assert first == second
    assert (Bundle.objects.count(), Publication.objects.count()) == (1, 2)


def test_the_others_stay_live(cloud, db):
    published(LOGBOOK, IDENTITY)
    published(LOGBOOK_CHANGED)
    assert live() == selectors.bundle_current().revisions == {"motor_logbook": 2, "national_id": 1}


def test_rollback_is_publishing_the_older_one(cloud, db):
    first = published(LOGBOOK)
    second = published(LOGBOOK_CHANGED)
    older = SpecRevision.objects.get(number=1)
    again = services.revisions_publish(revisions=[older], user=None, trusted=True)
    assert (again, first != second, live()) == (first, True, {"motor_logbook": 1})
    assert Publication.objects.count() == 3


def test_an_analyst_may_not_publish(cloud, db):
    ana = User.objects.create_user("ana", is_staff=True)
    ana.groups.add(Group.objects.get(name="analyst"))
    with pytest.raises(Forbidden):
        services.revisions_publish(revisions=[saved(LOGBOOK)], user=ana)
    assert selectors.bundle_current() is None


@pytest.mark.parametrize("text", [BROKEN, YAML_ERROR], ids=["a wrong type", "no YAML"])
def test_a_draft_with_problems_is_not_published(cloud, spec, text):
    broken, _ = services.spec_save(spec=spec, text=text, author=None)
    with pytest.raises(Conflict, match="Has problems: motor_logbook revision 1"):
        services.revisions_publish(revisions=[broken], user=None, trusted=True)
    assert selectors.bundle_current() is None


def test_two_revisions_of_one_doc_type_are_not_published_together(cloud, db):
    with pytest.raises(Invalid):
        services.revisions_publish(revisions=[saved(LOGBOOK), saved(LOGBOOK_CHANGED)], user=None, trusted=True)


def test_s3_away_leaves_what_was_live(cloud, db, monkeypatch):
    before = published(LOGBOOK)

    def away(*args, **kwargs):
        raise Unavailable("S3_UNAVAILABLE", "Away.")

    monkeypatch.setattr(storage, "put_if_absent", away)
    with pytest.raises(Unavailable):
        published(LOGBOOK_CHANGED)
    assert (selectors.bundle_current(), live()) == (before, {"motor_logbook": 1})


def test_a_publication_that_came_between_is_not_lost(cloud, db, monkeypatch):
    """While ours is on its way to S3 another one becomes current: ours is packed again with it."""
    put, others = storage.put_if_absent, [IDENTITY]

    def put_slowly(*args, **kwargs):
        if others:
            published(others.pop())
        return put(*args, **kwargs)

    saved(IDENTITY)
    published(LOGBOOK)
    monkeypatch.setattr(storage, "put_if_absent", put_slowly)
    bundle = published(LOGBOOK_CHANGED)
    assert bundle.revisions == live() == {"motor_logbook": 2, "national_id": 1}
    unpacked = mapping_specs.unpack(storage.get(f"bundles/{bundle.id}.json.gz", max_bytes=10**6), bundle.id)
    assert set(unpacked.doc_types) == {"motor_logbook", "national_id"}


def test_it_gives_up_when_others_never_stop(cloud, db, monkeypatch):
    monkeypatch.setattr(services.publishing, "_make_current", lambda *args: False)
    with pytest.raises(Unavailable, match="Others are publishing"):
        published(LOGBOOK)


# --- commands --------------------------------------------------------------------------------------------------------


def test_load_specs_saves_and_publishes_and_can_be_run_again(cloud, db, tmp_path, capsys):
    (tmp_path / "motor_logbook.yaml").write_text(LOGBOOK)
    (tmp_path / "national_id.yaml").write_text(IDENTITY)
    for _ in range(2):
        call_command("load_specs", tmp_path, publish=True)
    assert live() == {"motor_logbook": 1, "national_id": 1}
    assert "unchanged" in capsys.readouterr().out


def test_load_specs_without_publish_changes_nothing_live(cloud, db, tmp_path):
    (tmp_path / "motor_logbook.yaml").write_text(LOGBOOK)
    call_command("load_specs", tmp_path)
    assert (SpecRevision.objects.count(), live()) == (1, {})


def test_a_problem_in_one_file_stops_all(cloud, db, tmp_path):
    (tmp_path / "a.yaml").write_text(IDENTITY)
    (tmp_path / "b.yaml").write_text(BROKEN)
    with pytest.raises(CommandError, match=r"b\.yaml:5:"):
        call_command("load_specs", tmp_path, publish=True)
    assert not SpecRevision.objects.exists()


@pytest.mark.parametrize(
    ("content", "told"), [(YAML_ERROR.encode(), r"b\.yaml:7:17: YAML"), (b"title: \xe9", r"b\.yaml: this is not UTF-8")]
)
def test_a_file_that_is_no_yaml_stops_all_and_is_named(cloud, db, tmp_path, content, told):
    (tmp_path / "a.yaml").write_text(IDENTITY)
    (tmp_path / "b.yaml").write_bytes(content)
    with pytest.raises(CommandError, match=told):
        call_command("load_specs", tmp_path, publish=True)
    assert not SpecRevision.objects.exists()


def test_a_folder_without_specs(db, tmp_path):
    with pytest.raises(CommandError, match=r"No .*yaml"):
        call_command("load_specs", tmp_path)


def test_what_is_dumped_is_what_was_loaded(cloud, db, tmp_path):
    published(LOGBOOK, IDENTITY)
    call_command("dump_specs", tmp_path / "out")
    assert (tmp_path / "out" / "motor_logbook.yaml").read_text() == LOGBOOK
    call_command("load_specs", tmp_path / "out")
    assert SpecRevision.objects.count() == 2


# --- the admin -------------------------------------------------------------------------------------------------------


@pytest.fixture
def as_peter(peter) -> Client:
    client = Client()
    client.force_login(peter)
    return client


def test_a_revision_in_the_admin_is_read_only_and_shows_its_problems(as_peter, spec):
    revision, _ = services.spec_save(spec=spec, text=BROKEN, author=None)
    page = as_peter.get(reverse("admin:specs_specrevision_change", args=[revision.pk])).content.decode()
    assert "line 5, column" in page
    assert as_peter.get(reverse("admin:specs_specrevision_add")).status_code == 403


# --- GET /api/docs/types ---------------------------------------------------------------------------------------------


def test_types_lists_what_can_be_submitted(cloud, as_alice):
    bundle = published(LOGBOOK, IDENTITY)
    answer = as_alice.get("/api/docs/types").json()
    assert answer["bundleId"] == bundle.id
    identity, logbook = sorted(answer["types"], key=lambda found: found["docType"], reverse=True)
    assert (logbook["docType"], logbook["title"], logbook["specRevision"]) == (
        "motor_logbook",
        "Motor vehicle logbook",
        1,
    )
    fields = {field["name"]: field for field in logbook["fields"]}
    assert list(fields) == ["registration_number", "seats", "fuel"]
    assert (fields["registration_number"]["required"], fields["seats"]["required"]) == (True, False)
    assert [field["type"] for field in fields.values()] == ["string", "integer", "enum"]
    assert logbook["tables"] == [
        {
            "name": "previous_owners",
            "required": False,
            "columns": [{"name": "name", "type": "string"}, {"name": "transferred_on", "type": "date"}],
        }
    ]
    assert [field["name"] for field in identity["fields"]] == ["surname"]


def test_a_saved_draft_changes_no_types(cloud, as_alice):
    published(LOGBOOK)
    before = as_alice.get("/api/docs/types").content
    saved(LOGBOOK_CHANGED)
    assert as_alice.get("/api/docs/types").content == before


def test_the_etag_spares_the_body_until_something_is_published(cloud, as_alice):
    published(LOGBOOK)
    etag = as_alice.get("/api/docs/types")["ETag"]
    again = as_alice.get("/api/docs/types", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    published(IDENTITY)
    now = as_alice.get("/api/docs/types", headers={"If-None-Match": etag})
    assert (now.status_code, now["ETag"] != etag) == (200, True)


def test_before_anything_is_published(as_alice):
    assert as_alice.get("/api/docs/types").json() == {"bundleId": None, "types": []}


def test_types_are_for_those_who_signed_in(db):
    error_of(as_user(None).get("/api/docs/types"), 401, "AUTH", "NOT_AUTHENTICATED")
    assert not CurrentBundle.objects.exists()

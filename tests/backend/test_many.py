"""A docType of 200 fields and 50 samples: its pages ask the database as often as those of a small one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import mapping_specs
from backend.accounts.models import User
from backend.specs import services
from backend.specs.models import MappingSpec, Sample, SampleRun, SampleState
from tests.backend.specs import saved


def text_of(fields: int, label: str) -> str:
    lines = [f"  field_{number}: {{required: true, from: {label} {number}}}" for number in range(fields)]
    return "\n".join(["spec: 1", "doc_type: motor_logbook", "title: Logbook", "fields:", *lines]) + "\n"


def doc_type(*, fields: int, samples: int, revisions: int) -> MappingSpec:
    """Its first revision live, its newest one with every sample right."""
    first = saved(text_of(fields, "Label 0"))
    services.revisions_publish(revisions=[first], user=None, trusted=True)
    for number in range(1, revisions):
        newest = saved(text_of(fields, f"Label {number}"))
    made = Sample.objects.bulk_create(
        Sample(
            spec=first.spec,
            name=f"sample {number}",
            mime="application/json",
            size_bytes=1,
            state=SampleState.DONE,
            response_key=f"samples/{number}",
            expected={"fields": {f"field_{field}": "x" for field in range(fields)}, "tables": {}},
        )
        for number in range(samples)
    )
    SampleRun.objects.bulk_create(
        SampleRun(
            sample=sample,
            text_sha256=newest.sha256,
            engine_version=mapping_specs.ENGINE_VERSION,
            outcome={},
            passed=True,
        )
        for sample in made
    )
    return first.spec


PAGES: dict[str, Callable[[MappingSpec], str]] = {
    "index": lambda spec: reverse("admin:index"),
    "revisions": lambda spec: reverse("admin:specs_revisions", args=[spec.pk]),
    "compare": lambda spec: reverse("admin:specs_compare", args=[spec.pk]),
    "side by side": lambda spec: reverse("admin:specs_compare", args=[spec.pk]) + "?mode=side",
    "publish": lambda spec: reverse("admin:specs_publish", args=[spec.pk, spec.revisions.first().number]),
    "export": lambda spec: reverse("admin:specs_exchange", args=[spec.pk]),
}


@pytest.fixture
def peter(db) -> Client:
    user = User.objects.create_user("peter", is_staff=True)
    user.groups.add(Group.objects.get(name="publisher"))
    client = Client()
    client.force_login(user)
    return client


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_ask_as_often_for_many_as_for_few(cloud, peter):
    small = doc_type(fields=2, samples=1, revisions=2)
    few = {name: queries_of(peter, address(small)) for name, address in PAGES.items()}
    Sample.objects.all().delete()
    large = doc_type(fields=200, samples=50, revisions=40)
    many = {name: queries_of(peter, address(large)) for name, address in PAGES.items()}

    assert many == few
    assert max(many.values()) <= 15, many
    assert "✓ 50 of 50" in peter.get(PAGES["publish"](large)).content.decode()

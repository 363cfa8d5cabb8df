"""alice owns, bob is staff, charlie must see nothing. S3 is a real server; SQS and Secrets Manager are moto's."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle
from structlog.stdlib import ProcessorFormatter

from backend.accounts.models import User
from backend.aws import clients, secrets
from backend.documents.models import ExtractionJob
from backend.specs.models import Bundle, CurrentBundle, MappingSpec, Sample
from backend.specs.studio import kept
from tests.backend import seaweedfs, studio
from tests.backend.acting import BUCKET, CURRENT, OLDER, Cloud, as_user, post, put_file, upload_request


@pytest.fixture(scope="session")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    with seaweedfs.running(tmp_path_factory.mktemp("seaweedfs")) as s3_endpoint:
        yield {"S3": s3_endpoint, "SQS": f"http://{host}:{port}", "SECRETS_MANAGER": f"http://{host}:{port}"}
    moto.stop()


@pytest.fixture(scope="session")
def cloud_session(endpoints: dict[str, str]) -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", seaweedfs.ACCESS_KEY)
        patch.setenv("AWS_SECRET_ACCESS_KEY", seaweedfs.SECRET_KEY)
        patch.delenv("AWS_PROFILE", raising=False)
        for service, endpoint in endpoints.items():
            patch.setenv(f"AWS_ENDPOINT_URL_{service}", endpoint)
        clients.client.cache_clear()
        s3, sqs = clients.client("s3"), clients.client("sqs")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        secret = json.dumps({"keys": [CURRENT, OLDER]})
        boto3.client("secretsmanager", "eu-west-1").create_secret(Name="callback", SecretString=secret)
        yield Cloud(s3, sqs, sqs.create_queue(QueueName="jobs")["QueueUrl"])
    clients.client.cache_clear()


@pytest.fixture
def cloud(cloud_session: Cloud, settings: Any) -> Iterator[Cloud]:
    settings.S3_BUCKET = BUCKET
    settings.KMS_KEY_ID = "alias/documents"
    settings.SQS_QUEUE_URL = cloud_session.queue_url
    settings.CALLBACK_SECRET_ID = "callback"
    secrets.forget()
    cloud_session.messages()
    yield cloud_session
    secrets.forget()


@pytest.fixture
def log_output() -> Iterator[io.StringIO]:
    """What the program's own log handler writes."""
    ours = [one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter)]
    [handler] = ours
    before = handler.setStream(io.StringIO())  # type: ignore[attr-defined]
    yield handler.stream  # type: ignore[attr-defined]
    handler.setStream(before)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def no_throttle_between_tests() -> None:
    cache.clear()


@pytest.fixture
def within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request of the test, as far as the throttle can tell, on a machine however slow."""
    now = time.time()
    monkeypatch.setattr(SimpleRateThrottle, "timer", staticmethod(lambda: now))


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", agent_id="AG-001")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", is_staff=True)


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user("charlie", agent_id="AG-002")


@pytest.fixture
def ana(db: None) -> User:
    return studio.member("ana", "analyst")


@pytest.fixture
def peter(db: None) -> User:
    return studio.member("peter", "publisher")


@pytest.fixture
def victor(db: None) -> User:
    return studio.member("victor", "viewer")


@pytest.fixture
def as_ana(ana: User) -> Client:
    return studio.signed_in(ana)


@pytest.fixture
def as_victor(victor: User) -> Client:
    return studio.signed_in(victor)


@pytest.fixture
def certificate(db: None) -> MappingSpec:
    """A docType with one revision, and nothing kept of earlier tests."""
    kept.forget()
    return studio.certificate_spec()


@pytest.fixture
def answered(cloud: Cloud, certificate: MappingSpec, as_ana: Client) -> Sample:
    """ana's sample: an uploaded response."""
    return studio.sample_of(studio.upload(as_ana, certificate, studio.RESPONSE))


@pytest.fixture
def as_alice(alice: User) -> APIClient:
    return as_user(alice)


@pytest.fixture
def as_bob(bob: User) -> APIClient:
    return as_user(bob)


@pytest.fixture
def as_charlie(charlie: User) -> APIClient:
    return as_user(charlie)


@pytest.fixture
def uploaded(cloud: Cloud, bundle: Bundle, as_alice: APIClient) -> dict[str, Any]:
    """alice's upload: the presign answer, the file in the bucket."""
    presigned: dict[str, Any] = post(as_alice, "presign", upload_request()).json()
    assert put_file(presigned).status_code == 200
    return presigned


@pytest.fixture
def submit(
    uploaded: dict[str, Any], as_alice: APIClient, django_capture_on_commit_callbacks: Any
) -> Callable[..., Any]:
    """Submit alice's upload; what waits for the commit runs."""

    def do(client: APIClient = as_alice, **changes: Any) -> Any:
        asked = {"objectKey": uploaded["objectKey"], "docType": "motor_logbook", "correlationId": "quote-7", **changes}
        with django_capture_on_commit_callbacks(execute=True):
            return post(client, "submit", asked)

    return do


@pytest.fixture
def job(submit: Callable[..., Any]) -> ExtractionJob:
    return ExtractionJob.objects.get(pk=submit().json()["jobId"])


@pytest.fixture
def bundle(db: None) -> Bundle:
    """motor_logbook is published, as far as uploads and jobs can tell."""
    bundle = Bundle.objects.create(id="b" * 64, revisions={"motor_logbook": 1}, engine_version="1.0.0", size_bytes=1)
    CurrentBundle.objects.create(bundle=bundle)
    return bundle

"""The processor between real parts: S3, queues, secret, Textract on the wire, and an API that verifies signatures."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

import mapping_specs
from infra.local.textract.operations import Textract
from infra.local.textract.recordings import Recordings
from infra.local.textract.server import TextractServer
from lambdas import callbacks, environment, mapping
from lambdas.contracts import JobMessage
from tests import aws_double
from tests.backend import seaweedfs
from tests.lambdas.api_double import Api, serving

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "fixtures" / "documents"
LOGBOOK = DOCUMENTS / "motor_logbook" / "registration_certificate.pdf"
CLAIM = DOCUMENTS / "motor_claim_form" / "three_pages.pdf"
MAX_RECEIVE_COUNT = 3
ACCESS = {"aws_access_key_id": seaweedfs.ACCESS_KEY, "aws_secret_access_key": seaweedfs.SECRET_KEY}


@pytest.fixture(scope="session")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with seaweedfs.running(tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture(scope="session")
def bucket(s3_url: str) -> str:
    """One for all tests: their keys differ, and every bucket costs the server a volume."""
    s3 = boto3.client("s3", endpoint_url=s3_url, region_name="eu-west-1", **ACCESS)
    s3.create_bucket(Bucket="lambdas", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="lambdas", VersioningConfiguration={"Status": "Enabled"})
    return "lambdas"


@pytest.fixture(scope="session")
def moto_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with aws_double.running(tmp_path_factory.mktemp("moto")) as url:
        yield url


@pytest.fixture
def textract() -> Iterator[TextractServer]:
    server = TextractServer(Textract(Recordings([])), 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@dataclass
class Cloud:
    """What a test looks into, and what the handlers were told."""

    s3: Any
    sqs: Any
    secrets: Any
    api: Api
    textract: TextractServer
    bucket: str
    queue: str
    secret_id: str

    def put(self, key: str, body: bytes) -> str:
        return str(self.s3.put_object(Bucket=self.bucket, Key=key, Body=body).get("VersionId", ""))

    def get(self, key: str) -> bytes | None:
        try:
            body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None
        return body

    def json(self, key: str) -> Any:
        body = self.get(key)
        return None if body is None else json.loads(body)

    def publish(self, *doc_types: str, revision: int = 7) -> str:
        specs = ROOT / "mapping_specs" / "specs"
        return self.publish_texts(*((specs / f"{name}.yaml").read_text() for name in doc_types), revision=revision)

    def publish_texts(self, *specs: str, revision: int = 7) -> str:
        packed = mapping_specs.pack([(mapping_specs.load_spec(text), revision) for text in specs])
        self.put(f"bundles/{packed.id}.json.gz", packed.data)
        return packed.id

    def job(self, path: Path, doc_type: str, **more: Any) -> JobMessage:
        """Uploaded, its bundle published."""
        content = more.pop("content", None) or path.read_bytes()
        key = f"local/AG-001/2026/02/{uuid.uuid4()}/{path.name}"
        version = self.put(key, content)
        given: dict[str, Any] = {
            "jobId": str(uuid.uuid4()),
            "attempt": 1,
            "objectKey": key,
            "objectVersionId": version,
            "docType": doc_type,
            "bundleId": None,
            "callbackUrl": f"{self.api.url}/api/docs/callback",
            "callbackKeyId": "k1",
            "correlationId": "quote-1",
            "mimeType": "application/pdf",
            "sizeBytes": len(content),
            **more,
        }
        if "bundleId" not in more:
            given["bundleId"] = self.publish(doc_type)
        return JobMessage(**given)

    def calls(self) -> list[str]:
        return self.textract.calls


@pytest.fixture
def cloud(
    s3_url: str, bucket: str, moto_url: str, textract: TextractServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cloud]:
    name = f"t-{uuid.uuid4().hex[:12]}"
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    made = boto3.Session(region_name="eu-west-1", **ACCESS)
    s3, sqs = made.client("s3", endpoint_url=s3_url), made.client("sqs", endpoint_url=moto_url)
    manager, sns = made.client("secretsmanager", endpoint_url=moto_url), made.client("sns", endpoint_url=moto_url)
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    topic = sns.create_topic(Name=name)["TopicArn"]
    manager.create_secret(Name=name, SecretString=json.dumps({"keys": [{"id": "k1", "secret": secret}]}))
    with serving(Api(secret)) as api:
        values = {
            "AWS_ACCESS_KEY_ID": seaweedfs.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": seaweedfs.SECRET_KEY,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_S3": s3_url,
            "AWS_ENDPOINT_URL_SQS": moto_url,
            "AWS_ENDPOINT_URL_SNS": moto_url,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": moto_url,
            "AWS_ENDPOINT_URL_TEXTRACT": f"http://127.0.0.1:{textract.server_port}",
            "ENVIRONMENT": "local",
            "S3_BUCKET": bucket,
            "KMS_KEY_ID": "alias/documents",
            "SQS_QUEUE_URL": queue,
            "DJANGO_API_URL": api.url,
            "CALLBACK_SECRET_ID": name,
            "MAX_PAGES": "50",
            "MAX_RECEIVE_COUNT": str(MAX_RECEIVE_COUNT),
            "COMPLETION_TOPIC_ARN": topic,
            "TEXTRACT_ROLE_ARN": "arn:aws:iam::123456789012:role/publish",
        }
        for variable, value in values.items():
            monkeypatch.setenv(variable, value)
        forget()
        yield Cloud(s3, sqs, manager, api, textract, bucket, queue, name)
        forget()


def forget() -> None:
    """As a new container would: settings, clients, keys and bundles."""
    environment.settings.cache_clear()
    environment.client.cache_clear()
    mapping._bundles.clear()
    callbacks._secrets.keys = []


@pytest.fixture
def context() -> Any:
    return SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=1024,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:test",
        aws_request_id="request-1",
        get_remaining_time_in_millis=lambda: 60_000,
    )


@pytest.fixture
def handled(cloud: Cloud, context: Any) -> Callable[..., list[str]]:
    """Hand a body to a handler as SQS would; the ids of the records that failed."""

    def handle(handler: Any, body: str, *, receives: int = 1) -> list[str]:
        cloud.sqs.send_message(QueueUrl=cloud.queue, MessageBody=body)
        [message] = cloud.sqs.receive_message(QueueUrl=cloud.queue)["Messages"]
        event = json.loads((ROOT / "fixtures" / "events" / "sqs_job.json").read_text())
        record = event["Records"][0]
        record |= {"body": body, "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"]}
        record["attributes"]["ApproximateReceiveCount"] = str(receives)
        answer = handler(event, context)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    return handle


def again(job: JobMessage, **changes: Any) -> JobMessage:
    return replace(job, **changes)

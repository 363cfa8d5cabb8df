"""The Lambda archive: the same bytes each time, and a handler that runs from it with nothing else but the runtime."""

from __future__ import annotations

import base64
import json
import os
import platform
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import mapping_specs
from infra.local.stack import ROOT, LocalStack
from infra.package import build
from lambdas.contracts import JobMessage
from tests.folders import ServerFolder
from tests.lambdas.api_double import Api, serving
from tests.lambdas.test_inspecting import encrypted

FIXTURES = ROOT / "fixtures"
LOGBOOK = FIXTURES / "documents" / "motor_logbook" / "registration_certificate.pdf"
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
"""What Lambda's Python has beside the standard library."""
ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
PATH = """
import sys
sys.path[:] = [p for p in sys.path if p] + [sys.argv[1], sys.argv[2]]
"""
INSPECT = """
import base64
from lambdas.failures import Permanent
from lambdas.inspecting import inspect
try:
    inspect(base64.b64decode(sys.stdin.read()), declared="application/pdf", max_pages=50)
except Permanent as failure:
    print(failure.reason)
"""
RUN = """
import json
from lambdas.textract_processor.handler import handler
from types import SimpleNamespace
context = SimpleNamespace(function_name="f", memory_limit_in_mb=1024, invoked_function_arn="arn", aws_request_id="r",
                          get_remaining_time_in_millis=lambda: 60000)
answer = handler(json.load(sys.stdin), context)
modules = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
print("ANSWER " + json.dumps([answer, sorted(file for file in modules.values() if "site-packages" in file)]))
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return build(tmp_path_factory.mktemp("build"), architecture=ARCHITECTURE, python=python)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with serving(Api("")) as one:
        yield one


@pytest.fixture(scope="module")
def stack(server_folder: ServerFolder, api: Api) -> Iterator[LocalStack]:
    with server_folder("stack") as folder, LocalStack(folder, parameters={"DjangoApiUrl": api.url}) as one:
        yield one


def client(stack: LocalStack, service: str) -> Any:
    env = stack.aws_env
    return boto3.client(
        service,
        endpoint_url=env[f"AWS_ENDPOINT_URL_{service.upper().replace('MANAGER', '_MANAGER')}"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )


def job_event(stack: LocalStack, api: Api) -> dict[str, Any]:
    """A logbook and the bundle for it in the bucket, and the event that asks for its processing."""
    s3, bucket = client(stack, "s3"), stack.env["S3_BUCKET"]
    spec = mapping_specs.load_spec((ROOT / "mapping_specs" / "specs" / "motor_logbook.yaml").read_text())
    packed = mapping_specs.pack([(spec, 3)])
    s3.put_object(Bucket=bucket, Key=f"bundles/{packed.id}.json.gz", Body=packed.data)
    put = s3.put_object(Bucket=bucket, Key="local/AG-001/2026/02/x/logbook.pdf", Body=LOGBOOK.read_bytes())
    job = JobMessage(
        jobId="f3a5c2f0-5a55-4f0e-9a63-0d4f5a3f8a10",
        attempt=1,
        objectKey="local/AG-001/2026/02/x/logbook.pdf",
        objectVersionId=put["VersionId"],
        docType="motor_logbook",
        bundleId=packed.id,
        callbackUrl=f"{api.url}/api/docs/callback",
        callbackKeyId="local-1",
        correlationId=None,
        mimeType="application/pdf",
        sizeBytes=LOGBOOK.stat().st_size,
    )
    event = json.loads((FIXTURES / "events" / "sqs_job.json").read_text())
    event["Records"][0]["body"] = job.to_json()
    return dict(event)


def test_the_same_sources_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"

    again = build(tmp_path, architecture=ARCHITECTURE, python=python)

    assert again.read_bytes() == archive.read_bytes()


def test_the_archive_holds_what_runs_and_nothing_else(archive: Path) -> None:
    rooms = {name.split("/")[0] for name in zipfile.ZipFile(archive).namelist()}

    assert {"lambdas", "mapping_specs", "orjson", "rapidfuzz", "phonenumbers", "pypdf"} <= rooms
    assert not rooms & {"boto3", "botocore", "django", "yaml", "jsonschema", "tests", "backend", "infra"}


@pytest.fixture(scope="module")
def task(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Where Lambda would have unzipped the archive, and its runtime's packages."""
    unzipped, runtime = tmp_path_factory.mktemp("task"), tmp_path_factory.mktemp("runtime")
    zipfile.ZipFile(archive).extractall(unzipped)
    packages = Path(boto3.__file__).parents[1]
    for name in RUNTIME:
        (runtime / name).symlink_to(packages / name)
    return unzipped, runtime


def ran(task: tuple[Path, Path], code: str, stdin: str = "", env: dict[str, str] | None = None) -> str:
    """What a Python with nothing else on its path prints."""
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PATH + code, *map(str, task)],
        input=stdin,
        env={"PATH": os.environ["PATH"], **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("function", ["textract_processor", "textract_completion", "post_processor"])
def test_each_function_loads_from_the_archive(task: tuple[Path, Path], function: str) -> None:
    loaded = ran(task, f"from lambdas.{function}.handler import handler; print(callable(handler), handler.__module__)")

    assert loaded.split() == ["True", f"lambdas.{function}.handler"]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_password_is_noticed_without_a_package_for_ciphers(task: tuple[Path, Path], algorithm: str) -> None:
    document = base64.b64encode(encrypted(algorithm)).decode()

    assert ran(task, INSPECT, stdin=document).strip() == "ENCRYPTED_DOCUMENT"


@pytest.mark.stack
def test_an_event_is_handled_from_the_unzipped_archive(task: tuple[Path, Path], stack: LocalStack, api: Api) -> None:
    secret = client(stack, "secretsmanager").get_secret_value(SecretId=stack.env["CALLBACK_SECRET_ID"])
    api.secret = json.loads(secret["SecretString"])["keys"][0]["secret"]
    event = json.dumps(job_event(stack, api))

    printed = ran(task, RUN, stdin=event, env=stack.function_env("TextractProcessorFunction"))

    said = next(line for line in printed.splitlines() if line.startswith("ANSWER "))
    answer, from_elsewhere = json.loads(said.removeprefix("ANSWER "))
    assert answer == {"batchItemFailures": []}
    assert from_elsewhere == []
    assert api.states == ["PROCESSING", "DONE"]
    expected = json.loads(LOGBOOK.with_suffix(".expected.json").read_text())
    assert api.last()["result"]["fields"] == expected["fields"]
    assert api.last()["result"]["specRevision"] == 3

"""The local Textract, spoken to by boto3 as AWS's is."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.textract.operations import Textract
from infra.local.textract.recordings import Recordings
from infra.local.textract.server import TextractServer
from tests.backend import seaweedfs

FIXTURES = Path(__file__).parents[3] / "fixtures"
LOGBOOK = FIXTURES / "documents" / "motor_logbook" / "registration_certificate.pdf"
CLAIM = FIXTURES / "documents" / "motor_claim_form" / "three_pages.pdf"
FORMS_AND_TABLES = ["FORMS", "TABLES"]


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with seaweedfs.running(tmp_path_factory.mktemp("s3")) as endpoint, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", seaweedfs.ACCESS_KEY)
        patch.setenv("AWS_SECRET_ACCESS_KEY", seaweedfs.SECRET_KEY)
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        client = boto3.client("s3")
        client.create_bucket(Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        client.put_object(Bucket="documents", Key="claim.pdf", Body=CLAIM.read_bytes())
        yield client


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def textract(recordings: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server = TextractServer(Textract(Recordings([recordings])), 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = boto3.client(
        "textract",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        region_name="eu-west-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    server.shutdown()
    server.server_close()


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return str(error.value.response["Error"]["Code"])


def ended(textract: Any, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while (answer := textract.get_document_analysis(JobId=job_id))["JobStatus"] == "IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return dict(answer)


def test_a_page_is_answered_with_blocks(textract: Any) -> None:
    answer = textract.analyze_document(Document={"Bytes": LOGBOOK.read_bytes()}, FeatureTypes=FORMS_AND_TABLES)

    kinds = {block["BlockType"] for block in answer["Blocks"]}
    assert kinds == {"PAGE", "LINE", "WORD", "KEY_VALUE_SET", "TABLE", "CELL"}
    assert answer["DocumentMetadata"] == {"Pages": 1}
    known = {block["Id"] for block in answer["Blocks"]}
    related = {i for block in answer["Blocks"] for r in block.get("Relationships", []) for i in r["Ids"]}
    assert related <= known


def test_text_alone_has_no_forms(textract: Any) -> None:
    answer = textract.detect_document_text(Document={"Bytes": LOGBOOK.read_bytes()})

    assert {block["BlockType"] for block in answer["Blocks"]} == {"PAGE", "LINE", "WORD"}


def test_a_query_is_answered_from_its_label(textract: Any) -> None:
    answer = textract.analyze_document(
        Document={"Bytes": LOGBOOK.read_bytes()},
        FeatureTypes=["QUERIES"],
        QueriesConfig={"Queries": [{"Text": "What is the chassis number?", "Alias": "chassis"}, {"Text": "Who won?"}]},
    )

    queries = [block for block in answer["Blocks"] if block["BlockType"] == "QUERY"]
    results = [block["Text"] for block in answer["Blocks"] if block["BlockType"] == "QUERY_RESULT"]
    assert [query["Query"].get("Alias") for query in queries] == ["chassis", None]
    assert results == ["NZE121-3284157"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("corrupt.pdf", "BadDocumentException"),
        ("encrypted.pdf", "BadDocumentException"),
        ("text.pdf", "UnsupportedDocumentException"),
        ("iphone.heic", "UnsupportedDocumentException"),
        ("pages_51.pdf", "UnsupportedDocumentException"),
    ],
)
def test_what_textract_refuses(textract: Any, name: str, error: str) -> None:
    document = {"Bytes": (FIXTURES / "documents_bad" / name).read_bytes()}

    assert refused(textract.analyze_document, Document=document, FeatureTypes=["FORMS"]) == error


def test_limits_and_parameters(textract: Any) -> None:
    page = {"Bytes": LOGBOOK.read_bytes()}
    long = {"Queries": [{"Text": "x" * 200}] * 16}

    assert refused(textract.analyze_document, Document=page, FeatureTypes=["QUERIES"]) == "InvalidParameterException"
    with_queries = {"Document": page, "FeatureTypes": ["QUERIES"], "QueriesConfig": long}
    assert refused(textract.analyze_document, **with_queries) == "InvalidParameterException"
    large = {"Bytes": b"%PDF-1.4" + bytes(5 * 1024 * 1024)}
    assert refused(textract.analyze_document, Document=large, FeatureTypes=["FORMS"]) == "DocumentTooLargeException"


def test_recorded_answers_come_first(recordings: Path, s3: Any) -> None:
    response = {"DocumentMetadata": {"Pages": 1}, "IdentityDocuments": [], "AnalyzeIDModelVersion": "1.0"}
    (recordings / "card.response.json").write_text(json.dumps(response))
    (recordings / "card.pdf").write_bytes(LOGBOOK.read_bytes())
    textract = Textract(Recordings([recordings]))

    assert textract.recorded_only("AnalyzeID", LOGBOOK.read_bytes()) == response


def test_expense_without_a_recording_is_unsupported(textract: Any) -> None:
    page = {"Bytes": LOGBOOK.read_bytes()}

    assert refused(textract.analyze_expense, Document=page) == "UnsupportedDocumentException"


def test_three_pages_take_a_job_and_several_parts(textract: Any, s3: Any) -> None:
    place = {"S3Object": {"Bucket": "documents", "Name": "claim.pdf"}}

    started = textract.start_document_analysis(DocumentLocation=place, FeatureTypes=FORMS_AND_TABLES, JobTag="job-1")
    first = ended(textract, started["JobId"])
    parts = [textract.get_document_analysis(JobId=started["JobId"], MaxResults=200)]
    while token := parts[-1].get("NextToken"):
        parts.append(textract.get_document_analysis(JobId=started["JobId"], MaxResults=200, NextToken=token))

    assert first["DocumentMetadata"] == {"Pages": 3}
    assert [block["Id"] for part in parts for block in part["Blocks"]] == [block["Id"] for block in first["Blocks"]]
    assert len(parts) > 1
    assert {block["Page"] for block in first["Blocks"]} == {1, 2, 3}


def test_a_client_token_gives_the_earlier_job(textract: Any, s3: Any) -> None:
    place = {"S3Object": {"Bucket": "documents", "Name": "nothing.pdf"}}
    asked = {"DocumentLocation": place, "FeatureTypes": ["FORMS"], "ClientRequestToken": "job-2-1"}

    first = textract.start_document_analysis(**asked)["JobId"]
    assert ended(textract, first)["JobStatus"] == "FAILED"

    assert textract.start_document_analysis(**asked)["JobId"] == first
    other = {**asked, "FeatureTypes": ["TABLES"]}
    assert refused(textract.start_document_analysis, **other) == "IdempotentParameterMismatchException"


def test_an_object_that_is_not_there(textract: Any, s3: Any) -> None:
    place = {"S3Object": {"Bucket": "documents", "Name": "nothing.pdf"}}

    assert refused(textract.analyze_document, Document=place, FeatureTypes=["FORMS"]) == "InvalidS3ObjectException"
    assert refused(textract.get_document_analysis, JobId="f" * 32) == "InvalidJobIdException"


def test_faults_that_a_test_asks_for(textract: Any) -> None:
    errors = json.dumps({"errors": ["ThrottlingException"]}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{textract.meta.endpoint_url}/_faults", errors))

    page = {"Bytes": LOGBOOK.read_bytes()}
    assert refused(textract.detect_document_text, Document=page) == "ThrottlingException"
    assert textract.detect_document_text(Document=page)["Blocks"]

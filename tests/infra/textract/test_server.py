"""The local Textract, spoken to by boto3 as AWS's is."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from PIL import Image

from infra.local.textract.analysis import analyze
from infra.local.textract.operations import Textract
from infra.local.textract.recordings import Recordings
from infra.local.textract.server import TextractServer
from tests.backend import seaweedfs
from tests.waiting import eventually

FIXTURES = Path(__file__).parents[3] / "fixtures"
LOGBOOK = FIXTURES / "documents" / "motor_logbook" / "registration_certificate.pdf"
PHOTOGRAPH = FIXTURES / "documents" / "national_id" / "photograph.jpg"
CLAIM = FIXTURES / "documents" / "motor_claim_form" / "three_pages.pdf"
FORMS_AND_TABLES = ["FORMS", "TABLES"]
BAD = FIXTURES / "documents_bad"
CLAIM_IN_S3 = {"S3Object": {"Bucket": "documents", "Name": "claim.pdf"}}
MIB = 1024 * 1024


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
    def answer() -> dict[str, Any] | None:
        answer: dict[str, Any] = textract.get_document_analysis(JobId=job_id)
        return None if answer["JobStatus"] == "IN_PROGRESS" else answer

    return dict(eventually(answer))


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
    document = {"Bytes": (BAD / name).read_bytes()}

    assert refused(textract.analyze_document, Document=document, FeatureTypes=["FORMS"]) == error


def test_limits_and_parameters(textract: Any) -> None:
    page = {"Bytes": LOGBOOK.read_bytes()}
    long = {"Queries": [{"Text": "x" * 200}] * 16}

    assert refused(textract.analyze_document, Document=page, FeatureTypes=["QUERIES"]) == "InvalidParameterException"
    with_queries = {"Document": page, "FeatureTypes": ["QUERIES"], "QueriesConfig": long}
    assert refused(textract.analyze_document, **with_queries) == "InvalidParameterException"
    for text in ("x" * 201, "Où est-il?"):
        with_queries["QueriesConfig"] = {"Queries": [{"Text": text}]}
        assert refused(textract.analyze_document, **with_queries) == "InvalidParameterException"
    large = {"Bytes": b"%PDF-1.4" + bytes(5 * 1024 * 1024)}
    assert refused(textract.analyze_document, Document=large, FeatureTypes=["FORMS"]) == "DocumentTooLargeException"


RECORDED: dict[str, dict[str, Any]] = {
    "analyze_document": {"Blocks": [{"BlockType": "PAGE", "Id": "recorded"}]},
    "analyze_expense": {"ExpenseDocuments": [{"ExpenseIndex": 1}]},
    "analyze_id": {"IdentityDocuments": [{"DocumentIndex": 1}], "AnalyzeIDModelVersion": "1.0"},
}


def record(folder: Path, name: str, document: bytes, answer: Any) -> None:
    """As a recording is kept: the answer beside the document's hash."""
    (folder / f"{name}.response.json").write_text(json.dumps(answer))
    (folder / f"{name}.recording.json").write_text(json.dumps({"sha256": hashlib.sha256(document).hexdigest()}))


@pytest.fixture
def recorded(recordings: Path) -> None:
    for name, answer in RECORDED.items():
        record(recordings, name, LOGBOOK.read_bytes(), {"DocumentMetadata": {"Pages": 1}, **answer})


@pytest.mark.parametrize("operation", RECORDED)
def test_recorded_answers_come_first(
    recorded: None, textract: Any, operation: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the document itself could be read."""
    caplog.set_level(logging.INFO, "textract")
    page = {"Bytes": LOGBOOK.read_bytes()}
    asked: dict[str, Any] = {"DocumentPages": [page]} if operation == "analyze_id" else {"Document": page}
    if operation == "analyze_document":
        asked["FeatureTypes"] = FORMS_AND_TABLES

    answer = getattr(textract, operation)(**asked)

    wanted = RECORDED[operation]
    assert {name: answer[name] for name in wanted} == wanted
    assert read_by(caplog) == ["recording"]


def read_by(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Who answered, as the log says it."""
    return [vars(said)["read_by"] for said in caplog.records if said.message == "answered"]


def test_its_log_says_who_answered(textract: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "textract")

    textract.detect_document_text(Document={"Bytes": LOGBOOK.read_bytes()})

    assert read_by(caplog) == ["text layer"]


@pytest.mark.ocr
def test_a_photograph_and_each_page_of_a_tiff_are_read_by_ocr(textract: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "textract")
    photograph, scanned = Image.open(PHOTOGRAPH), io.BytesIO()
    photograph.save(scanned, "TIFF", save_all=True, append_images=[photograph], compression="jpeg")

    picture = textract.detect_document_text(Document={"Bytes": PHOTOGRAPH.read_bytes()})
    pages = analyze(scanned.getvalue(), features=[])

    assert any("KENYA" in block.get("Text", "") for block in picture["Blocks"])
    assert {block["Page"] for block in pages["Blocks"] if "KENYA" in block.get("Text", "")} == {1, 2}
    assert read_by(caplog) == ["OCR", "OCR"]
    inline = {"Document": {"Bytes": scanned.getvalue()}, "FeatureTypes": ["FORMS"]}
    assert refused(textract.analyze_document, **inline) == "UnsupportedDocumentException"


def test_a_photograph_without_ocr_is_unsupported(textract: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.textract.photograph.installed", lambda: False)

    page = {"Bytes": PHOTOGRAPH.read_bytes()}
    assert refused(textract.detect_document_text, Document=page) == "UnsupportedDocumentException"


def test_expense_without_a_recording_is_unsupported(textract: Any) -> None:
    page = {"Bytes": LOGBOOK.read_bytes()}

    assert refused(textract.analyze_expense, Document=page) == "UnsupportedDocumentException"


def test_an_answer_comes_in_parts_of_a_thousand_blocks(recordings: Path, textract: Any, s3: Any) -> None:
    """However many are asked for at once."""
    blocks = [{"BlockType": "WORD", "Id": f"b-{number}", "Page": 1} for number in range(2_345)]
    halves = [{"DocumentMetadata": {"Pages": 1}, "Blocks": half} for half in (blocks[:1_500], blocks[1_500:])]
    record(recordings, "long", CLAIM.read_bytes(), halves)
    server = Textract(Recordings([recordings]))
    job = server.start("StartDocumentAnalysis", {"DocumentLocation": CLAIM_IN_S3, "FeatureTypes": ["FORMS"]})
    eventually(lambda: server.jobs[job["JobId"]].status == "SUCCEEDED")

    parts = [server.get("StartDocumentAnalysis", {"JobId": job["JobId"], "MaxResults": 5_000})]
    while token := parts[-1].get("NextToken"):
        parts.append(server.get("StartDocumentAnalysis", {"JobId": job["JobId"], "NextToken": token}))

    assert [len(part["Blocks"]) for part in parts] == [1_000, 1_000, 345]
    assert [block for part in parts for block in part["Blocks"]] == blocks


def test_three_pages_take_a_job_and_several_parts(textract: Any, s3: Any) -> None:
    started = textract.start_document_analysis(
        DocumentLocation=CLAIM_IN_S3, FeatureTypes=FORMS_AND_TABLES, JobTag="job-1"
    )
    first = ended(textract, started["JobId"])
    parts = [textract.get_document_analysis(JobId=started["JobId"], MaxResults=200)]
    while token := parts[-1].get("NextToken"):
        parts.append(textract.get_document_analysis(JobId=started["JobId"], MaxResults=200, NextToken=token))

    assert first["DocumentMetadata"] == {"Pages": 3}
    assert [block["Id"] for part in parts for block in part["Blocks"]] == [block["Id"] for block in first["Blocks"]]
    assert len(parts) > 1
    assert {block["Page"] for block in first["Blocks"]} == {1, 2, 3}


def test_a_client_token_gives_the_earlier_job(textract: Any, s3: Any) -> None:
    place = {"S3Object": {"Bucket": "documents", "Name": "corrupt.pdf"}}
    s3.put_object(Bucket="documents", Key="corrupt.pdf", Body=(BAD / "corrupt.pdf").read_bytes())
    asked = {"DocumentLocation": place, "FeatureTypes": ["FORMS"], "ClientRequestToken": "job-2-1"}

    first = textract.start_document_analysis(**asked)["JobId"]
    assert ended(textract, first)["JobStatus"] == "FAILED"

    assert textract.start_document_analysis(**asked)["JobId"] == first
    other = {**asked, "FeatureTypes": ["TABLES"]}
    assert refused(textract.start_document_analysis, **other) == "IdempotentParameterMismatchException"


def test_an_object_that_is_not_there(textract: Any, s3: Any) -> None:
    place = {"S3Object": {"Bucket": "documents", "Name": "nothing.pdf"}}

    assert refused(textract.analyze_document, Document=place, FeatureTypes=["FORMS"]) == "InvalidS3ObjectException"
    assert refused(textract.start_document_text_detection, DocumentLocation=place) == "InvalidS3ObjectException"
    assert refused(textract.get_document_analysis, JobId="f" * 32) == "InvalidJobIdException"


def test_ten_megabytes_from_s3_and_no_more(textract: Any, s3: Any) -> None:
    for size, error in ((10 * MIB, "BadDocumentException"), (10 * MIB + 1, "DocumentTooLargeException")):
        s3.put_object(Bucket="documents", Key="large.pdf", Body=b"%PDF-1.4".ljust(size, b"\0"))
        place = {"S3Object": {"Bucket": "documents", "Name": "large.pdf"}}
        assert refused(textract.analyze_document, Document=place, FeatureTypes=["FORMS"]) == error


@pytest.mark.parametrize("wrong", [{"JobTag": "job 1"}, {"JobTag": "x" * 65}, {"ClientRequestToken": "job:1"}])
def test_tags_and_tokens_of_other_characters(textract: Any, s3: Any, wrong: dict[str, str]) -> None:
    asked = {"DocumentLocation": CLAIM_IN_S3, "FeatureTypes": ["FORMS"], **wrong}

    assert refused(textract.start_document_analysis, **asked) == "InvalidParameterException"


def test_faults_that_a_test_asks_for(textract: Any) -> None:
    errors = json.dumps({"errors": ["ThrottlingException"]}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{textract.meta.endpoint_url}/_faults", errors))

    page = {"Bytes": LOGBOOK.read_bytes()}
    assert refused(textract.detect_document_text, Document=page) == "ThrottlingException"
    assert textract.detect_document_text(Document=page)["Blocks"]

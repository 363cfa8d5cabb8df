"""POST /api/docs/presign, and what S3 makes of its URL."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from backend.aws import clients, storage
from backend.documents.models import Document
from tests.backend.acting import BUCKET, PDF, as_user, error_of, post, put_file, upload_request

KEY = re.compile(r"local/AG-001/\d{4}/\d{2}/[0-9a-f-]{36}/log-book\.pdf")


@pytest.fixture(autouse=True)
def _local(settings, cloud, bundle):
    settings.ENVIRONMENT = "local"


def test_it_works(as_alice):
    response = post(as_alice, "presign", upload_request(quoteId="Q-77"))
    answer = response.json()
    assert response.status_code == 201
    assert set(answer) == {"uploadUrl", "objectKey", "headers", "expiresInSec"}
    assert KEY.fullmatch(answer["objectKey"])
    assert 300 <= answer["expiresInSec"] <= 600
    document = Document.objects.get(object_key=answer["objectKey"])
    assert (document.agent_id, document.doc_type, document.quote_id) == ("AG-001", "motor_logbook", "Q-77")
    assert (document.size_bytes, document.mime, document.checksum) == (len(PDF), "application/pdf", "")


def test_everything_that_binds_the_upload_is_signed(as_alice):
    sha256 = hashlib.sha256(PDF).hexdigest()
    answer = post(as_alice, "presign", upload_request(sha256=sha256)).json()
    query = parse_qs(urlsplit(answer["uploadUrl"]).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == [str(answer["expiresInSec"])]
    signed = set(query["X-Amz-SignedHeaders"][0].split(";"))
    assert signed == {
        "content-length",
        "content-type",
        "host",
        "if-none-match",
        "x-amz-checksum-sha256",
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-aws-kms-key-id",
    }
    assert signed == {name.lower() for name in answer["headers"]} | {"host"}
    assert answer["headers"]["Content-Length"] == str(len(PDF))


def test_in_aws_the_url_is_the_regional_one(monkeypatch, settings):
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    clients.client.cache_clear()
    try:
        url = storage.presign_put("a/b.pdf", content_type="application/pdf", size_bytes=3).url
    finally:
        clients.client.cache_clear()
    assert urlsplit(url).hostname == f"{BUCKET}.s3.eu-west-1.amazonaws.com"


def test_s3_takes_exactly_what_was_signed_encrypted_and_once(as_alice, cloud):
    answer = post(as_alice, "presign", upload_request()).json()
    assert put_file(answer).status_code == 200
    stored = cloud.s3.head_object(Bucket=BUCKET, Key=answer["objectKey"])
    assert (stored["ServerSideEncryption"], stored["ContentType"]) == ("aws:kms", "application/pdf")
    assert stored["VersionId"]
    assert put_file(answer).status_code == 412


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        (PDF + b"x", {}),
        (PDF[:-1], {}),
        (PDF, {"Content-Type": "image/png"}),
        (PDF, {"x-amz-server-side-encryption": "AES256"}),
        (PDF, {"If-None-Match": ""}),
    ],
    ids=["longer", "shorter", "another type", "another encryption", "unconditional"],
)
def test_s3_refuses_anything_else(as_alice, cloud, data, headers):
    answer = post(as_alice, "presign", upload_request()).json()
    assert put_file(answer, data, **headers).status_code == 403
    assert cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix=answer["objectKey"]).get("KeyCount", 0) == 0


def test_s3_refuses_another_key(as_alice):
    answer = post(as_alice, "presign", upload_request()).json()
    other = {**answer, "uploadUrl": answer["uploadUrl"].replace("AG-001", "AG-002")}
    assert put_file(other).status_code == 403


def test_the_url_is_for_put_only(as_alice):
    answer = post(as_alice, "presign", upload_request()).json()
    headers = {**answer["headers"], "Content-Length": "0"}
    assert httpx.get(answer["uploadUrl"], headers=headers).status_code == 403


def test_with_a_checksum_s3_refuses_other_bytes(as_alice):
    answer = post(as_alice, "presign", upload_request(sha256=hashlib.sha256(PDF).hexdigest())).json()
    other = PDF.replace(b"ours", b"hers")
    response = put_file(answer, other)
    assert (response.status_code, "BadDigest" in response.text) == (400, True)
    assert put_file(answer).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "code", "reason"),
    [
        ({"sizeBytes": 0}, 400, "VALIDATION", "FILE_EMPTY"),
        ({"sizeBytes": -1}, 400, "VALIDATION", "FILE_EMPTY"),
        ({"sizeBytes": 10 * 1024 * 1024 + 1}, 413, "LIMIT", "FILE_TOO_LARGE"),
        ({"sizeBytes": 10**30}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"sizeBytes": "many"}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"sizeBytes": True}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"sizeBytes": None}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"mimeType": "application/zip"}, 400, "VALIDATION", "MIME_NOT_ALLOWED"),
        ({"mimeType": "application/pdf; charset=x"}, 400, "VALIDATION", "MIME_NOT_ALLOWED"),
        ({"mimeType": "image/heic", "filename": "a.heic"}, 400, "VALIDATION", "HEIC_NOT_SUPPORTED"),
        ({"mimeType": "image/jpeg", "filename": "IMG_1.HEIC"}, 400, "VALIDATION", "HEIC_NOT_SUPPORTED"),
        ({"mimeType": "image/png"}, 400, "VALIDATION", "EXTENSION_MISMATCH"),
        ({"filename": "logbook"}, 400, "VALIDATION", "EXTENSION_MISMATCH"),
        ({"filename": ".pdf"}, 400, "VALIDATION", "EXTENSION_MISMATCH"),
        ({"filename": "logbook.pdf.exe"}, 400, "VALIDATION", "EXTENSION_MISMATCH"),
        ({"filename": "../../etc/passwd.pdf"}, 400, "VALIDATION", "FILENAME_PATH"),
        ({"filename": "C:\\scan.pdf"}, 400, "VALIDATION", "FILENAME_PATH"),
        ({"filename": "scan\r\nX-Evil: 1.pdf"}, 400, "VALIDATION", "FILENAME_CHARACTERS"),
        ({"filename": "scan\u202efdp.pdf"}, 400, "VALIDATION", "FILENAME_CHARACTERS"),
        ({"filename": "scan\x00.pdf"}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"filename": "scan\ud800.pdf"}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"filename": "a" * 300 + ".pdf"}, 400, "VALIDATION", "FILENAME_TOO_LONG"),
        ({"filename": "a" * 2000 + ".pdf"}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"filename": ""}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"docType": "laundry_list"}, 400, "VALIDATION", "DOC_TYPE_UNKNOWN"),
        ({"docType": "Motor Logbook"}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"agentId": "AG-002"}, 403, "AUTH", "OTHER_AGENT"),
        ({"agentId": "../AG-002"}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"quoteId": "a/b"}, 400, "VALIDATION", "INVALID_FIELDS"),
        ({"sha256": "abc"}, 400, "VALIDATION", "INVALID_FIELDS"),
    ],
)
def test_bad_input(as_alice, changes, status, code, reason):
    error_of(post(as_alice, "presign", upload_request(**changes)), status, code, reason)
    assert not Document.objects.exists()


@pytest.mark.parametrize("missing", ["filename", "mimeType", "sizeBytes", "docType"])
def test_a_missing_field_is_named(as_alice, missing):
    asked = upload_request()
    del asked[missing]
    details = error_of(post(as_alice, "presign", asked), 400, "VALIDATION", "INVALID_FIELDS")
    assert set(details["fields"]) == {missing}


@pytest.mark.parametrize(
    ("filename", "slug"),
    [
        ("Käse & Brot №5.PDF", "kase-brot-no5.pdf"),
        ("登録証.pdf", "document.pdf"),
        ("  a  b .pdf ", "a-b.pdf"),
        ("a" * 200 + ".pdf", "a" * 80 + ".pdf"),
        ("..hidden..pdf", "hidden.pdf"),
        ("x?y#z%2F.pdf", "x-y-z-2f.pdf"),
    ],
)
def test_a_name_becomes_a_slug(as_alice, filename, slug):
    key = post(as_alice, "presign", upload_request(filename=filename)).json()["objectKey"]
    assert key.rpartition("/")[2] == slug


def test_the_limit_itself_is_allowed(as_alice, settings):
    assert post(as_alice, "presign", upload_request(sizeBytes=settings.MAX_UPLOAD_BYTES)).status_code == 201


def test_staff_uploads_for_an_agent(as_bob, alice):
    answer = post(as_bob, "presign", upload_request(agentId="AG-001")).json()
    assert KEY.fullmatch(answer["objectKey"])


def test_staff_names_an_agent_that_is_not(as_bob):
    error_of(post(as_bob, "presign", upload_request(agentId="AG-999")), 400, "VALIDATION", "UNKNOWN_AGENT")


def test_staff_without_an_agent_id_names_one(as_bob):
    error_of(post(as_bob, "presign", upload_request()), 403, "AUTH", "NO_AGENT")


def test_an_agent_may_name_oneself(as_alice):
    assert post(as_alice, "presign", upload_request(agentId="AG-001")).status_code == 201


def test_nobody(db):
    error_of(post(as_user(None), "presign", upload_request()), 401, "AUTH", "NOT_AUTHENTICATED")


def test_the_prefix_comes_first(as_alice, settings):
    settings.S3_PREFIX = "team-a"
    answer = post(as_alice, "presign", upload_request()).json()
    assert answer["objectKey"].startswith("team-a/local/AG-001/")
    assert put_file(answer).status_code == 200

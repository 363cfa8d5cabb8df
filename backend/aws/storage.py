"""The bucket: keys in, bytes and URLs out. A key here is the whole key, prefix included."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings

from backend.aws.clients import client, error_status, reporting
from backend.errors import TooLarge


@dataclass(frozen=True, slots=True)
class PresignedPut:
    url: str
    headers: dict[str, str]
    """The client sends exactly these: they are signed."""
    expires_seconds: int


@dataclass(frozen=True, slots=True)
class StoredObject:
    size_bytes: int
    content_type: str
    version_id: str


def prefixed(key: str) -> str:
    return f"{settings.S3_PREFIX}/{key}" if settings.S3_PREFIX else key


def presign_put(key: str, *, content_type: str, size_bytes: int, sha256_hex: str | None = None) -> PresignedPut:
    """A PUT of exactly this size, type, encryption and (where given) content, once."""
    params: dict[str, Any] = {
        "Bucket": settings.S3_BUCKET,
        "Key": key,
        "ContentType": content_type,
        "ContentLength": size_bytes,
        "IfNoneMatch": "*",
        "ServerSideEncryption": "aws:kms",
        "SSEKMSKeyId": settings.KMS_KEY_ID,
    }
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(size_bytes),
        "If-None-Match": "*",
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": settings.KMS_KEY_ID,
    }
    if sha256_hex:
        checksum = base64.b64encode(bytes.fromhex(sha256_hex)).decode()
        params["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = checksum
    expires = settings.PRESIGN_EXPIRES_SECONDS
    with reporting("s3"):
        url = client("s3").generate_presigned_url("put_object", Params=params, ExpiresIn=expires)
    return PresignedPut(url, headers, expires)


def presign_get(key: str, *, expires_seconds: int) -> str:
    params = {"Bucket": settings.S3_BUCKET, "Key": key}
    with reporting("s3"):
        url: str = client("s3").generate_presigned_url("get_object", Params=params, ExpiresIn=expires_seconds)
    return url


def head(key: str) -> StoredObject | None:
    with reporting("s3"):
        try:
            found = client("s3").head_object(Bucket=settings.S3_BUCKET, Key=key)
        except ClientError as error:
            if error_status(error) == 404:
                return None
            raise
    # "null" is S3's own name for the version of an object stored before versioning.
    return StoredObject(found["ContentLength"], found.get("ContentType", ""), found.get("VersionId", "null"))


def get(key: str, *, max_bytes: int) -> bytes | None:
    """The object's bytes, None where there is none; raises `TooLarge` before reading more than `max_bytes`."""
    with reporting("s3"):
        try:
            found = client("s3").get_object(Bucket=settings.S3_BUCKET, Key=key)
        except ClientError as error:
            if error_status(error) == 404:
                return None
            raise
        with found["Body"] as body:
            data: bytes = body.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooLarge("OBJECT_TOO_LARGE", "The stored object is too large.")
    return data


def put_if_absent(key: str, data: bytes, *, content_type: str) -> bool:
    """True if it was stored now, False if it was there already."""
    with reporting("s3"):
        try:
            client("s3").put_object(
                Bucket=settings.S3_BUCKET,
                Key=key,
                Body=data,
                ContentType=content_type,
                IfNoneMatch="*",
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=settings.KMS_KEY_ID,
            )
        except ClientError as error:
            if error_status(error) == 412:
                return False
            raise
    return True


def delete(key: str) -> None:
    """No error where nothing is stored."""
    with reporting("s3"):
        client("s3").delete_object(Bucket=settings.S3_BUCKET, Key=key)


def delete_every_version(prefix: str) -> int:
    """Every version and delete marker of every object whose key begins so; how many."""
    gone = 0
    with reporting("s3"):
        for page in (
            client("s3").get_paginator("list_object_versions").paginate(Bucket=settings.S3_BUCKET, Prefix=prefix)
        ):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            for one in found:
                client("s3").delete_object(Bucket=settings.S3_BUCKET, Key=one["Key"], VersionId=one["VersionId"])
            gone += len(found)
    return gone

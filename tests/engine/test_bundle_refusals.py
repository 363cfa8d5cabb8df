"""A bundle from elsewhere: too new, too old, another format, or made to burst."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

import orjson
import pytest

from mapping_specs import ENGINE_VERSION, BundleError, load_spec, pack, unpack

SPEC = load_spec("spec: 1\ndoc_type: parcel\nfields: {weight: Weight, b: B, a: A}\n")
CONTENT = orjson.loads(gzip.decompress(pack([(SPEC, 3)]).data))
MAJOR, MINOR, PATCH = map(int, ENGINE_VERSION.split("."))


def with_engine(lowest: str, below: str) -> bytes:
    return zipped({**CONTENT, "engine": {"min": lowest, "below": below}})


def zipped(content: Any) -> bytes:
    return gzip.compress(orjson.dumps(content))


def test_the_id_is_the_hash_of_what_is_inside() -> None:
    packed = pack([(SPEC, 3)])

    assert packed.id == hashlib.sha256(gzip.decompress(packed.data)).hexdigest()
    assert packed.data[4:8] == b"\0\0\0\0", "gzip's time of packing"


def test_the_order_of_fields_is_the_analyst_s_and_stays() -> None:
    spec, revision = unpack(pack([(SPEC, 3)]).data).spec("parcel")

    assert (list(spec.resolved["fields"]), revision) == (["weight", "b", "a"], 3)


def test_two_specs_of_one_doc_type_make_no_bundle() -> None:
    with pytest.raises(BundleError, match="parcel"):
        pack([(SPEC, 1), (SPEC, 2)])


@pytest.mark.parametrize(
    ("lowest", "below"),
    [
        ("0.0.1", f"{MAJOR + 1}.0.0"),
        (ENGINE_VERSION, f"{MAJOR}.{MINOR}.{PATCH + 1}"),
        (ENGINE_VERSION, f"{MAJOR}.10.0"),
    ],
)
def test_a_bundle_for_this_engine_is_read(lowest: str, below: str) -> None:
    assert unpack(with_engine(lowest, below)).doc_types == ["parcel"]


@pytest.mark.parametrize(
    ("lowest", "below"),
    [
        (f"{MAJOR}.{MINOR}.{PATCH + 1}", f"{MAJOR + 1}.0.0"),
        (f"{MAJOR}.10.0", f"{MAJOR + 1}.0.0"),
        ("0.1.0", ENGINE_VERSION),
    ],
    ids=["a later engine's", "of two digits", "an earlier engine's"],
)
def test_a_bundle_for_another_engine_is_refused_by_name(lowest: str, below: str) -> None:
    with pytest.raises(BundleError, match=ENGINE_VERSION.replace(".", r"\.")):
        unpack(with_engine(lowest, below))


@pytest.mark.parametrize(
    "content",
    [
        {**CONTENT, "format": 1},
        {**CONTENT, "format": 3},
        {**CONTENT, "engine": {"min": "one", "below": "2"}},
        {**CONTENT, "engine": {"min": 1, "below": 2}},
        {**CONTENT, "engine": []},
        {**CONTENT, "specs": []},
        {**CONTENT, "specs": None},
        {name: part for name, part in CONTENT.items() if name != "specs"},
        None,
        "bundle",
    ],
    ids=[
        "format 1",
        "format 3",
        "version in words",
        "version as number",
        "engine a list",
        "specs a list",
        "specs null",
        "without specs",
        "null",
        "text",
    ],
)
def test_what_is_no_bundle_is_refused_whole(content: Any) -> None:
    with pytest.raises(BundleError):
        unpack(zipped(content))


@pytest.mark.parametrize(
    "data",
    [b"", gzip.compress(b"\0" * (64 * 1024 * 1024 + 1)), gzip.compress(b"{"), zipped(CONTENT)[:-1]],
    ids=["nothing", "a burst of zeros", "half a JSON", "one byte short"],
)
def test_damaged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BundleError):
        unpack(data)


def test_every_changed_byte_is_noticed() -> None:
    packed = pack([(SPEC, 3)])
    for at in range(10, len(packed.data), 7):
        data = bytearray(packed.data)
        data[at] ^= 0x20
        with pytest.raises(BundleError):
            unpack(bytes(data), packed.id)

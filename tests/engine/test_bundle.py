"""A bundle is its content: the same specs, the same bytes, the same name."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mapping_specs import BundleError, load_spec, pack, unpack

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "mapping_specs" / "specs").glob("*.yaml"))
PACKED = pack((load_spec(path.read_text()), 1) for path in SPECS)


def test_the_order_of_packing_does_not_matter() -> None:
    again = pack((load_spec(path.read_text()), 1) for path in reversed(SPECS))

    assert (again.id, again.data) == (PACKED.id, PACKED.data)


def test_a_spec_alone_is_of_the_first_revision() -> None:
    assert pack(load_spec(path.read_text()) for path in SPECS).id == PACKED.id


def test_another_revision_is_another_bundle() -> None:
    assert pack((load_spec(path.read_text()), 2) for path in SPECS).id != PACKED.id


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_results_and_bundles_are_the_same_with_any_hash_seed(seed: str, tmp_path: Path) -> None:
    program = (
        "import hashlib, json, pathlib, sys\n"
        "from mapping_specs import build_view, explain, load_spec, pack\n"
        "specs = [load_spec(pathlib.Path(path).read_text()) for path in sys.argv[2:]]\n"
        "print(pack((spec, 1) for spec in specs).id)\n"
        "response = json.loads(pathlib.Path(sys.argv[1]).read_text())\n"
        "for spec in specs:\n"
        "    told = json.dumps(explain(build_view(response), spec))\n"
        "    print(hashlib.sha256(told.encode()).hexdigest())\n"
    )
    response = ROOT / "fixtures" / "tutorial" / "inspection_certificate.response.json"
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program, str(response), *map(str, SPECS)],
            env={**os.environ, "PYTHONHASHSEED": one},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for one in (seed, "99")
    ]

    assert outputs[0] == outputs[1]
    assert outputs[0].splitlines()[0] == PACKED.id


def test_it_unpacks_to_what_was_packed() -> None:
    bundle = unpack(PACKED.data, PACKED.id)

    for path in SPECS:
        spec = load_spec(path.read_text())
        unpacked, revision = bundle.spec(spec.doc_type)
        assert (unpacked.resolved, revision) == (spec.resolved, 1)


@pytest.mark.parametrize(
    ("data", "identity"),
    [
        (PACKED.data, "0" * 64),
        (PACKED.data[:-20], PACKED.id),
        (b"not gzip", PACKED.id),
        (gzip.compress(gzip.decompress(PACKED.data).replace(b"Logbook", b"logbook", 1) + b" "), PACKED.id),
        (gzip.compress(b"[]"), "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"),
    ],
    ids=["another name", "cut short", "not gzip", "changed", "no bundle"],
)
def test_a_bundle_that_is_not_what_its_name_says_is_refused(data: bytes, identity: str) -> None:
    with pytest.raises(BundleError):
        unpack(data, identity)


def test_an_unknown_doc_type_is_refused() -> None:
    with pytest.raises(BundleError, match="parcel"):
        unpack(PACKED.data, PACKED.id).spec("parcel")

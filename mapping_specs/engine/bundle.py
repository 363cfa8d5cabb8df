"""Bundles: the live specs, resolved, as one immutable file named by its content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from mapping_specs.engine.errors import BundleError
from mapping_specs.engine.spec import Spec
from mapping_specs.engine.version import ENGINE_VERSION

if TYPE_CHECKING:
    from mapping_specs.engine.calibration import Calibration

FORMAT = 2
"""Since 2 each spec is a text of its own, parsed when it is first used: a processor uses few of a bundle's specs."""
ENGINE_RANGE = {"min": "1.0.0", "below": "2.0.0"}
MAX_BYTES = 64 * 1024 * 1024


class PackedBundle(NamedTuple):
    id: str
    """SHA-256 of the uncompressed canonical JSON, in hex."""
    data: bytes
    """The same, gzipped."""


class Bundle:
    """Specs by docType, each made on first use."""

    def __init__(self, bundle_id: str, specs: dict[str, Any]) -> None:
        self.id = bundle_id
        self._specs = specs
        self._made: dict[str, Spec] = {}

    @property
    def doc_types(self) -> list[str]:
        return sorted(self._specs)

    def spec(self, doc_type: str) -> tuple[Spec, int]:
        """The spec and its revision. BundleError if the bundle has none for the docType."""
        entry = self._specs.get(doc_type)
        if entry is None:
            raise BundleError(f"The bundle has no spec for {doc_type}.")
        if doc_type not in self._made:
            import orjson

            self._made[doc_type] = Spec(orjson.loads(entry["spec"]), _calibration(entry))
        return self._made[doc_type], entry["revision"]


def pack(specs: Iterable[Spec | tuple[Spec, int]]) -> PackedBundle:
    """Specs with their revisions (alone: 1), in any order: the same specs give the same bytes and the same id."""
    import gzip
    import hashlib

    import orjson

    entries: dict[str, Any] = {}
    for one in specs:
        spec, revision = (one, 1) if isinstance(one, Spec) else one
        if spec.doc_type in entries:
            raise BundleError(f"Two specs for {spec.doc_type}.")
        entries[spec.doc_type] = {"revision": revision, "spec": orjson.dumps(spec.resolved).decode()}
        if spec.calibration is not None:
            entries[spec.doc_type]["calibration"] = spec.calibration.to_dict()
    ordered = {doc_type: entries[doc_type] for doc_type in sorted(entries)}
    # Keys inside a spec are not sorted: the order of fields, options and replacements is the analyst's and counts.
    canonical = orjson.dumps({"format": FORMAT, "engine": ENGINE_RANGE, "specs": ordered})
    return PackedBundle(hashlib.sha256(canonical).hexdigest(), gzip.compress(canonical, 9, mtime=0))


def unpack(data: bytes, expected_id: str | None = None) -> Bundle:
    """The bundle. BundleError if it is damaged, not the one expected, or not for this engine."""
    import hashlib

    import orjson

    canonical = _inflated(data)
    bundle_id = hashlib.sha256(canonical).hexdigest()
    if expected_id is not None and bundle_id != expected_id:
        raise BundleError(f"The bundle is not {expected_id}: its content has another hash.")
    try:
        content = orjson.loads(canonical)
        known, engine, specs = content["format"], content["engine"], content["specs"]
        lowest, below = engine["min"], engine["below"]
        if not isinstance(specs, dict):
            raise TypeError
        fits = _version(lowest) <= _version(ENGINE_VERSION) < _version(below)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BundleError("The bundle is not one.") from None
    if known != FORMAT:
        raise BundleError(f"The bundle has format {known}, and this engine reads {FORMAT}.")
    if not fits:
        raise BundleError(f"The bundle is for engines from {lowest} below {below}; this is {ENGINE_VERSION}.")
    return Bundle(bundle_id, specs)


def _calibration(entry: dict[str, Any]) -> Calibration | None:
    if entry.get("calibration") is None:
        return None
    from mapping_specs.engine.calibration import Calibration

    try:
        return Calibration.from_dict(entry["calibration"])
    except (ValueError, KeyError, TypeError):
        raise BundleError("The bundle is damaged: a calibration in it is none.") from None


def _inflated(data: bytes) -> bytes:
    import zlib

    inflater = zlib.decompressobj(wbits=31)
    try:
        canonical = inflater.decompress(data, MAX_BYTES)
    except zlib.error:
        raise BundleError("The bundle is damaged: it cannot be unzipped.") from None
    if inflater.unconsumed_tail or not inflater.eof:
        raise BundleError("The bundle is damaged: it is cut short or too large.")
    return canonical


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))

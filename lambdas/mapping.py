"""Bundles kept for the life of the container, and the mapping of a stored answer with one of them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from lambdas import store
from lambdas.failures import Permanent
from mapping_specs import Bundle, BundleError, ResponseError, Spec, build_view, extract, unpack

MAX_BUNDLES = 8
UNAVAILABLE = "The document could not be processed for a reason on our side. Try again later."

_bundles: OrderedDict[str, Bundle] = OrderedDict()


def spec_of(bundle_id: str, doc_type: str) -> tuple[Spec, int]:
    """The spec and its revision. No other bundle takes the place of one that is missing or damaged."""
    try:
        return _bundle(bundle_id).spec(doc_type)
    except BundleError as error:
        raise Permanent("TEMPORARY", "BUNDLE_UNUSABLE", UNAVAILABLE) from error


def _bundle(bundle_id: str) -> Bundle:
    if bundle_id not in _bundles:
        data = store.bundle(bundle_id)
        if data is None:
            raise BundleError(f"The bundle {bundle_id} is not there.")
        _bundles[bundle_id] = unpack(data, bundle_id)
        if len(_bundles) > MAX_BUNDLES:
            _bundles.popitem(last=False)
    return _bundles[bundle_id]


def mapped(envelope: dict[str, Any], bundle_id: str, doc_type: str) -> dict[str, Any]:
    """The engine's result, and what made it: bundle, revision, engine version, pages."""
    spec, revision = spec_of(bundle_id, doc_type)
    try:
        view = build_view(envelope)
    except ResponseError as error:
        raise Permanent("TEMPORARY", "ANSWER_UNUSABLE", UNAVAILABLE) from error
    result = extract(view, spec, revision=revision)
    return {**result, "bundleId": bundle_id, "pageCount": page_count(envelope)}


def page_count(envelope: dict[str, Any]) -> int:
    counts = [part.get("DocumentMetadata", {}).get("Pages") or 0 for part in envelope["responses"]]
    return max([*counts, 1])

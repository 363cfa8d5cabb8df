"""The mapping language: specs in, fields out. Pure: no Django, no AWS, no HTTP, no clock, no database.

    spec = load_spec(text)                          # SpecError with every problem at once
    view = build_view(response)                     # ResponseError if it is not Textract's answer
    result = extract(view, spec)

Loaded on first use: the processor never needs the YAML side, and importing this costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mapping_specs.engine.bundle import Bundle, PackedBundle, pack, unpack
    from mapping_specs.engine.calibration import Calibration, calibrate
    from mapping_specs.engine.differences import Change, differences
    from mapping_specs.engine.errors import (
        BundleError,
        ExpressionError,
        MappingError,
        ResponseError,
        SpecError,
    )
    from mapping_specs.engine.explain import explain
    from mapping_specs.engine.extraction import extract
    from mapping_specs.engine.loading import Reading, check_library, check_spec, load_spec, read_spec
    from mapping_specs.engine.problem import Problem
    from mapping_specs.engine.spec import Spec
    from mapping_specs.engine.version import ENGINE_VERSION
    from mapping_specs.engine.view import View, build_view

_HOMES = {
    "Bundle": "bundle",
    "BundleError": "errors",
    "Calibration": "calibration",
    "Change": "differences",
    "ENGINE_VERSION": "version",
    "ExpressionError": "errors",
    "MappingError": "errors",
    "PackedBundle": "bundle",
    "Problem": "problem",
    "Reading": "loading",
    "ResponseError": "errors",
    "Spec": "spec",
    "SpecError": "errors",
    "View": "view",
    "build_view": "view",
    "calibrate": "calibration",
    "check_library": "loading",
    "check_spec": "loading",
    "differences": "differences",
    "explain": "explain",
    "extract": "extraction",
    "load_spec": "loading",
    "pack": "bundle",
    "read_spec": "loading",
    "unpack": "bundle",
}

__all__ = [
    "ENGINE_VERSION",
    "Bundle",
    "BundleError",
    "Calibration",
    "Change",
    "ExpressionError",
    "MappingError",
    "PackedBundle",
    "Problem",
    "Reading",
    "ResponseError",
    "Spec",
    "SpecError",
    "View",
    "build_view",
    "calibrate",
    "check_library",
    "check_spec",
    "differences",
    "explain",
    "extract",
    "load_spec",
    "pack",
    "read_spec",
    "unpack",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"mapping_specs.engine.{_HOMES[name]}"), name)
    globals()[name] = value
    return value

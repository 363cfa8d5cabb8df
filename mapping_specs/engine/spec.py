"""A spec ready to run. It knows no YAML: the processor gets specs resolved, in bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mapping_specs.engine.calibration import Calibration
    from mapping_specs.engine.resolved import ResolvedSpec, TextractRequest


class Spec:
    """`resolved` is plain JSON and not to be changed; `compiled` is the extraction's, worked out on first use."""

    __slots__ = ("calibration", "compiled", "resolved")

    def __init__(self, resolved: ResolvedSpec, calibration: Calibration | None = None) -> None:
        self.resolved = resolved
        self.calibration = calibration
        """What labelled samples of the docType say of its confidences; None: they are the evidence's own."""
        self.compiled: Any = None

    @property
    def doc_type(self) -> str:
        return self.resolved["doc_type"]

    @property
    def textract(self) -> TextractRequest:
        return self.resolved["textract"]

    def __repr__(self) -> str:
        return f"<Spec {self.doc_type}>"

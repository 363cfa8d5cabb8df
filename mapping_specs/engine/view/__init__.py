"""Textract's block graph as a plain view of the document: everything else of the engine reads this."""

from mapping_specs.engine.view.document import View, build_view

__all__ = ["View", "build_view"]

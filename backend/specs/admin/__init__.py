"""The analysts' pages, one file a page."""

from backend.specs.admin import bundles, index, mapping_specs, revisions

__all__ = ["bundles", "index", "mapping_specs", "revisions"]

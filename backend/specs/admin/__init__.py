"""The analysts' pages, one file a page."""

from backend.specs.admin import bundles, index, libraries, mapping_specs, revisions

__all__ = ["bundles", "index", "libraries", "mapping_specs", "revisions"]

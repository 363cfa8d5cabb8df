"""The analysts' pages, one file a page."""

from backend.specs.admin import bundles, mapping_specs, revisions

__all__ = ["bundles", "mapping_specs", "revisions"]

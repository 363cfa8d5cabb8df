"""Static files of a deployment: under names that hold their content's hash, and compressed."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

# Django's own way of reading imports; of our modules only: packages' minified scripts hold what only looks like an import.
_, READ_IMPORTS = ManifestStaticFilesStorage._js_module_import_aggregation_patterns  # type: ignore[attr-defined]
OURS = "specs/*.js"


class HashedModules(CompressedManifestStaticFilesStorage):
    """Modules are imported under hashed names too, so a browser never runs a new page with an old module."""

    patterns: Any = (*ManifestStaticFilesStorage.patterns, (OURS, READ_IMPORTS))
    # A module's name holds its imports' names, and so on: at least as many passes as the longest chain of imports.
    max_post_process_passes = 30

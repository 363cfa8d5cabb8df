"""Every change to specs. Permission, change and log of each are here, for the admin and commands alike."""

from backend.specs.services.gate import Consent
from backend.specs.services.libraries import libraries_save, library_restore, library_save
from backend.specs.services.publishing import revisions_publish
from backend.specs.services.requests import publication_approve, publication_ask, publication_refuse
from backend.specs.services.revisions import (
    revision_restore,
    spec_ensure,
    spec_save,
    text_doc_type,
)

__all__ = [
    "Consent",
    "libraries_save",
    "library_restore",
    "library_save",
    "publication_approve",
    "publication_ask",
    "publication_refuse",
    "revision_restore",
    "revisions_publish",
    "spec_ensure",
    "spec_save",
    "text_doc_type",
]

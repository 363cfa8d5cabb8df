"""Every change to specs. Permission, change and log of each are here, for the admin and commands alike."""

from backend.specs.services.publishing import revisions_publish
from backend.specs.services.revisions import spec_ensure, spec_save, text_doc_type, text_normalize

__all__ = ["revisions_publish", "spec_ensure", "spec_save", "text_doc_type", "text_normalize"]

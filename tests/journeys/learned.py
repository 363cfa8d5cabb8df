"""A docType whose confidences are calibrated: samples came while a revision was live, and somebody said what they hold."""

from __future__ import annotations

import sys

from backend.accounts.models import User
from backend.specs import services
from backend.specs.services.runs import revision_run_samples
from tests.backend.inspections import AS_READ, MENDED, samples_create

SAMPLES = 20


def make(doc_type: str) -> None:
    """Revision 1 went live, samples came, revision 2 mended what 1 misread and is not live yet."""
    first, second = (
        text.replace("doc_type: inspection_certificate", f"doc_type: {doc_type}") for text in (AS_READ, MENDED)
    )
    spec = services.spec_ensure(doc_type=doc_type)
    read_by, _ = services.spec_save(spec=spec, text=first, author=None)
    services.revisions_publish(revisions=[read_by], user=None, trusted=True)
    samples_create(spec, User.objects.get(username="ana"), SAMPLES)
    mended, _ = services.spec_save(spec=spec, text=second, author=None)
    for revision in (read_by, mended):
        revision_run_samples(revision=revision)


if __name__ == "__main__":
    make(sys.argv[1])

"""A docType as it is after a while: its spec over shared fields, live, and samples enough to calibrate its confidences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

SAMPLES = 25
WRONG_OF_TEN = 1


def doc_type_made(text: str, result: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """(docType, its samples). The samples came while the text was live and were read as `result`, a tenth of it wrongly."""
    import mapping_specs
    from backend.specs import services
    from backend.specs.models import Bundle, MappingSpec, Publication

    spec = services.spec_ensure(doc_type=services.text_doc_type(text))
    revision, _ = services.spec_save(spec=spec, text=text, author=None)
    bundle = Bundle.objects.create(id="0" * 64, revisions={}, engine_version=mapping_specs.ENGINE_VERSION, size_bytes=1)
    MappingSpec.objects.filter(pk=spec.pk).update(live_revision=revision)
    Publication.objects.create(revision=revision, bundle=bundle)
    return spec, [_sample(spec, revision, result, number) for number in range(SAMPLES)]


def _sample(spec: Any, revision: Any, result: Mapping[str, Any], number: int) -> Any:
    import mapping_specs
    from backend.specs.models import Sample, SampleRun, SampleState

    sample = Sample.objects.create(
        spec=spec,
        name=f"{number}.json",
        mime="application/json",
        size_bytes=1,
        sha256="0" * 64,
        state=SampleState.DONE,
        response_key=f"{number}.json",
        expected={"fields": dict(result["fields"])},
    )
    Sample.objects.filter(pk=sample.pk).update(created_at=sample.created_at + timedelta(seconds=1))
    SampleRun.objects.create(
        sample=sample,
        revision=revision,
        text_sha256=revision.sha256,
        engine_version=mapping_specs.ENGINE_VERSION,
        passed=False,
        outcome={"fields": dict(_fields(result, number))},
    )
    return sample


def _fields(result: Mapping[str, Any], number: int) -> Any:
    for place, (name, confidence) in enumerate(result["confidenceScores"].items()):
        is_wrong = (place + number) % 10 < WRONG_OF_TEN
        yield name, {"outcome": "wrong" if is_wrong else "right", "status": "ok", "confidence": confidence}

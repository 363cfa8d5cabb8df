"""What the workbench's page starts from."""

from __future__ import annotations

import inspect
from typing import Any

from django.urls import NoReverseMatch, reverse

import mapping_specs
from backend.accounts.models import User
from backend.errors import NotFound
from backend.specs.models import MappingSpec, Sample, SampleRun, SpecRevision
from backend.specs.pii import may_see_pii
from backend.specs.reading import draft_read
from backend.specs.studio.calibration import calibration_of_runs, learned_from, run_shown
from mapping_specs.engine.expressions import FUNCTION_NAMES, Functions
from mapping_specs.schema import spec_schema

ENDPOINTS = ("preview", "edit", "form", "save", "completions", "matrix", "propose", "samples")


def workbench_state(user: User, spec: MappingSpec, revision_number: int | None = None) -> dict[str, Any]:
    """The revision asked for, else the newest; raises NotFound where there is no such one."""
    revisions = spec.revisions.select_related("author")
    revision = revisions.filter(number=revision_number).first() if revision_number else revisions.first()
    if revision is None and revision_number:
        raise NotFound("REVISION_NOT_FOUND", "There is no such revision.")
    newest = spec.revisions.values_list("number", flat=True).first() or 0
    sha256 = _shown_sha256(user, revision, newest) if revision else ""
    return {
        "spec": {"id": spec.pk, "docType": spec.doc_type, "title": spec.title},
        "revision": revision_json(revision),
        "newestNumber": newest,
        "liveNumber": spec.live_revision.number if spec.live_revision else None,
        **samples_json(spec, sha256, revision),
        "permissions": permissions(user),
        "urls": urls(spec),
        "language": {"schema": spec_schema(), "functions": functions()},
    }


def _shown_sha256(user: User, revision: SpecRevision, newest: int) -> str:
    """The newest revision is shown to those who edit it as it would be saved: over the newest libraries."""
    edited = revision.number == newest and user.has_perm("specs.add_specrevision") and may_see_pii(user)
    return draft_read(revision.text).sha256 if edited and revision.libraries else revision.sha256


def revision_json(revision: SpecRevision | None) -> dict[str, Any] | None:
    if revision is None:
        return None
    return {
        "number": revision.number,
        "text": revision.text,
        "sha256": revision.sha256,
        "libraries": revision.libraries,
        "author": revision.author.get_username() if revision.author else None,
        "createdAt": revision.created_at.isoformat(),
        "note": revision.note,
    }


def permissions(user: User) -> dict[str, bool]:
    wanted = {"edit": "add_specrevision", "publish": "publish_specrevision", "seePii": "see_pii"}
    wanted |= {"editSamples": "add_sample", "addDocType": "add_mappingspec"}
    return {name: user.has_perm(f"specs.{permission}") for name, permission in wanted.items()}


def urls(spec: MappingSpec) -> dict[str, str | None]:
    names = (*ENDPOINTS, "publish", "revisions", "compare")
    found = {name: _reversed(f"admin:specs_{name}", spec.pk) for name in names}
    return {**found, "page": _reversed("admin:specs_workbench", spec.pk), "signIn": reverse("admin:specs_sign_in")}


def _reversed(name: str, spec_id: int) -> str | None:
    """Of a page that may not be there; a number in its address is the browser's to fill in."""
    for arguments in ([spec_id], [spec_id, 0]):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return None


def samples_json(spec: MappingSpec, text_sha256: str, revision: SpecRevision | None = None) -> dict[str, Any]:
    """`samples`: each with the newest revision it passed, and how the given text did; `samplesOf`: which text that is, and
    what the confidences were learned from. A constant number of queries. `revision`: the saved one that is only looked at.
    """
    samples = list(spec.samples.defer("printed"))
    runs = SampleRun.objects.filter(sample__in=samples)
    numbers = dict(spec.revisions.values_list("sha256", "number").order_by("number"))
    passed: dict[Any, int] = {}
    for sample_id, sha256 in runs.filter(passed=True, text_sha256__in=numbers).values_list("sample_id", "text_sha256"):
        passed[sample_id] = max(passed.get(sample_id, 0), numbers[sha256])
    calibration = calibration_of_runs(spec, text_sha256, revision)
    ran_now = runs.filter(text_sha256=text_sha256, engine_version=mapping_specs.ENGINE_VERSION)
    now = {run.sample_id: run_shown(run, calibration) for run in ran_now}
    return {
        "samples": [sample_json(sample, passed.get(sample.pk), now.get(sample.pk)) for sample in samples],
        "samplesOf": {"textSha256": text_sha256, "calibration": learned_from(calibration)},
    }


def sample_json(
    sample: Sample, passed_revision: int | None = None, outcome: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "id": str(sample.pk),
        "name": sample.name,
        "mime": sample.mime,
        "pageCount": sample.page_count,
        "state": sample.state,
        "error": sample.error,
        "expectedCount": len(sample.expected.get("fields") or {}) + len(sample.expected.get("tables") or {}),
        "passedRevision": passed_revision,
        "outcome": outcome,
    }


def functions() -> list[dict[str, str]]:
    """JMESPath's functions and ours, as an editor shows them."""
    return [_function(name) for name in sorted(FUNCTION_NAMES)]


def _function(name: str) -> dict[str, str]:
    function = getattr(Functions, f"_func_{name}")
    names = list(inspect.signature(function).parameters)[1:]
    kinds = ["|".join(argument.get("types") or ["any"]) for argument in getattr(function, "signature", ())]
    kinds += ["any"] * (len(names) - len(kinds))
    signature = ", ".join(f"{argument}: {kind}" for argument, kind in zip(names, kinds, strict=False))
    return {"name": name, "signature": f"{name}({signature})", "doc": inspect.cleandoc(function.__doc__ or "")}

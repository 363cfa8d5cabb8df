"""A docType's revisions: list, compare any two, restore an old one."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from backend.specs import services
from backend.specs.admin.pages import EDIT, number_in, page_url, refusals_told, revision_or_404, shown, spec_or_404, to
from backend.specs.models import MappingSpec, SpecRevision
from backend.specs.publication_report import changes_between
from backend.specs.reading import is_readable, pins_compared
from backend.specs.revision_list import RevisionRow, revision_page
from backend.specs.text_diff import is_comparable, side_by_side, unified

MODES = {"meaning": "By meaning", "text": "As text", "side": "Side by side"}


def urls(model_admin: admin.ModelAdmin[MappingSpec]) -> list[URLPattern]:
    return [
        page_url("<int:spec_id>/revisions/", revisions, "specs_revisions"),
        page_url("<int:spec_id>/revisions/<int:number>/restore/", restore, "specs_restore", needs=EDIT),
        page_url("<int:spec_id>/compare/", compare, "specs_compare"),
    ]


def revisions(request: HttpRequest, spec_id: int) -> HttpResponse:
    spec = spec_or_404(spec_id)
    rows, page = revision_page(spec, number_in(request.GET.get("page"), 1))
    return shown(
        request,
        "revisions.html",
        f"{spec.title or spec}: revisions",
        spec=spec,
        rows=rows,
        page=page,
        chosen=_offered(rows),
    )


def _offered(rows: list[RevisionRow]) -> dict[str, int]:
    """The newest against what is live, else against the one before it."""
    numbers = [row.revision.number for row in rows]
    live = next((row.revision.number for row in rows if row.state == "live"), 0)
    return {"to": numbers[0], "from": live if live in numbers[1:] else numbers[min(1, len(rows) - 1)]} if rows else {}


@require_POST
def restore(request: HttpRequest, spec_id: int, number: int) -> HttpResponse:
    spec = spec_or_404(spec_id)
    with refusals_told(request):
        revision, is_new = services.revision_restore(spec=spec, number=number, user=request.user)  # type: ignore[arg-type]
        said = f"Revision {number} is now revision {revision.number}, a draft." if is_new else UNCHANGED
        messages.success(request, said)
    return to("specs_revisions", spec_id)


UNCHANGED = "Nothing to restore: the newest revision has this very text."


def compare(request: HttpRequest, spec_id: int) -> HttpResponse:
    """`?from=&to=&mode=`; without them the newest against what is live."""
    spec = spec_or_404(spec_id)
    numbers = list(spec.revisions.order_by("-number").values_list("number", flat=True))
    if not numbers:
        return to("specs_revisions", spec_id)
    mode = request.GET.get("mode")
    new = number_in(request.GET.get("to"), numbers[0])
    old = number_in(request.GET.get("from"), _before(spec, new, numbers))
    chosen = _chosen(spec, old, new)
    context = _differences(mode, *chosen) if mode in ("text", "side") else _meaning(*chosen)
    return shown(
        request,
        "compare.html",
        f"{spec.title or spec}: revision {old} and {new}",
        spec=spec,
        numbers=numbers,
        old=chosen[0],
        new=chosen[1],
        moved=pins_compared(chosen[0].libraries, chosen[1].libraries),
        modes=MODES,
        mode=mode if mode in MODES else "meaning",
        **context,
    )


def _before(spec: MappingSpec, number: int, numbers: list[int]) -> int:
    live = spec.live_revision
    if live and live.number != number:
        return live.number
    return next((found for found in numbers if found < number), number)


def _chosen(spec: MappingSpec, old: int, new: int) -> tuple[SpecRevision, SpecRevision]:
    return revision_or_404(spec, old), revision_or_404(spec, new)


def _meaning(old: SpecRevision, new: SpecRevision) -> dict[str, object]:
    unreadable = [revision.number for revision in (old, new) if not is_readable(revision)]
    changes = [] if unreadable else changes_between(old, new)
    return {"unreadable": unreadable, "changes": changes, "breaks": [change for change in changes if change.breaks]}


def _differences(mode: str, old: SpecRevision, new: SpecRevision) -> dict[str, object]:
    if not is_comparable(old.text, new.text):
        return {"too_long": True}
    lines = side_by_side(old.text, new.text)
    return {"lines": unified(lines) if mode == "text" else lines}

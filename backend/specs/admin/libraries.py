"""Shared fields: the libraries that specs extend, their revisions, and who reads which of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from backend.config.admin import ReadOnly
from backend.errors import DomainError
from backend.specs import services
from backend.specs.admin.pages import EDIT, number_in, page_url, refusals_told, shown, to
from backend.specs.library_uses import broken_by, library_rows, library_uses
from backend.specs.models import Library, LibraryRevision
from backend.specs.text_diff import DiffLine, is_comparable, side_by_side, unified


@admin.register(Library)
class LibraryAdmin(ReadOnly, ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            page_url("", libraries, "specs_libraries"),
            page_url("new/", new, "specs_library_new", needs=EDIT),
            page_url("<int:library_id>/", library, "specs_library"),
            page_url("<int:library_id>/restore/<int:number>/", restore, "specs_library_restore", needs=EDIT),
            *super().get_urls(),
        ]


def libraries(request: HttpRequest) -> HttpResponse:
    return shown(request, "libraries.html", "Shared fields", rows=library_rows())


def new(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("name", "").strip()
    if request.method == "POST":
        return _saved(request, name, None)
    return _page(request, None, text="", base=0)


def library(request: HttpRequest, library_id: int) -> HttpResponse:
    """`?revision=` shows an older one; POST saves the text as the next."""
    found = _library_or_404(library_id)
    if request.method == "POST":
        return _saved(request, found.name, found)
    number = number_in(request.GET.get("revision"), 0)
    revision = found.revisions.filter(number=number).first() if number else found.revisions.first()
    if revision is None:
        raise Http404(f"{found} has no revision {number}.")
    return _page(request, found, text=revision.text, base=_newest_number(found), open_number=revision.number)


def _library_or_404(library_id: int) -> Library:
    found = Library.objects.filter(pk=library_id).first()
    if found is None:
        raise Http404("There is no such library.")
    return found


def _newest_number(library: Library | None) -> int:
    newest = library.revisions.values_list("number", flat=True).first() if library else None
    return newest or 0


def _saved(request: HttpRequest, name: str, known: Library | None) -> HttpResponse:
    text, note = request.POST.get("text", ""), request.POST.get("note", "").strip()
    base = number_in(request.POST.get("base"), 0)
    try:
        revision, is_new = services.library_save(name=name, text=text, author=request.user, note=note, base=base)  # type: ignore[arg-type]
    except DomainError as error:
        messages.error(request, error.message)
        return _refused(request, known, error, text=text, base=base, note=note, name=name)
    messages.success(request, f"Saved as {revision}." if is_new else f"Nothing changed: {revision} is this text.")
    if is_new:
        _tell_broken(request, revision)
    return to("specs_library", revision.library_id)


def _tell_broken(request: HttpRequest, revision: LibraryRevision) -> None:
    """Nothing that is saved changes; what would break is said before anybody takes it."""
    for spec, problem in broken_by(revision.library):
        messages.warning(request, f"{spec.spec.doc_type} would have problems with {revision}: {problem}")


def _refused(
    request: HttpRequest, known: Library | None, error: DomainError, *, text: str, base: int, note: str, name: str
) -> HttpResponse:
    """The page again with what was typed: its problems, or what somebody else saved meanwhile."""
    theirs = known.revisions.first() if known and error.reason == "CHANGED_MEANWHILE" else None
    return _page(
        request,
        known,
        text=text,
        base=theirs.number if theirs else base,
        note=note,
        name=name,
        problems=error.details.get("problems", []),
        theirs=theirs,
        lines=_difference(theirs.text, text) if theirs else [],
    )


def _difference(theirs: str, text: str) -> list[DiffLine]:
    return unified(side_by_side(theirs, text)) if is_comparable(theirs, text) else []


def _page(request: HttpRequest, known: Library | None, **context: Any) -> HttpResponse:
    revisions = known.revisions.select_related("author").defer("text") if known else []
    uses = library_uses().get(known.name, []) if known else []
    title = f"Shared fields: {known}" if known else "New library"
    newest = _newest_number(known)
    return shown(
        request, "library.html", title, library=known, revisions=revisions, uses=uses, newest=newest, **context
    )


@require_POST
def restore(request: HttpRequest, library_id: int, number: int) -> HttpResponse:
    found = _library_or_404(library_id)
    with refusals_told(request):
        revision, is_new = services.library_restore(library=found, number=number, user=request.user)  # type: ignore[arg-type]
        said = (
            f"{found} {number} is now {revision}." if is_new else "Nothing to restore: the newest has this very text."
        )
        messages.success(request, said)
        if is_new:
            _tell_broken(request, revision)
    return to("specs_library", library_id)

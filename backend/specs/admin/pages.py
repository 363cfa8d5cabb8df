"""What the specs' own pages have in common: address, permission, frame, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from backend.errors import DomainError
from backend.specs.models import MappingSpec, SpecRevision

VIEW = "specs.view_mappingspec"
EDIT = "specs.add_specrevision"
PUBLISH = "specs.publish_specrevision"
Page = Callable[..., HttpResponse]


def page_url(route: str, view: Page, name: str, *, needs: str = VIEW) -> URLPattern:
    """A page of signed-in staff who hold the permission; `name` is used as `admin:<name>`."""

    @wraps(view)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(needs):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return path(route, admin.site.admin_view(allowed), name=name)


def shown(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """The template in the admin's frame."""
    may = {
        "edit": request.user.has_perm(EDIT),
        "publish": request.user.has_perm(PUBLISH),
        "export": request.user.has_perm(VIEW),
    }
    frame = {**admin.site.each_context(request), "title": title, "may": may, "is_fullwidth": "1"}
    return TemplateResponse(request, f"specs/{template}", {**frame, **context})


def spec_or_404(spec_id: int) -> MappingSpec:
    spec = MappingSpec.objects.select_related("live_revision").filter(pk=spec_id).first()
    if spec is None:
        raise Http404("There is no such docType.")
    return spec


def revision_or_404(spec: MappingSpec, number: int) -> SpecRevision:
    revision = SpecRevision.objects.select_related("spec", "author").filter(spec=spec, number=number).first()
    if revision is None:
        raise Http404(f"{spec.doc_type} has no revision {number}.")
    return revision


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """A service's refusal becomes the message on the next page."""
    try:
        yield
    except DomainError as error:
        messages.error(request, error.message)


def to(name: str, *args: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"admin:{name}", args=args))


def number_in(value: str | None, default: int) -> int:
    """A revision's number from the address; what is none counts as not given."""
    return int(value) if value and value.isdecimal() and len(value) <= 9 else default

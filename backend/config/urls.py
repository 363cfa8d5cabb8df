from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from backend.config.views import UnknownAddress, healthz

OPEN = {"permission_classes": [AllowAny], "authentication_classes": []}

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/schema", SpectacularAPIView.as_view(**OPEN), name="schema"),
    # Split: its script comes by an address of its own, for no page has an inline one.
    path(
        "api/docs-ui/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="documents/api_docs.html", **OPEN),
        name="api-docs",
    ),
    path("api/auth/", include("backend.accounts.urls")),
    path("api/docs/", include("backend.documents.api.urls")),
    re_path(r"^api/", UnknownAddress.as_view()),
]

handler400 = "backend.config.exception_handler.bad_request"
handler404 = "backend.config.exception_handler.not_found"
handler500 = "backend.config.exception_handler.internal_error"

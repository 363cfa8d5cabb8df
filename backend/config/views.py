from __future__ import annotations

import structlog
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

log = structlog.get_logger(__name__)


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.warning("unhealthy", reason="DATABASE")
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


@extend_schema(exclude=True)
class UnknownAddress(APIView):
    """Whatever under /api/ is nothing else: the same 404 with DJANGO_DEBUG as without."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise exceptions.NotFound("There is nothing at this address.")

"""The URLs of shops, with failing views."""

from typing import Any

from django.core import exceptions
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.tenants.exceptions import NoActiveTenant
from multitenant import urls_shop
from multitenant.urls_shop import *  # noqa: F403 -- its error handlers too
from tests.apps.users.factories import make_user

ERRORS: dict[str, type[BaseException]] = {
    "Http404": Http404,
    "PermissionDenied": exceptions.PermissionDenied,
    "SuspiciousOperation": exceptions.SuspiciousOperation,
    "OperationalError": OperationalError,
    "TooManyFieldsSent": exceptions.TooManyFieldsSent,
    "RecursionError": RecursionError,
    "KeyError": KeyError,
    "NoActiveTenant": NoActiveTenant,
}


class Failing(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request, name: str = "") -> Response:
        raise ERRORS.get(name, RuntimeError)("a secret of ours")

    post = get


class FailingInRendering(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        return Response({"secret": object()})

    post = get


class FailingInTransaction(APIView):
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        with transaction.atomic():
            make_user("half@acme.example", role="staff")
            raise RuntimeError("a secret of ours")


def failing(request: HttpRequest, name: str = "", **kwargs: Any) -> HttpResponse:
    raise ERRORS.get(name, RuntimeError)("a secret of ours")


urlpatterns = [
    path("fails/", failing),
    path("raises/<name>/", failing),
    path("api/fails/", Failing.as_view()),
    path("api/raises/<name>/", Failing.as_view()),
    path("api/fails/rendering/", FailingInRendering.as_view()),
    path("api/fails/atomic/", FailingInTransaction.as_view()),
    *urls_shop.urlpatterns,
]

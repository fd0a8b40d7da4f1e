"""The URLs of a shop's host with views for tests, which fail, block and interleave."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Condition

from django.db import transaction
from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from apps.users.models import User
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401


class Gate:
    """Blocks the requests to /stay while it is closed."""

    def __init__(self) -> None:
        self.is_open = True
        self.inside = 0
        self.changed = Condition()

    def close(self) -> None:
        with self.changed:
            self.is_open = False

    def open(self) -> None:
        with self.changed:
            self.is_open = True
            self.changed.notify_all()

    def wait_until_inside(self, number: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.inside == number, 20)

    def stay(self) -> None:
        with self.changed:
            self.inside += 1
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.is_open, 20)
            self.inside -= 1


gate = Gate()


def stay(request: HttpRequest) -> JsonResponse:
    gate.stay()
    return JsonResponse({})


def fail(request: HttpRequest) -> JsonResponse:
    """Raise an error inside a transaction, after a query."""
    with transaction.atomic():
        User.objects.count()
        raise ZeroDivisionError


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def emails() -> Iterator[str]:
        yield from User.objects.values_list("email", flat=True)

    return StreamingHttpResponse(emails())


def interleave(request: HttpRequest) -> JsonResponse:
    """Serve a request to another host within this one, on the same connection."""
    before = emails_here()
    other = Client().get("/emails", HTTP_HOST=request.GET["other"])
    return JsonResponse({"before": before, "other": other.json(), "after": emails_here()})


def emails(request: HttpRequest) -> JsonResponse:
    return JsonResponse(emails_here(), safe=False)


def tenant(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"code": request.tenant.code})


def emails_here() -> list[str]:
    return list(User.objects.values_list("email", flat=True))


urlpatterns = [
    path("stay", stay),
    path("fail", fail),
    path("stream", stream),
    path("interleave", interleave),
    path("emails", emails),
    path("tenant", tenant),
]

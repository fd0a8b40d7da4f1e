from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apps.tenants import cache
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import LoginSession, User
from middleware.drain_body import DrainBodyMiddleware
from tests.apps.users.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def after(view: Callable[[HttpRequest], HttpResponse], size: int = 100) -> bytes:
    """Return what is left to read of a request that a view has answered."""
    stream = BytesIO(b"x" * size)
    request = RequestFactory().post("/", b"x" * size, "application/json", **{"wsgi.input": stream})
    assert DrainBodyMiddleware(view)(request).status_code == 204
    return stream.read()


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def read_a_part(request: HttpRequest) -> HttpResponse:
    assert request.read(10) == b"x" * 10
    return answer(request)


def test_nothing_is_left_of_a_body():
    assert after(answer) == b""
    assert after(read_a_part) == b""


def test_of_a_body_that_is_too_large_the_rest_is_left(settings):
    assert len(after(answer, settings.MAX_BODY_BYTES + 7)) == 7


def test_request_without_a_body_is_answered():
    assert DrainBodyMiddleware(answer)(RequestFactory().get("/")).status_code == 204


def test_client_that_is_gone_is_no_server_error():
    class Gone(BytesIO):
        def read(self, size: int | None = None) -> bytes:
            raise OSError

    request = RequestFactory().post("/", b"x", "application/json", **{"wsgi.input": Gone()})
    assert DrainBodyMiddleware(answer)(request).status_code == 400


@pytest.mark.parametrize("what_happens", ["demoted", "logged out", "suspended"])
def test_rights_are_those_of_the_bodys_end(acme, acme_client, owner, what_happens):
    """An upload takes as long as its sender likes."""
    with tenant_context(acme):
        manager, customer = make_user(role="manager"), make_user(role="customer")

    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with tenant_context(acme):
                match what_happens:
                    case "demoted":
                        manager.change(role="customer")
                    case "logged out":
                        LoginSession.objects.filter(user=manager).end()
                    case "suspended":
                        Tenant.objects.using("owner").filter(pk=acme.pk).update(status="suspended")
                        cache.tenant_cache.forget("acme")
            return super().read(size)

    body = b'{"role": "manager"}'
    response = acme_client.as_(manager).generic(
        "PATCH",
        f"/api/users/{customer.pk}/",
        body,
        content_type="application/json",
        **{"wsgi.input": Slow(body)},
    )

    expected = {"demoted": {403, 404}, "logged out": {401}, "suspended": {404}}
    assert response.status_code in expected[what_happens]
    with tenant_context(acme):
        assert User.objects.get(pk=customer.pk).role == "customer"

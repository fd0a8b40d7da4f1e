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
    """Return the unread part of a body after the middleware."""
    stream = BytesIO(b"x" * size)
    request = RequestFactory().post("/", b"x" * size, "application/json", **{"wsgi.input": stream})
    assert DrainBodyMiddleware(view)(request).status_code == 204
    return stream.read()


def respond(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def read_a_part(request: HttpRequest) -> HttpResponse:
    assert request.read(10) == b"x" * 10
    return respond(request)


def test_body_is_read_to_its_end():
    assert after(respond) == b""
    assert after(read_a_part) == b""


def test_oversized_body_is_read_up_to_the_limit(settings):
    assert len(after(respond, settings.MAX_BODY_BYTES + 7)) == 7


def test_request_without_a_body_is_served():
    assert DrainBodyMiddleware(respond)(RequestFactory().get("/")).status_code == 204


def test_disconnected_client_is_not_a_server_error():
    class Disconnected(BytesIO):
        def read(self, size: int | None = None) -> bytes:
            raise OSError

    request = RequestFactory().post("/", b"x", "application/json", **{"wsgi.input": Disconnected()})
    assert DrainBodyMiddleware(respond)(request).status_code == 400


@pytest.mark.parametrize("event", ["demoted", "logged out", "suspended"])
def test_permissions_are_checked_after_the_upload(acme, acme_client, owner, event):
    """A client may upload for any length of time."""
    with tenant_context(acme):
        manager, customer = make_user(role="manager"), make_user(role="customer")

    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with tenant_context(acme):
                match event:
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
    assert response.status_code in expected[event]
    with tenant_context(acme):
        assert User.objects.get(pk=customer.pk).role == "customer"

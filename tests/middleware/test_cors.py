"""Every response at a shop's host is readable by its storefronts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from apps.server.database_watchdog import watchdog
from apps.tenants import cache
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.conftest import ShopClient

ORIGIN = "https://shop.acme.example"
PREFLIGHT = {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}
BODY = {"data": "{}", "content_type": "application/json"}


@pytest.fixture
def storefront(acme: Tenant) -> ShopClient:
    """A client with the origin of acme's storefront, at a host in the cache."""
    acme.storefront_origins = [ORIGIN]
    with tenant_context(acme):
        acme.save(update_fields=["storefront_origins"])
    client = ShopClient("acme.localhost:8000", acme, HTTP_ORIGIN=ORIGIN)
    client.raise_request_exception = False
    assert client.get("/api/shop/").status_code == 200
    return client


@pytest.fixture
def no_database(storefront: ShopClient) -> Iterator[None]:
    """The state of a process whose listener and watchdog have lost the database."""
    cache.tenant_cache.forget()
    watchdog.is_unresponsive = True
    yield
    watchdog.is_unresponsive = False


def is_readable(response: Any, origin: str = ORIGIN) -> bool:
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")}
    assert {"host", "tenant-code", "origin"} <= varies
    return response.get("Access-Control-Allow-Origin") == origin


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/nowhere", {}, 404),
        ("POST", "/", {}, 405),
        ("POST", "/api/auth/login/", {**BODY, "data": " " * 1_000_001}, 413),
        ("POST", "/api/auth/login/", {**BODY, "data": "{"}, 400),
        ("POST", "/api/auth/login/", {**BODY, "HTTP_TRANSFER_ENCODING": "chunked"}, 400),
        ("POST", "/livez", {**BODY, "HTTP_TRANSFER_ENCODING": "chunked"}, 400),
    ],
)
def test_refusal_is_readable(storefront, method, path, options, status):
    response = storefront.generic(method, path, **options)

    assert response.status_code == status
    assert is_readable(response)


@pytest.mark.parametrize("path", ["/fails/", "/api/fails/", "/api/fails/rendering/"])
def test_failure_is_readable(storefront, settings, path):
    settings.SHOP_URLCONF = "tests.apps.api.urls_failing"

    response = storefront.get(path)

    assert response.status_code == 500
    assert is_readable(response)


@pytest.mark.usefixtures("no_database")
def test_response_without_the_database_is_readable(storefront):
    response = storefront.get("/api/products/")

    assert response.status_code == 503
    assert is_readable(response)


@pytest.mark.usefixtures("no_database")
def test_preflight_without_the_database_is_answered(storefront):
    response = storefront.options("/api/products/", **PREFLIGHT)

    assert response.status_code == 200
    assert "POST" in response["Access-Control-Allow-Methods"]
    assert is_readable(response)


@pytest.mark.usefixtures("no_database")
def test_response_at_the_api_host_without_the_database_is_readable(storefront):
    response = storefront.get(
        "/api/products/", HTTP_HOST="api.localhost:8000", HTTP_TENANT_CODE="acme"
    )

    assert response.status_code == 503
    assert is_readable(response)


@pytest.mark.usefixtures("no_database")
def test_other_origin_is_refused_without_the_database(storefront):
    response = storefront.get("/api/products/", HTTP_ORIGIN="https://evil.example")

    assert response.status_code == 503
    assert not is_readable(response)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_suspended_shop_responds_like_an_unknown_one(storefront, acme):
    Tenant.objects.using("owner").filter(pk=acme.pk).update(status="suspended")
    cache.tenant_cache.forget()

    response = storefront.get("/api/products/")

    assert response.status_code == 404
    assert "Access-Control-Allow-Origin" not in response


def test_preflight_runs_no_view(storefront, settings):
    settings.SHOP_URLCONF = "tests.apps.api.urls_failing"

    response = storefront.options("/fails/", **PREFLIGHT)

    assert response.status_code == 200
    assert "RateLimit" not in response

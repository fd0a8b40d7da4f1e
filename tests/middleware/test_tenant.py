from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.tenants.context import get_active_tenant, tenant_context
from apps.tenants.exceptions import NoActiveTenant
from apps.tenants.hosts import ShopSite
from apps.tenants.models import Tenant
from middleware.site import SiteMiddleware
from middleware.tenant import TenantMiddleware
from tests.answers import steady_headers
from tests.apps.products.factories import make_product
from tests.apps.tenants.factories import make_tenant
from tests.apps.tenants.hosts import FRIENDLY, HOSTILE, name_of
from tests.conftest import ShopClient
from tests.pairs import spread

pytestmark = pytest.mark.django_db

UNKNOWN = {
    "never_opened": "never-opened.localhost:8000",
    "reserved": "admin.localhost:8000",
    "suspended": "suspended.localhost:8000",
    "closed": "closed.localhost:8000",
}


@pytest.fixture(autouse=True)
def _shops(acme: Tenant, globex: Tenant) -> None:
    for status in ("suspended", "closed"):
        make_tenant(status, status=status)


@pytest.fixture
def test_views(settings: Any) -> None:
    settings.SHOP_URLCONF = "tests.middleware.urls"


def get(host: str | None, path: str = "/api/shop/", **headers: str) -> Any:
    client = Client(raise_request_exception=False)
    return client.get(path, headers=headers, **({} if host is None else {"HTTP_HOST": host}))


def answer(host: str | None, path: str = "/api/shop/", **headers: str) -> tuple[Any, ...]:
    response = get(host, path, **headers)
    return response.status_code, steady_headers(response), response.content


NOT_FOUND = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "Not found.",
    "code": "not_found",
}


# --- Unknown hosts ---------------------------------------------------------------------------


def test_unknown_host_is_a_problem():
    response = get("never-opened.localhost:8000")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == NOT_FOUND


@pytest.mark.parametrize(
    ("host", "path"),
    spread(list(UNKNOWN.values()), ["/api/shop/", "/", "/api/products/", "/api/docs/", "/nowhere"]),
)
def test_shop_that_is_not_open_responds_like_an_unknown_one(host, path):
    assert answer(host, path) == answer("never-opened.localhost:8000", path)
    assert get(host, path).json() == NOT_FOUND


#: One host for each cause; the tests of the parser use all of them.
HOSTILE_HERE = [
    *("", "acme.localhost,globex.localhost", "acme.localhost:99999", "\u212aiosk.localhost"),
    *("[::1]:8000", "xn--acme.localhost", "acme..localhost", "www.acme.localhost", "127.0.0.1"),
    *("acme.localhost.evil.com", f"{'a' * 100_000}.localhost", "acme\x00.localhost"),
]


@pytest.mark.parametrize("host", HOSTILE_HERE, ids=map(name_of, HOSTILE_HERE))
def test_hostile_host_responds_like_an_unknown_shop(host):
    assert host in HOSTILE
    assert answer(host) == answer("never-opened.localhost:8000")


def test_request_without_a_host_responds_like_an_unknown_shop():
    assert answer(None) == answer("never-opened.localhost:8000")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_every_method_at_an_unknown_shop_is_404(method):
    response = getattr(Client(), method)("/api/products/", HTTP_HOST="never-opened.localhost")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


# --- Hosts of shops and of the platform ------------------------------------------------------

ACMES = [host for host, site in FRIENDLY.items() if site == ShopSite("acme")]


@pytest.mark.parametrize("host", ACMES[::3])
def test_every_spelling_of_a_host_resolves_to_the_shop(host):
    response = get(host)
    assert (response.status_code, response.json()["code"]) == (200, "acme")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.:8000", "www.localhost"])
def test_platform_host_serves_only_the_platform(host):
    assert get(host, "/api/shops/availability/?code=acme").json()["available"] is False
    assert get(host, "/api/shop/").status_code == 404
    assert get(host, "/api/products/").status_code == 404


def test_shop_host_does_not_serve_the_platform():
    assert get("acme.localhost", "/api/shops/availability/?code=acme").status_code == 404


@pytest.mark.parametrize(
    ("header", "host"),
    spread(
        ["X-Forwarded-Host", "X-Forwarded-Server", "Forwarded"],
        ["never-opened.localhost", "localhost", "globex.localhost"],
    ),
)
def test_forwarded_host_is_never_read(header, host):
    value = "host=acme.localhost" if header == "Forwarded" else "acme.localhost"
    assert answer(host, **{header: value}) == answer(host)


# --- The api host ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "code"),
    spread(["api.localhost", "API.localhost:8000", "api.localhost."], ["acme", "ACME"]),
)
def test_header_selects_the_shop_on_the_api_host(host, code):
    response = get(host, **{"Tenant-Code": code})
    assert (response.status_code, response.json()["code"]) == (200, "acme")


@pytest.mark.parametrize(
    "code",
    [
        *("", "never-opened", "suspended", "closed", "admin", "api", "acme.localhost"),
        *("acme, globex", "acme\x00", "a" * 100_000),
    ],
    ids=name_of,
)
def test_header_without_an_open_shop_is_404(code):
    unknown = answer("never-opened.localhost:8000")
    assert answer("api.localhost", **{"Tenant-Code": code}) == unknown


def test_api_host_without_a_header_is_404():
    assert answer("api.localhost") == answer("never-opened.localhost:8000")
    assert answer("api.localhost", "/") == answer("never-opened.localhost:8000", "/")


@pytest.mark.parametrize("host", ["globex.localhost", "localhost", "never-opened.localhost"])
def test_header_is_ignored_on_other_hosts(host):
    assert answer(host, **{"Tenant-Code": "acme"}) == answer(host)


# --- Probes and Vary -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", [None, "localhost", "acme.localhost", "never-opened.localhost", "@"], ids=ascii
)
def test_liveness_works_on_every_host_without_the_database(host, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get(host, "/livez").status_code == 200


@pytest.mark.parametrize(
    "host", [None, "localhost", "acme.localhost", "suspended.localhost", "api.localhost", "@", ""]
)
def test_readiness_works_on_every_host(host):
    assert get(host, "/readyz").json() == {"status": "ok", "jobs": "ok"}


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("acme.localhost", "/api/shop/", 200),
        ("acme.localhost", "/api/users/", 401),
        ("acme.localhost", "/nowhere", 404),
        ("acme.localhost", "/", 200),
        ("localhost", "/api/shops/availability/?code=free", 200),
        ("never-opened.localhost", "/api/shop/", 404),
        ("@", "/api/shop/", 404),
        ("acme.localhost", "/livez", 200),
    ],
)
def test_vary_names_the_host_and_the_header(host, path, status):
    response = get(host, path)
    varies = {name.strip() for name in response.headers["Vary"].split(",")}
    assert response.status_code == status
    assert {"Host", "Tenant-Code"} <= varies


# --- The tenant of a request -----------------------------------------------------------------


@pytest.mark.usefixtures("test_views")
def test_request_has_its_tenant():
    assert get("acme.localhost", "/tenant").json() == {"code": "acme"}
    assert get("globex.localhost", "/tenant").json() == {"code": "globex"}
    assert get_active_tenant() is None


@pytest.mark.usefixtures("test_views")
def test_failing_view_leaves_no_tenant_behind(owner, globex_owner):
    response = get("acme.localhost", "/fail")
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert get_active_tenant() is None
    assert get("globex.localhost", "/emails").json() == [globex_owner.email]


@pytest.mark.usefixtures("test_views")
def test_unhandled_exception_leaves_no_tenant_behind():
    with pytest.raises(ZeroDivisionError):
        Client().get("/fail", HTTP_HOST="acme.localhost")
    assert get_active_tenant() is None


@pytest.mark.usefixtures("test_views")
def test_interleaved_requests_on_one_connection_see_their_tenants(owner, globex_owner):
    response = get("acme.localhost", "/interleave?other=globex.localhost")
    assert response.json() == {
        "before": [owner.email],
        "other": [globex_owner.email],
        "after": [owner.email],
    }


@pytest.mark.usefixtures("test_views")
def test_streamed_body_has_no_tenant(owner):
    response = get("acme.localhost", "/stream")
    with pytest.raises(NoActiveTenant):
        list(response.streaming_content)


def test_consecutive_requests_see_their_tenants(owner, globex_owner):
    acme, globex = ShopClient("acme.localhost"), ShopClient("globex.localhost")
    for client, user in ((acme, owner), (globex, globex_owner), (acme, owner)):
        me = client.as_(user).get("/api/auth/me/")
        assert (me.status_code, me.json()["email"]) == (200, user.email)


@pytest.fixture
def shops_example(settings):
    """A public base domain behind a proxy, as docs/operations.md describes."""
    settings.BASE_DOMAIN, settings.SITE_SCHEME, settings.IS_PUBLIC = "shops.example", "https", True
    settings.SITE_PORT = ""


TYPED = ["acme.shops.example", "ACME.Shops.Example:80", "acme.shops.example.:8000"]


@pytest.mark.parametrize(
    ("host", "proto"), spread(list(TYPED), ["", "http", "https", "javascript"])
)
def test_links_have_the_canonical_scheme_and_host(acme, owner, shops_example, host, proto):
    with tenant_context(acme):
        for _ in range(2):
            make_product(added_by=owner)
    client = ShopClient(host, acme).as_(owner)
    headers = {"HTTP_X_FORWARDED_PROTO": proto} if proto else {}

    page = client.get("/api/products/?page_size=1", **headers).json()
    shop = client.get("/api/shop/", **headers).json()

    assert page["next"].startswith("https://acme.shops.example/api/products/?")
    assert shop["url"] == "https://acme.shops.example/"


def test_link_at_the_api_host_keeps_the_host(acme, owner, shops_example):
    with tenant_context(acme):
        for _ in range(2):
            make_product(added_by=owner)
    client = ShopClient("API.shops.example", acme, HTTP_TENANT_CODE="acme")

    page = client.get("/api/products/?page_size=1").json()

    assert page["next"].startswith("https://api.shops.example/api/products/?")


@pytest.mark.parametrize(("is_public", "is_secure"), [(True, True), (False, False)])
def test_request_is_secure_on_a_public_site(acme, settings, is_public, is_secure):
    settings.IS_PUBLIC, settings.SITE_SCHEME = is_public, "https" if is_public else "http"
    seen = []

    def view(request):
        seen.append((request.is_secure(), request.get_host()))
        return HttpResponse()

    forged = {"HTTP_X_FORWARDED_PROTO": "http" if is_public else "https"}
    middleware = SiteMiddleware(TenantMiddleware(view))
    middleware(RequestFactory().get("/", HTTP_HOST="acme.localhost:", **forged))

    assert seen == [(is_secure, "acme.localhost")]

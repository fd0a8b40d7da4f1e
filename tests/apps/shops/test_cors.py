import pytest
from django.core.exceptions import ValidationError

from apps.shops.origins import parse_origin
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant

STOREFRONT = "https://shop.acme.example"
PREFLIGHT = {
    "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST",
    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "authorization,content-type",
}


@pytest.fixture
def storefront(acme):
    acme.storefront_origins = [STOREFRONT, "http://localhost:5173"]
    with tenant_context(acme):
        acme.save(update_fields=["storefront_origins"])
    return STOREFRONT


def cors_headers(response):
    return {name: value for name, value in response.headers.items() if "access-control" in name}


@pytest.mark.parametrize("origin", [STOREFRONT, "http://localhost:5173"])
def test_storefront_of_the_shop_is_allowed(acme_client, storefront, origin):
    response = acme_client.get("/api/shop/", HTTP_ORIGIN=origin)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in response
    assert "origin" in response["Vary"].lower()


def test_storefront_can_read_errors(acme_client, storefront):
    response = acme_client.get("/api/auth/me/", HTTP_ORIGIN=storefront)
    assert response.status_code == 401
    assert response["Access-Control-Allow-Origin"] == storefront


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://shop.acme.example.evil.com",
        "https://evil-shop.acme.example",
        "https://shop.acme.example.",
        "https://SHOP.acme.example",
        "http://shop.acme.example",
        "https://shop.acme.example:8443",
        "https://shop.acme.example:443",
        "https://shop.acme.example/",
        "https://acme.localhost:8000",
        "http://globex.localhost:8000",
        "http://localhost:8000",
        "https://",
        "https://[",
        "*",
        "",
    ],
)
def test_other_origins_are_not_allowed(acme_client, storefront, origin):
    for response in (
        acme_client.get("/api/shop/", HTTP_ORIGIN=origin),
        acme_client.options("/api/shop/", HTTP_ORIGIN=origin, **PREFLIGHT),
    ):
        assert response.status_code == 200
        assert cors_headers(response) == {}
        assert "origin" in response["Vary"].lower()


def test_storefront_of_another_shop_is_not_allowed(acme_client, globex_client, storefront):
    assert "Access-Control-Allow-Origin" in acme_client.get("/api/shop/", HTTP_ORIGIN=storefront)
    response = globex_client.get("/api/shop/", HTTP_ORIGIN=storefront)
    assert cors_headers(response) == {}


@pytest.mark.parametrize("path", ["/api/docs/", "/api/shops/availability/?code=acme", "/livez"])
def test_nothing_is_allowed_on_the_platform(platform, storefront, path):
    assert cors_headers(platform.get(path, HTTP_ORIGIN=storefront)) == {}
    response = platform.options(path, HTTP_ORIGIN=storefront, **PREFLIGHT)
    assert cors_headers(response) == {}


def test_static_files_are_for_our_own_pages(acme_client, storefront):
    path = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"
    response = acme_client.get(path, HTTP_ORIGIN="https://evil.example")
    assert response.status_code == 200
    assert cors_headers(response) == {}
    response.close()


def test_preflight_needs_one_query(acme_client, storefront, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):  # none, where the shop is in memory
        response = acme_client.options("/api/products/", HTTP_ORIGIN=storefront, **PREFLIGHT)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == storefront
    assert "authorization" in response["Access-Control-Allow-Headers"]
    assert "POST" in response["Access-Control-Allow-Methods"]
    assert response["Access-Control-Max-Age"] == "600"
    assert "Access-Control-Allow-Credentials" not in response


def test_preflight_at_an_unknown_host_is_any_404(client, db, storefront):
    response = client.options(
        "/api/shop/", HTTP_HOST="nobody.localhost:8000", HTTP_ORIGIN=storefront, **PREFLIGHT
    )
    assert response.status_code == 404
    assert cors_headers(response) == {}


def test_owner_sets_the_origins(acme_client, owner):
    response = acme_client.as_(owner).patch(
        "/api/shop/",
        {"storefront_origins": ["HTTPS://Shop.Example:443", "http://localhost:3000"]},
    )
    assert response.status_code == 200
    expected = ["https://shop.example", "http://localhost:3000"]
    assert response.json()["storefront_origins"] == expected
    assert Tenant.objects.get(code="acme").storefront_origins == expected


def test_origins_are_shown_to_the_owner_alone(acme_client, owner, make_member, storefront):
    shown = acme_client.as_(owner).get("/api/shop/").json()
    assert shown["storefront_origins"] == [STOREFRONT, "http://localhost:5173"]
    public = ["id", "code", "name", "url", "currency", "language", "weight_unit"]
    assert list(acme_client.get("/api/shop/").json()) == public
    for role in ("manager", "staff", "customer"):
        client = acme_client.as_(make_member(role))
        assert list(client.get("/api/shop/").json()) == public
        assert client.patch("/api/shop/", {"storefront_origins": []}).status_code == 403


@pytest.fixture
def make_member(acme):
    from tests.apps.users.factories import make_user

    def make(role):
        with tenant_context(acme):
            return make_user(role=role)

    return make


@pytest.mark.parametrize(
    ("origins", "pointer", "code"),
    [
        (["https://a.example", "https://A.example"], "/storefront_origins", "duplicate"),
        (["https://a.example", "https://a.example:443"], "/storefront_origins", "duplicate"),
        (["https://a.example", "null"], "/storefront_origins/1", "malformed"),
        (["http://a.example"], "/storefront_origins/0", "insecure"),
        ([f"https://s{n}.example" for n in range(21)], "/storefront_origins", "max_length"),
        ("https://a.example", "/storefront_origins", "not_a_list"),
        ([None], "/storefront_origins/0", "null"),
    ],
)
def test_bad_origins_are_refused(acme_client, owner, origins, pointer, code):
    response = acme_client.as_(owner).patch("/api/shop/", {"storefront_origins": origins})
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert Tenant.objects.get(code="acme").storefront_origins == []


def test_twenty_origins_are_accepted(acme_client, owner):
    origins = [f"https://s{number}.example" for number in range(20)]
    response = acme_client.as_(owner).patch("/api/shop/", {"storefront_origins": origins})
    assert response.json()["storefront_origins"] == origins


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://SHOP.EXAMPLE", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://localhost", "http://localhost"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://shop.localhost:5173", "http://shop.localhost:5173"),
        ("http://127.0.0.1:5173", "http://127.0.0.1:5173"),
    ],
)
def test_parse_origin_normalizes(text, origin):
    assert parse_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "*",
        "https://*.example",
        "https://",
        "shop.example",
        "//shop.example",
        "https://shop.example/",
        "https://shop.example/path",
        "https://shop.example?x",
        "https://shop.example#x",
        "https://me@shop.example",
        "https://me:pw@shop.example",
        "https://shop.example:0",
        "https://shop.example:65536",
        "https://shop.example:",
        "https://shop.example:044",
        "https://shop.example.",
        "https://-shop.example",
        "https://shop..example",
        "https://bücher.example",
        "https://\u212ailn.example",
        "\u212attps://kiln.example",
        "https://shop.example\n",
        " https://shop.example",
        "https://shop.example,https://other.example",
        "ftp://shop.example",
        "javascript://shop.example",
        "http://shop.example",
        "http://localhost.example",
        "http://notlocalhost",
        f"https://{'.'.join(['a' * 63] * 4)}.example",
    ],
)
def test_parse_origin_refuses(text):
    with pytest.raises(ValidationError):
        parse_origin(text)


@pytest.mark.parametrize("host", ["shops.example", "globex.shops.example", "api.shops.example:444"])
def test_sites_of_the_platform_are_no_storefronts(settings, host):
    settings.IS_PUBLIC = True
    settings.BASE_DOMAIN = "shops.example"
    assert parse_origin("https://other-shops.example") == "https://other-shops.example"
    with pytest.raises(ValidationError):
        parse_origin(f"https://{host}")


def test_too_many_origins_are_refused_before_validation(acme_client, owner):
    response = acme_client.as_(owner).patch("/api/shop/", {"storefront_origins": [1] * 300_000})

    assert response.status_code == 400
    assert [error["code"] for error in response.json()["errors"]] == ["max_length"]

"""Over HTTP, another shop's rows answer like rows that never were; the host alone names a shop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver

from apps.products.models import Product
from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.answers import steady_headers
from tests.conftest import ShopClient
from tests.factories import (
    PASSWORD,
    make_mailed_token,
    make_product,
    make_session,
    make_tokens,
    make_user,
)
from tests.isolation.scene import fingerprint

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

BODIES = {
    "users": {
        "email": "thief@example.com",
        "first_name": "Harmed",
        "role": "staff",
        "is_active": False,
    },
    "products": {"name": "Harmed", "code": "harmed", "description": "", "published": True},
}
MODELS = {"users": User, "products": Product}

every_detail_route = pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
every_collection = pytest.mark.parametrize("collection", list(BODIES))


@pytest.fixture
def acme_owner(owner: User, acme_client: ShopClient) -> ShopClient:
    with tenant_context(owner.tenant):
        make_product("ours")
    return acme_client.as_(owner)


@pytest.fixture
def theirs(globex_owner: User) -> dict[str, Any]:
    """Rows of globex, by collection. Nothing but the shop keeps anybody from them."""
    with tenant_context(globex_owner.tenant):
        return {
            "users": make_user(role="staff"),
            "products": make_product("theirs"),
            "sessions": make_session(globex_owner),
            "invitations": make_mailed_token(),
        }


def answer(client: ShopClient, method: str, collection: str, pk: object) -> tuple[Any, ...]:
    path = f"/api/{collection}/{pk}/"
    response = getattr(client, method)(path, BODIES[collection] if method[0] == "p" else None)
    return response.status_code, steady_headers(response), response.content


@every_collection
@every_detail_route
def test_id_of_another_shop_answers_like_a_random_one(
    method, collection, acme_owner, theirs, globex
):
    before = fingerprint(globex)
    assert before[MODELS[collection]._meta.db_table][0] > 0
    foreign = answer(acme_owner, method, collection, theirs[collection].pk)
    assert foreign == answer(acme_owner, method, collection, uuid4())
    assert foreign[0] == 404
    assert foreign[1]["Content-Type"] == "application/problem+json"
    assert fingerprint(globex) == before


@every_collection
@every_detail_route
def test_same_request_in_the_own_shop_succeeds(
    method, collection, globex_client, globex_owner, theirs
):
    """The control: in its own shop each of these ids is there to be read and changed."""
    client = globex_client.as_(globex_owner)
    status, _, _ = answer(client, method, collection, theirs[collection].pk)
    assert status == (204 if method == "delete" else 200)


@every_collection
def test_list_has_no_row_of_another_shop(collection, acme_owner, theirs):
    response = acme_owner.get(f"/api/{collection}/")
    assert response.status_code == 200
    ids = {row["id"] for row in response.json()["results"]}
    assert ids
    assert str(theirs[collection].pk) not in ids


@pytest.mark.parametrize("query", ["code=theirs", "search=theirs", "cursor=", "page_size=100"])
def test_list_has_no_row_of_another_shop_by_any_query(query, acme_owner, globex_client, theirs):
    found = acme_owner.get(f"/api/products/?{query}").json()["results"]
    assert "theirs" not in {row["code"] for row in found}
    theirs_found = globex_client.get(f"/api/products/?{query}").json()["results"]
    assert "theirs" in {row["code"] for row in theirs_found}


def test_code_of_another_shop_is_free(acme_owner, theirs):
    body = {**BODIES["products"], "code": theirs["products"].code}
    assert acme_owner.post("/api/products/", body).status_code == 201
    assert acme_owner.post("/api/products/", body).status_code == 400


def test_email_of_another_shop_is_free(acme_owner, theirs):
    body = {**BODIES["users"], "email": theirs["users"].email, "password": PASSWORD}
    assert acme_owner.post("/api/users/", body).status_code == 201
    assert acme_owner.post("/api/users/", body).status_code == 400


# --- Tokens --------------------------------------------------------------------------------

ROUTES = [
    ("get", "/api/users/"),
    ("post", "/api/users/"),
    ("get", "/api/users/{user}/"),
    ("put", "/api/users/{user}/"),
    ("patch", "/api/users/{user}/"),
    ("delete", "/api/users/{user}/"),
    ("get", "/api/products/"),
    ("post", "/api/products/"),
    ("get", "/api/products/{product}/"),
    ("put", "/api/products/{product}/"),
    ("patch", "/api/products/{product}/"),
    ("delete", "/api/products/{product}/"),
    ("get", "/api/shop/"),
    ("patch", "/api/shop/"),
    ("get", "/api/auth/me/"),
    ("post", "/api/auth/logout/"),
    ("post", "/api/auth/password/change/"),
    ("get", "/api/auth/sessions/"),
    ("delete", "/api/auth/sessions/{session}/"),
    ("delete", "/api/users/{user}/sessions/"),
    ("get", "/api/users/invitations/"),
    ("post", "/api/users/invitations/"),
    ("get", "/api/users/invitations/{invitation}/"),
    ("delete", "/api/users/invitations/{invitation}/"),
    ("get", "/api/audit/"),
]


#: They take no access token, and say nothing of anybody.
OPEN_ROUTES = {
    *("", "api/schema/", "api/docs/", "api/auth/login/", "api/auth/refresh/"),
    *("api/auth/register/", "api/auth/email/verify/", "api/auth/invitations/accept/"),
    *("api/auth/password/reset/", "api/auth/password/reset/confirm/"),
}


def test_no_route_of_a_shop_is_left_out():
    tested = {re.sub(r"\{\w+\}", "{pk}", path.strip("/")) + "/" for _, path in ROUTES}
    assert set(routes_of(get_resolver(settings.SHOP_URLCONF))) == tested | OPEN_ROUTES


def routes_of(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Return the paths below `resolver`, {pk} standing for an id."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes_of(pattern, path)
        else:
            yield re.sub(r"\(\?P<pk>[^)]*\)", "{pk}", path).replace("^", "").replace("$", "")


@pytest.fixture
def acme_tokens(owner: User) -> dict[str, str]:
    return make_tokens(owner)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_token_of_another_shop_is_refused(method, path, acme_tokens, globex_client, theirs, globex):
    before = fingerprint(globex)
    globex_client.credentials(HTTP_AUTHORIZATION=f"Bearer {acme_tokens['access']}")
    path = path.format(
        user=theirs["users"].pk,
        product=theirs["products"].pk,
        session=theirs["sessions"].pk,
        invitation=theirs["invitations"].pk,
    )
    response = getattr(globex_client, method)(path)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["code"] == "invalid_token"
    assert fingerprint(globex) == before


def test_token_is_good_in_its_own_shop(acme_tokens, acme_client):
    acme_client.credentials(HTTP_AUTHORIZATION=f"Bearer {acme_tokens['access']}")
    assert acme_client.get("/api/auth/me/").status_code == 200


def test_refresh_token_of_another_shop_is_refused(acme_tokens, acme_client, globex_client):
    body = {"refresh": acme_tokens["refresh"]}
    refused = globex_client.post("/api/auth/refresh/", body)
    garbage = globex_client.post("/api/auth/refresh/", {"refresh": "garbage"})
    assert (refused.status_code, refused.content) == (401, garbage.content)
    assert acme_client.post("/api/auth/refresh/", body).status_code == 200


def test_password_of_another_shop_is_refused(owner, acme_client, globex_client):
    body = {"email": owner.email, "password": PASSWORD}
    refused = globex_client.post("/api/auth/login/", body)
    unknown = globex_client.post("/api/auth/login/", {**body, "email": "nobody@example.com"})
    assert (refused.status_code, refused.content) == (401, unknown.content)
    assert acme_client.post("/api/auth/login/", body).status_code == 200


# --- Nothing names a shop but its host -----------------------------------------------------

SPOOFS = [
    "X-Tenant-ID",
    "X-Tenant",
    "X-Forwarded-Host",
    "X_Forwarded_Host",
    "X-Host",
    "X-Original-Host",
    "X-HTTP-Host-Override",
    "Forwarded",
    "Tenant",
    "Tenant-Code",
    "Tenant_Code",
]


def names_of(client: ShopClient) -> dict[str, str]:
    """Return every way of writing down the shop of a client."""
    return {"id": str(client.tenant.pk), "code": client.tenant.code, "host": client.host}


@pytest.mark.parametrize("spelling", ["id", "code", "host"])
@pytest.mark.parametrize("header", SPOOFS)
def test_header_changes_no_shop(header, spelling, acme_client, globex_client):
    value = names_of(globex_client)[spelling]
    honest = acme_client.get("/api/shop/")
    spoofed = acme_client.get("/api/shop/", headers={header: value})
    assert honest.json()["code"] == "acme"
    assert (spoofed.status_code, spoofed.content) == (200, honest.content)


@pytest.mark.parametrize("header", SPOOFS)
def test_header_names_no_shop_on_the_platform(header, platform, globex_client):
    honest = platform.get("/api/products/")
    spoofed = platform.get("/api/products/", headers={header: globex_client.tenant.code})
    assert (spoofed.status_code, spoofed.content) == (404, honest.content)


@pytest.mark.parametrize("parameter", ["tenant", "tenant_id", "tenant__id", "shop", "host"])
@pytest.mark.parametrize("spelling", ["id", "code"])
def test_query_changes_no_shop(parameter, spelling, acme_owner, globex_client, theirs):
    value = names_of(globex_client)[spelling]
    honest = acme_owner.get("/api/products/")
    spoofed = acme_owner.get(f"/api/products/?{parameter}={value}")
    assert [row["code"] for row in honest.json()["results"]] == ["ours"]
    assert (spoofed.status_code, spoofed.content) == (200, honest.content)


@every_collection
def test_body_changes_no_shop(collection, acme_owner, globex, theirs):
    before = fingerprint(globex)
    chosen = uuid4()
    body = {
        **BODIES[collection],
        "password": PASSWORD,
        "tenant": str(globex.pk),
        "tenant_id": str(globex.pk),
        "added_by": str(theirs["users"].pk),
        "id": str(chosen),
    }
    created = acme_owner.post(f"/api/{collection}/", body)
    assert created.status_code == 201
    assert created.json()["id"] != str(chosen)
    row = MODELS[collection].objects.using("owner")
    with tenant_context(acme_owner.tenant):
        assert row.get(pk=created.json()["id"]).tenant_id == acme_owner.tenant.pk
    assert fingerprint(globex) == before


@every_collection
def test_body_moves_no_row(collection, acme_owner, globex, theirs):
    before = fingerprint(globex)
    path = f"/api/{collection}/"
    mine = acme_owner.get(path).json()["results"][0]["id"]
    body = {
        "tenant": str(globex.pk),
        "tenant_id": str(globex.pk),
        "id": str(theirs[collection].pk),
        "added_by": str(theirs["users"].pk),
    }
    changed = acme_owner.patch(f"{path}{mine}/", body)
    assert (changed.status_code, changed.json()["id"]) == (200, mine)
    assert fingerprint(globex) == before


def test_shop_changes_itself_alone(acme_owner, globex):
    before = fingerprint(globex)
    body = {"id": str(globex.pk), "code": "globex", "name": "Acme & Sons", "status": "closed"}
    changed = acme_owner.patch("/api/shop/", body)
    assert (changed.status_code, changed.json()["id"]) == (200, str(acme_owner.tenant.pk))
    assert (changed.json()["code"], changed.json()["name"]) == ("acme", "Acme & Sons")
    assert fingerprint(globex) == before

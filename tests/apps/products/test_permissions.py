"""The permissions of each role on products."""

import pytest

from apps.products.models import Product
from apps.tenants.context import tenant_context
from tests.answers import steady_headers
from tests.apps.api.assertions import problem
from tests.apps.users.factories import make_user
from tests.pairs import spread_first

TEAM = ["owner", "manager", "staff"]
PUBLIC = ["anonymous", "customer"]
NEW = {"name": "Cup", "code": "cup", "status": "active"}


@pytest.fixture
def as_(acme_client, acme):
    def client_of(role):
        if role == "anonymous":
            return acme_client
        with tenant_context(acme):
            return acme_client.as_(make_user(role=role))

    return client_of


def path(product):
    return f"/api/products/{product.pk}/"


def stored(tenant):
    with tenant_context(tenant):
        return list(Product.objects.order_by("pk").values())


@pytest.mark.parametrize("role", TEAM + PUBLIC)
def test_list_by_role(as_, catalogue, role):
    rows = as_(role).get("/api/products/").json()["results"]
    hidden = {"draft"} if role in TEAM else set()
    assert {row["code"] for row in rows} == {"mug", "pot"} | hidden


@pytest.mark.parametrize("role", PUBLIC)
@pytest.mark.parametrize(
    "query",
    [
        {"published": "false"},
        {"code": "draft"},
        {"search": "draft"},
        {"code": "draft", "published": "false"},
    ],
)
def test_query_parameters_show_no_unpublished_product_to_the_public(as_, catalogue, role, query):
    assert as_("staff").get("/api/products/", query).json()["results"]
    assert as_(role).get("/api/products/", query).json()["results"] == []


@pytest.mark.parametrize("role", TEAM + PUBLIC)
def test_published_product_is_public(as_, catalogue, role):
    response = as_(role).get(path(catalogue["mug"]))
    assert (response.status_code, response.json()["code"]) == (200, "mug")


@pytest.mark.parametrize("role", TEAM)
def test_team_sees_the_unpublished(as_, catalogue, role):
    response = as_(role).get(path(catalogue["draft"]))
    assert (response.status_code, response.json()["status"]) == (200, "draft")


@pytest.mark.parametrize("role", PUBLIC)
@pytest.mark.parametrize("which", ["draft", "theirs"])
def test_unpublished_product_is_404_like_an_unknown_id(as_, catalogue, role, which):
    client = as_(role)
    hidden = client.get(path(catalogue[which]))
    unknown = client.get("/api/products/00000000-0000-7000-8000-000000000000/")
    problem(hidden, 404)
    assert (hidden.content, steady_headers(hidden)) == (unknown.content, steady_headers(unknown))


@pytest.mark.parametrize("role", TEAM)
def test_team_creates(as_, acme, role):
    response = as_(role).post("/api/products/", NEW)
    assert response.status_code == 201
    assert [row["code"] for row in stored(acme)] == ["cup"]


@pytest.mark.parametrize(("role", "status"), [("anonymous", 401), ("customer", 403)])
def test_public_cannot_create(as_, acme, role, status):
    problem(as_(role).post("/api/products/", NEW), status)
    assert stored(acme) == []


@pytest.mark.parametrize(
    ("role", "which", "method"), spread_first(TEAM, ["mug", "draft"], ["patch", "put", "delete"])
)
def test_team_writes(as_, catalogue, role, which, method):
    client = as_(role)
    before = stored(client.tenant)
    response = getattr(client, method)(path(catalogue[which]), NEW)
    assert response.status_code == (204 if method == "delete" else 200)
    assert stored(client.tenant) != before


@pytest.mark.parametrize(
    ("role", "which", "method"),
    spread_first(PUBLIC, ["mug", "draft", "theirs"], ["patch", "put", "delete"]),
)
def test_public_cannot_write(as_, catalogue, globex, role, which, method):
    client = as_(role)
    before = stored(client.tenant), stored(globex)
    response = getattr(client, method)(path(catalogue[which]), NEW)
    problem(response, {"anonymous": 401, "customer": 403}[role])
    assert (stored(client.tenant), stored(globex)) == before


@pytest.mark.parametrize(("role", "method"), spread_first(TEAM, ["get", "patch", "put", "delete"]))
def test_product_of_another_shop_is_404_like_an_unknown_id(as_, catalogue, globex, role, method):
    before = stored(globex)
    client = as_(role)
    body = None if method == "get" else NEW
    theirs = getattr(client, method)(path(catalogue["theirs"]), body)
    unknown = getattr(client, method)("/api/products/00000000-0000-7000-8000-000000000000/", body)
    problem(theirs, 404)
    assert (theirs.content, steady_headers(theirs)) == (unknown.content, steady_headers(unknown))
    assert stored(globex) == before


def test_invalid_token_is_401_not_anonymous(acme_client, catalogue):
    for value in ("Bearer nonsense", "bearer nonsense", "Bearer"):
        problem(acme_client.get("/api/products/", HTTP_AUTHORIZATION=value), 401)


def test_token_of_another_shop_is_401_not_anonymous(
    acme_client, globex_client, globex_owner, catalogue
):
    intruder = globex_client.as_(globex_owner)
    assert intruder.get("/api/products/").status_code == 200
    problem(intruder.get("/api/products/", HTTP_HOST=acme_client.host), 401)


def test_platform_has_no_products(platform, acme):
    problem(platform.get("/api/products/"), 404)

"""GET and PATCH /api/shop/ on a shop's host."""

import pytest

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.api.assertions import pointers, problem
from tests.apps.users.factories import make_user
from tests.processes import until


def as_role(client, role):
    if role == "anonymous":
        return client
    with tenant_context(client.tenant):
        return client.as_(make_user(role=role))


@pytest.mark.parametrize("role", ["anonymous", "customer", "staff", "manager", "owner"])
def test_shop_is_public(acme_client, acme, role):
    response = as_role(acme_client, role).get("/api/shop/")
    assert response.status_code == 200
    assert response.json() == {
        "id": str(acme.pk),
        "code": "acme",
        "name": "Acme",
        "url": "http://acme.localhost:8000/",
        "currency": "EUR",
        "language": "en",
        "weight_unit": "kg",
    } | ({"storefront_origins": []} if role == "owner" else {})


def test_url_has_the_port_of_the_request(acme_client):
    response = acme_client.get("/api/shop/", HTTP_HOST="acme.localhost:9123")
    assert response.json()["url"] == "http://acme.localhost:9123/"


@pytest.mark.parametrize(
    ("role", "status"),
    [("anonymous", 401), ("customer", 403), ("staff", 403), ("manager", 403), ("owner", 200)],
)
def test_only_the_owner_renames_the_shop(acme_client, acme, role, status):
    response = as_role(acme_client, role).patch("/api/shop/", {"name": "Acme & Co"})
    assert response.status_code == status
    if status != 200:
        problem(response, status)
    acme.refresh_from_db()
    assert acme.name == ("Acme & Co" if status == 200 else "Acme")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_new_name_is_returned_although_shops_are_cached(acme_client, owner):
    assert acme_client.get("/api/shop/").json()["name"] == "Acme"  # and is cached now
    acme_client.as_(owner).patch("/api/shop/", {"name": "New"})
    until(lambda: acme_client.get("/api/shop/").json()["name"] == "New")


def test_owner_of_another_shop_cannot_rename(acme_client, acme, globex_owner, globex_client):
    intruder = globex_client.as_(globex_owner)
    assert intruder.patch("/api/shop/", {"name": "Ours"}).status_code == 200
    problem(intruder.patch("/api/shop/", {"name": "Mine"}, HTTP_HOST=acme_client.host), 401)
    acme.refresh_from_db()
    assert acme.name == "Acme"


@pytest.mark.parametrize(
    "extra",
    [
        {"code": "globex2"},
        {"id": "00000000-0000-7000-8000-000000000000"},
        {"status": "suspended"},
        {"created_at": "2001-01-01T00:00:00Z"},
        {"url": "http://evil.example/"},
        {"tenant": "x", "tenant_id": "x"},
    ],
)
def test_nothing_but_the_name_changes(acme_client, acme, owner, extra):
    before = Tenant.objects.values().get(pk=acme.pk)
    response = acme_client.as_(owner).patch("/api/shop/", {"name": "New"} | extra)
    after = Tenant.objects.values().get(pk=acme.pk)
    if response.status_code == 200:
        assert after == before | {"name": "New"}
    else:
        problem(response, 400)
        assert after == before


@pytest.mark.parametrize("name", ["", "  ", None, "x" * 101, [], {}])
def test_bad_name_is_400_at_its_pointer(acme_client, acme, owner, name):
    assert pointers(acme_client.as_(owner).patch("/api/shop/", {"name": name})) == {"/name"}
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_renaming_one_shop_leaves_the_other(acme_client, owner, globex):
    acme_client.as_(owner).patch("/api/shop/", {"name": "New"})
    globex.refresh_from_db()
    assert globex.name == "Globex"


@pytest.mark.parametrize("method", ["put", "post", "delete"])
def test_shop_is_neither_replaced_nor_deleted(acme_client, acme, owner, method):
    problem(getattr(acme_client.as_(owner), method)("/api/shop/", {"name": "x"}), 405)
    assert Tenant.objects.filter(pk=acme.pk, name="Acme").exists()


def test_platform_host_is_not_a_shop(platform, acme):
    problem(platform.get("/api/shop/"), 404)

"""Changes of a shop and its catalogue, after which no former response is repeated."""

import pytest
from django.db import connection
from django.db.models import F

from apps.products.managers import catalogue_versions
from apps.products.models import CatalogueVersion, Product, catalogue_change
from apps.tenants.context import tenant_context
from apps.tenants.listener import tenant_listener
from apps.tenants.models import Tenant
from tests.middleware.repeating import kept, queries
from tests.processes import until

pytestmark = [
    pytest.mark.django_db(databases=["default", "owner"], transaction=True),
    pytest.mark.usefixtures("listening"),
]


@pytest.mark.parametrize("path", ["/", "/products/mug", "/api/products/"])
def test_change_is_shown_at_once(acme, acme_client, mug, path):
    assert "Beaker" not in kept(acme_client, path).content.decode()
    with tenant_context(acme), catalogue_change():
        Product.objects.update(name="Beaker")

    assert "Beaker" in acme_client.get(path).content.decode()


def test_control_response_is_repeated_without_a_notice(acme, acme_client, mug):
    """The control: what bypasses the version is not seen."""
    kept(acme_client, "/api/products/")
    with tenant_context(acme):
        Product.objects.update(name="Beaker")

    assert "Beaker" not in acme_client.get("/api/products/").content.decode()


def test_change_of_another_process_is_shown(acme, acme_client, mug):
    kept(acme_client, "/api/products/")
    with tenant_context(acme):
        Product.objects.using("owner").update(name="Beaker")
        assert CatalogueVersion.objects.using("owner").update(version=F("version") + 1) == 1

    until(lambda: "Beaker" in acme_client.get("/api/products/").content.decode())


def test_change_during_a_response_is_shown_after_it(acme, acme_client, mug):
    def change_after(execute, sql, *args):
        result = execute(sql, *args)
        if 'FROM "products"' in sql:
            Product.objects.using("owner").update(name="Beaker")
            assert CatalogueVersion.objects.using("owner").update(version=F("version") + 1) == 1
            until(lambda: catalogue_versions.get(acme.pk) is None)
        return result

    with connection.execute_wrapper(change_after):
        assert "Mug" in acme_client.get("/api/products/").content.decode()

    until(lambda: "Beaker" in acme_client.get("/api/products/").content.decode())


def test_suspended_shop_is_not_shown(acme, acme_client, mug):
    kept(acme_client, "/")
    Tenant.objects.using("owner").filter(pk=acme.pk).update(status="suspended")

    until(lambda: acme_client.get("/").status_code == 404)


def test_new_name_of_the_shop_is_shown(acme, acme_client, mug):
    kept(acme_client, "/")
    Tenant.objects.using("owner").filter(pk=acme.pk).update(name="Renamed")

    until(lambda: "Renamed" in acme_client.get("/").content.decode())


def test_former_state_of_the_shop_is_not_repeated(acme, acme_client, mug):
    """Not even after another page has had the present state cached."""
    kept(acme_client, "/")
    Tenant.objects.using("owner").filter(pk=acme.pk).update(name="Renamed")
    until(lambda: "Renamed" in acme_client.get("/collections").content.decode())

    assert "Renamed" in acme_client.get("/").content.decode()


def test_look_of_the_shop_is_shown_at_once(acme_client, owner, mug):
    kept(acme_client, "/")
    body = {"announcement": "Sale"}
    assert acme_client.as_(owner).patch("/api/shop/storefront/", body).status_code == 200

    assert "Sale" in acme_client.get("/").content.decode()


def test_nothing_is_repeated_while_no_notices_arrive(acme_client, mug, monkeypatch):
    kept(acme_client, "/")
    tenant_listener.stop()
    monkeypatch.setattr(tenant_listener, "ensure_started", lambda: None)

    assert all(queries(acme_client, "/")[1] > 0 for _ in range(2))

"""Browsers of people of acme, a product of it, and the audit log."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEvent
from apps.products.models import Product
from apps.tenants.context import tenant_context
from tests.apps.products.factories import make_product
from tests.apps.users.support import Browser, person

ROLES = ("owner", "manager", "staff", "customer")


@pytest.fixture
def people(acme):
    """Acme's users by role."""
    return {role: person(acme, f"{role}@acme.example", role) for role in ROLES}


@pytest.fixture
def office(acme, people):
    """The browser of acme's owner."""
    return Browser(acme, people["owner"])


@pytest.fixture
def browser_of(acme, people):
    return lambda role: Browser(acme, people[role])


@pytest.fixture
def mug(acme, people):
    with tenant_context(acme):
        return make_product("mug", name="Mug", price=1900, stock=5, added_by=people["owner"])


@pytest.fixture
def stored(acme):
    """Return a product of acme as it is in the database, with its details."""

    def read(code="mug"):
        with tenant_context(acme):
            return Product.objects.with_details().get(code=code)

    return read


@pytest.fixture
def events(acme):
    """Return the events of acme from the first: action, actor's role and subject."""

    def read():
        with tenant_context(acme):
            rows = AuditEvent.objects.order_by("created_at", "pk")
            return list(rows.values_list("action", "actor__role", "subject"))

    return read


@pytest.fixture
def shirt(acme, acme_client, people, stored):
    """A product with two sizes, with SKUs and barcodes."""
    body = {
        "name": "Shirt",
        "code": "shirt",
        "tags": ["cotton"],
        "options": [{"name": "Size", "values": ["S", "M"]}],
        "variants": [
            {"options": {"Size": "S"}, "price": 1000, "stock": 1, "sku": "S1", "barcode": "0001"},
            {"options": {"Size": "M"}, "price": 2000, "stock": 2, "sku": "M1", "weight": 90},
        ],
    }
    assert acme_client.as_(people["owner"]).post("/api/products/", body).status_code == 201
    return stored("shirt")

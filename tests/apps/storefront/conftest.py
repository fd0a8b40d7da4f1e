"""Two shops whose storefronts are open."""

from __future__ import annotations

import pytest

from apps.tenants.cache import tenant_cache
from apps.tenants.context import tenant_context
from tests.apps.pages.html import page_of
from tests.apps.products.factories import make_product
from tests.apps.storefront.factories import make_storefront


@pytest.fixture
def shop(acme, owner):
    """Acme, with an open storefront."""
    with tenant_context(acme):
        make_storefront(tagline="Things that last")
    return acme


@pytest.fixture
def other_shop(globex, globex_owner):
    """Globex, with an open storefront."""
    with tenant_context(globex):
        make_storefront(tagline="Outdoors")
    return globex


@pytest.fixture
def goods(shop):
    """Four products and a draft with the same values."""
    with tenant_context(shop):
        pottery = {"product_type": "Pottery", "vendor": "Ann"}
        return {
            "mug": make_product("mug", price=1900, stock=3, **pottery),
            "bowl": make_product("bowl", price=2400, **pottery),
            "vase": make_product("vase", price=9900, stock=1, product_type="Glass", vendor="Bob"),
            "tea": make_product("tea", price=500, stock=9, product_type="Tea", vendor="Ann"),
            "draft": make_product(
                "draft", published=False, price=1900, stock=1, product_type="Secret", vendor="Eve"
            ),
        }


@pytest.fixture
def visit(shop, acme_client):
    """Return the page at an address of acme."""

    def visit(path, query=None, status=200):
        return page_of(acme_client.get(path, query or {}, HTTP_ACCEPT="text/html"), status)

    return visit


@pytest.fixture
def owner_client(shop, acme_client, owner):
    """Acme's client of its owner, who changes products, the shop and its look."""
    return acme_client.as_(owner)


@pytest.fixture
def refresh_shop():
    """Forget the cached rows of shops; in production the notice of a commit does it."""
    return tenant_cache.forget


@pytest.fixture
def change_shop(owner_client, refresh_shop):
    """Change the name, the currency or the language of acme."""

    def change(**fields):
        response = owner_client.patch("/api/shop/", fields)
        assert response.status_code == 200, response.content
        refresh_shop()

    return change

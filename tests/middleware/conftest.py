"""A process with real notices of changes, and a shop that is open to shoppers."""

import pytest

from apps.products.models import CatalogueVersion, Product
from apps.storefront.models import Storefront
from apps.tenants.context import tenant_context
from apps.tenants.listener import tenant_listener
from tests.apps.products.factories import make_product, make_variant
from tests.processes import until


@pytest.fixture
def listening():
    tenant_listener.stop()  # a running one may still have notices to receive
    tenant_listener.ensure_started()
    until(lambda: tenant_listener.is_listening)
    yield
    tenant_listener.stop()


@pytest.fixture
def mug(acme, listening):
    with tenant_context(acme):
        product = make_product("mug", name="Mug")
        make_variant(product)
        Product.objects.update(default_variant=product.variants.first())
        Storefront.objects.create(pk=acme.pk, is_open=True)
        CatalogueVersion.objects.increase()
        return product

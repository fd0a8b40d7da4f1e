"""A catalogue with published and unpublished products."""

import pytest

from apps.tenants.context import tenant_context
from tests.apps.products.factories import index, make_product
from tests.apps.users.factories import make_user


@pytest.fixture
def staff(acme):
    with tenant_context(acme):
        return make_user("staff@acme.example", role="staff")


@pytest.fixture
def client(acme_client, staff):
    """Acme's client of a user who may write."""
    return acme_client.as_(staff)


@pytest.fixture
def catalogue(acme, globex, staff, globex_owner):
    """Acme's products by code; globex has two of the same codes, "theirs" is one of them."""
    with tenant_context(acme):
        catalogue = {
            "mug": make_product("mug", name="Mug", description="For tea", added_by=staff),
            "pot": make_product("pot", name="Pot", description="For tea too", added_by=staff),
            "draft": make_product("draft", name="Draft mug", published=False, added_by=staff),
        }
        index(*catalogue.values())
    with tenant_context(globex):
        catalogue["theirs"] = make_product("mug", name="Their mug", added_by=globex_owner)
        index(catalogue["theirs"], make_product("draft", published=False, added_by=globex_owner))
    return catalogue

import pytest

from apps.tenants.exceptions import UnknownTenant
from apps.tenants.listener import tenant_listener
from apps.tenants.resolvers import resolve_tenant
from tests.apps.tenants.factories import make_tenant

pytestmark = pytest.mark.django_db


def test_open_tenant_is_resolved_by_one_query(django_assert_num_queries):
    tenant_listener.stop()
    tenant = make_tenant("initech")

    with django_assert_num_queries(1):
        assert resolve_tenant("initech") == tenant


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_tenant_that_is_not_open_is_unknown(status):
    make_tenant("initech", status=status)

    with pytest.raises(UnknownTenant):
        resolve_tenant("initech")


def test_code_without_a_tenant_is_unknown():
    with pytest.raises(UnknownTenant):
        resolve_tenant("never-opened")

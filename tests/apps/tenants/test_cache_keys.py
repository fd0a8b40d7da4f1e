from django.core.cache import cache

from apps.tenants.cache_keys import tenant_key
from apps.tenants.context import tenant_context


def test_tenants_have_separate_caches(acme, globex):
    for tenant in (acme, globex):
        with tenant_context(tenant):
            cache.set("greeting", tenant.code)
    cache.set("greeting", "platform")
    for tenant in (acme, globex):
        with tenant_context(tenant):
            assert cache.get("greeting") == tenant.code
    assert cache.get("greeting") == "platform"


def test_key_starts_with_the_tenant(in_acme):
    assert tenant_key("greeting", "p", 2) == f"{in_acme.pk}:p:2:greeting"

"""Mutants of the caches of catalogue versions and of rendered responses."""

from __future__ import annotations

from functools import wraps
from types import SimpleNamespace

from apps.products import managers, versions
from apps.products.managers import catalogue_versions
from apps.products.views import caching
from apps.tenants.cache import NoticedCache
from apps.tenants.context import require_active_tenant
from apps.tenants.listener import tenant_listener
from middleware.security_headers import SecurityHeadersMiddleware
from tests.proof.mutants.mutant import instead_of, mutant, replace

OF_VERSIONS = "tests/apps/products/test_versions.py"
OF_LISTS = "tests/apps/products/test_kept_lists.py"


@mutant(f"{OF_VERSIONS}::test_without_notices_the_version_is_read_each_time")
def version_kept_without_notices(patch):
    """A version is kept although no notice of a change arrives."""
    patch.setattr(versions, "tenant_listener", SimpleNamespace(is_listening=True))


@mutant(f"{OF_VERSIONS}::test_change_is_read_in_its_transaction")
def version_kept_in_transactions(patch):
    """A transaction that changes the catalogue gets the version of before."""
    connection = SimpleNamespace(in_atomic_block=False)
    patch.setattr(versions, "transaction", SimpleNamespace(get_connection=lambda: connection))


@mutant(f"{OF_VERSIONS}::test_version_that_is_rolled_back_is_not_kept")
@instead_of(versions._read)
def version_kept_before_its_commit(original):
    """A version that is rolled back is kept."""
    version = original()
    key, generation = require_active_tenant().pk, catalogue_versions.generation
    catalogue_versions.store(key, version, generation=generation)
    return version


@mutant(f"{OF_VERSIONS}::test_slow_reader_does_not_restore_a_version")
@instead_of(NoticedCache.store)
def version_stored_late(original, self, tenant_id, value, *, generation):
    """A slow reader stores a version that has been dropped."""
    original(self, tenant_id, value, generation=self.generation)


@mutant(f"{OF_VERSIONS}::test_version_that_is_dropped_while_it_is_read_is_not_kept")
@instead_of(versions.current_version)
def generation_read_after_the_version(_):
    """A version that changes while it is read is kept."""
    tenant_id = require_active_tenant().pk
    version = versions._read()
    generation = catalogue_versions.generation
    catalogue_versions.store(tenant_id, version, generation=generation)
    return version


@mutant(f"{OF_VERSIONS}::test_version_kept_during_a_change_is_dropped_by_its_commit")
def own_change_not_noticed(patch):
    """A client that changes the catalogue is then shown it as before."""
    patch.setattr(managers, "transaction", SimpleNamespace(on_commit=lambda *args, **kwargs: None))


@mutant(f"{OF_VERSIONS}::test_version_kept_during_a_change_is_dropped_by_its_commit")
def own_change_noticed_before_its_commit(patch):
    """A version is dropped before its change is visible, and may be read again."""
    patch.setattr(
        managers, "transaction", SimpleNamespace(on_commit=lambda function, **kwargs: function())
    )


@mutant(f"{OF_VERSIONS}::test_change_while_the_listener_is_stopped_is_seen_after_it")
@instead_of(NoticedCache.forget)
def versions_kept_without_a_connection(original, self, tenant_id=None):
    """A change made while the listener is disconnected is never seen."""
    if tenant_id is not None:
        original(self, tenant_id)


@mutant(f"{OF_VERSIONS}::test_change_by_another_connection_is_noticed")
def versions_without_a_channel(patch):
    """Changes of the catalogue by other processes are not seen."""
    caches = tenant_listener.caches.items()
    others = {channel: cache for channel, cache in caches if channel != versions.CHANNEL}
    patch.setattr(tenant_listener, "caches", others)


@mutant(f"{OF_VERSIONS}::test_versions_are_bounded")
def version_of_all_shops(patch):
    """Shops share one version of their catalogues."""
    for method in (NoticedCache.get, NoticedCache.store):
        replace(patch, method, without_tenant(method))


def without_tenant(method):
    return wraps(method)(lambda self, tenant_id, *args, **kwargs: method(self, "", *args, **kwargs))


def tag_with(patch, **changes):
    """Have the ETags of lists made of a tenant with other attributes than the active one's."""

    def changed():
        tenant = require_active_tenant()
        return SimpleNamespace(**{"pk": tenant.pk, "currency": tenant.currency} | changes)

    patch.setattr(caching, "require_active_tenant", changed)


@mutant(f"{OF_LISTS}::test_shops_at_the_host_of_the_api_have_their_lists")
def list_of_any_shop(patch):
    """One shop's list is returned to clients of another."""
    tag_with(patch, pk="")


@mutant(f"{OF_LISTS}::test_currency_of_the_shop_gives_another_list")
def list_in_any_currency(patch):
    """Prices are shown in the former currency."""
    tag_with(patch, currency="")


@mutant(f"{OF_LISTS}::test_change_gives_another_list")
@instead_of(caching._digest)
def list_of_any_version(original, request, version):
    """A list is returned after the catalogue has changed."""
    return original(request, 0)


@mutant(f"{OF_LISTS}::test_readers_get_lists_of_their_own")
@instead_of(caching._digest)
def list_of_any_reader(original, request, version):
    """The team's list, with drafts, is returned to the public."""
    public = SimpleNamespace(user=None, build_absolute_uri=request.build_absolute_uri)
    return original(public, version)


@mutant("tests/apps/products/test_kept_rows.py::test_row_kept_for_the_team_is_not_shown_to_others")
@instead_of(caching._digest)
def row_of_any_reader(original, request, version):
    """A draft that the team has read is returned to the public."""
    public = SimpleNamespace(user=None, build_absolute_uri=request.build_absolute_uri)
    return original(public, version)


@mutant(f"{OF_LISTS}::test_links_of_a_list_have_the_host_of_the_request")
@instead_of(caching._digest)
def list_of_any_host(original, request, version):
    """A client chooses the host of the links that others get."""
    path = SimpleNamespace(user=request.user, build_absolute_uri=request.get_full_path)
    return original(path, version)


@mutant(f"{OF_LISTS}::test_list_of_a_person_is_not_stored_by_others")
@instead_of(SecurityHeadersMiddleware.__call__)
def list_of_the_team_public(original, self, request):
    """A shared cache stores the team's list."""
    response = original(self, request)
    response.headers["Cache-Control"] = versions.CACHE_CONTROL
    return response

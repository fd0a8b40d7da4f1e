"""The version of a shop's catalogue, by which what is made of it can be kept."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from apps.products.models import CatalogueVersion
from apps.tenants.cache import NoticedCache
from apps.tenants.compiled import CompiledQuery
from apps.tenants.context import require_active_tenant
from apps.tenants.listener import tenant_listener

#: The channel that a trigger on the versions notifies with the id of the changed row's tenant.
CHANNEL: Final = "catalogue_versions"

catalogue_versions = NoticedCache()

_versions = CompiledQuery(lambda: CatalogueVersion.objects.values_list("version"))


def current_version() -> int:
    """Return the version of the active shop's catalogue, 0 before its first change.

    From memory while notices arrive: milliseconds after a commit in another process. Otherwise, as
    behind a pooler, and in a transaction, which may have changed it, from the database.
    """
    tenant = require_active_tenant()
    is_noticed = tenant_listener.is_listening and not transaction.get_connection().in_atomic_block
    version: int | None = catalogue_versions.get(tenant.pk) if is_noticed else None
    if version is None:
        generation = catalogue_versions.generation
        version = next((number for (number,) in _versions.rows()), 0)
        catalogue_versions.store(tenant.pk, version, generation=generation)
    return version

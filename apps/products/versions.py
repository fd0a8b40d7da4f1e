"""The version of a shop's catalogue, by which what is made of it can be kept."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.products.managers import catalogue_versions
from apps.products.models import CatalogueVersion
from apps.tenants.compiled import CompiledQuery
from apps.tenants.context import require_active_tenant
from apps.tenants.listener import tenant_listener

#: The channel that a trigger on the versions notifies with the id of the changed row's tenant.
CHANNEL: Final = "catalogue_versions"

#: Shared caches and browsers keep what is public, and ask each time if it is current.
CACHE_CONTROL: Final = "public, max-age=0, must-revalidate"

_versions = CompiledQuery(
    lambda: CatalogueVersion.objects.filter(pk=F("tenant_id")).values_list("version")
)


def current_version() -> int:
    """Return the version of the active shop's catalogue, 0 before its first change.

    From memory while notices arrive: milliseconds after a commit in another process. Otherwise, as
    behind a pooler, and in a transaction, which may have changed it, from the database.
    """
    tenant_id = require_active_tenant().pk
    if transaction.get_connection().in_atomic_block or not tenant_listener.is_listening:
        return _read()
    version: int | None = catalogue_versions.get(tenant_id)
    if version is None:
        generation = catalogue_versions.generation
        version = _read()
        catalogue_versions.store(tenant_id, version, generation=generation)
    return version


def _read() -> int:
    return next((number for (number,) in _versions.rows()), 0)


@cache
def software_version() -> str:
    """Return a digest of the code, templates and static files of the apps."""
    digest = hashlib.sha256()
    for path in sorted((settings.ROOT_DIR / "apps").rglob("*.*")):
        if path.suffix in {".py", ".html", ".css", ".js", ".svg", ".mo"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()

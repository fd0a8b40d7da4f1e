"""The version of a page, by which browsers and proxies revalidate it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.forms.models import model_to_dict

from apps.products.models import CatalogueVersion
from apps.storefront.models import Storefront
from apps.tenants.context import require_active_tenant


def page_version(look: Storefront, address: str) -> str:
    """Return an entity tag (RFC 9110) for what a shopper gets at `address`, a path with a query."""
    tenant = require_active_tenant()
    parts: list[Any] = [
        _software_version(),
        tenant.pk,
        tenant.name,
        tenant.language,
        tenant.currency,
        CatalogueVersion.objects.current(),
        model_to_dict(look),
        look.logo_hash,
        address,
    ]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


@cache
def _software_version() -> str:
    """Return a digest of the code, templates and static files that pages are made of."""
    digest = hashlib.sha256()
    for label in ("pages", "storefront", "products"):
        for path in sorted(Path(apps.get_app_config(label).path).rglob("*.*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".svg", ".mo"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()

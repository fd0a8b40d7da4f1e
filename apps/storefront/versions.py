"""The version of a page, by which browsers and proxies revalidate it."""

from __future__ import annotations

import hashlib
from typing import Any

from django.forms.models import model_to_dict

from apps.products.versions import software_version
from apps.storefront.models import Storefront
from apps.tenants.context import require_active_tenant


def page_version(look: Storefront, version: int, address: str) -> str:
    """Return an entity tag (RFC 9110) for what a shopper gets at `address`, a path with a query.

    `version` is that of the catalogue.
    """
    tenant = require_active_tenant()
    parts: list[Any] = [
        software_version(),
        tenant.pk,
        tenant.name,
        tenant.language,
        tenant.currency,
        version,
        model_to_dict(look),
        look.logo_hash,
        address,
    ]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'

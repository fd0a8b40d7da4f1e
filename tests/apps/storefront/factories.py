"""The storefront of the active tenant."""

from __future__ import annotations

from itertools import count
from typing import Any

from apps.storefront.models import Storefront
from apps.tenants.context import require_active_tenant

_numbers = count(1)


def make_storefront(**fields: Any) -> Storefront:
    """Return the storefront of the shop, open to shoppers, with `fields` changed."""
    values = {"is_open": True, "tagline": "tagline", **fields}
    row, _ = Storefront.objects.update_or_create(pk=require_active_tenant().pk, defaults=values)
    return row


def make_storefront_row() -> Storefront:
    """Return a row that is not the shop's storefront, which has the shop's id."""
    return Storefront.objects.create(tagline=f"tagline-{next(_numbers)}")

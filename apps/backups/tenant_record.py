"""The registry's row of a shop that is backed up or restored."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from apps.backups.exceptions import BackupError
from apps.shops.origins import parse_origin
from apps.tenants.models import Tenant
from apps.tenants.privileges import OWNER_ALIAS
from apps.tenants.validators import code_skeleton

TENANTS = Tenant.objects.using(OWNER_ALIAS)
COLUMNS = [field.attname for field in Tenant._meta.concrete_fields if not field.generated]


def require_same_shop(path: Path, shop: Any, code: str) -> Tenant | None:
    """Return the shop with this code, or None; a file has to be of that one, here or once.

    No rows are added to it until the transaction ends.
    """
    here = TENANTS.select_for_update().filter(code=code).first()
    if here.pk != UUID(shop["id"]) if here else shop["code"] != code:
        raise BackupError(f"{path} is a backup of the shop {shop['code']}, not of {code}.")
    if here is None:
        for column, value in (("id", shop["id"]), ("code_skeleton", code_skeleton(code))):
            if taken := TENANTS.filter(**{column: value}).first():
                raise BackupError(
                    f"The shop {code} cannot be entered again: there is {taken.code}, "
                    f"which has its {column.replace('_', ' ')}."
                )
    return here


def restored_tenant(shop: Any, here: Tenant | None, *, is_signed: bool) -> Tenant:
    """Return the shop that a file describes.

    One of a file that this installation did not sign is validated as by the API, and its
    `confirmed_at` is not taken from there.
    """
    tenant = Tenant(**{column: shop.get(column) for column in COLUMNS} | {"canonical_url": ""})
    if is_signed:
        return tenant
    tenant.confirmed_at = here.confirmed_at if here else None
    try:
        tenant.storefront_origins = list(map(parse_origin, tenant.storefront_origins or []))
        tenant.clean_fields(exclude={"canonical_url", "confirmed_at", *(["code"] if here else [])})
    except (AttributeError, TypeError, ValidationError) as error:
        said = " ".join(getattr(error, "messages", []))
        raise BackupError(f"The shop in the file is not valid. {said}".strip()) from error
    return tenant


def register(tenant: Tenant, here: Tenant | None) -> None:
    """Enter a shop that is new, with its address here; restore what a known one says of itself."""
    if here is None:
        tenant.save(using=OWNER_ALIAS, force_insert=True)
    else:
        values = {column: getattr(tenant, column) for column in Tenant.updatable_columns}
        TENANTS.filter(pk=here.pk).update(**values)

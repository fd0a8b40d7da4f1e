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
    """Return the shop `code`, locked, or None if it does not exist.

    Raise BackupError if the file is a backup of another one, or its id or code is taken.
    """
    existing = TENANTS.select_for_update().filter(code=code).first()
    if existing.pk != UUID(shop["id"]) if existing else shop["code"] != code:
        raise BackupError(f"{path} is a backup of the shop {shop['code']}, not of {code}.")
    if existing is None:
        for column, value in (("id", shop["id"]), ("code_skeleton", code_skeleton(code))):
            if taken := TENANTS.filter(**{column: value}).first():
                raise BackupError(
                    f"The shop {code} cannot be created: the shop {taken.code} has the same "
                    f"{column.replace('_', ' ')}."
                )
    return existing


def restored_tenant(shop: Any, existing: Tenant | None, *, is_signed: bool) -> Tenant:
    """Return the tenant that a file describes.

    If this installation did not sign the file, validate it as the API does, and ignore its
    `confirmed_at`.
    """
    tenant = Tenant(**{column: shop.get(column) for column in COLUMNS} | {"canonical_url": ""})
    if is_signed:
        return tenant
    tenant.confirmed_at = existing.confirmed_at if existing else None
    unchanged = ["code"] if existing else []
    try:
        tenant.storefront_origins = list(map(parse_origin, tenant.storefront_origins or []))
        tenant.clean_fields(exclude={"canonical_url", "confirmed_at", *unchanged})
    except (AttributeError, TypeError, ValidationError) as error:
        reason = " ".join(getattr(error, "messages", []))
        raise BackupError(f"The shop in the file is not valid. {reason}".strip()) from error
    return tenant


def save_tenant(tenant: Tenant, existing: Tenant | None) -> None:
    """Insert a new tenant; of an existing one, update the columns that the shop itself can set."""
    if existing is None:
        tenant.save(using=OWNER_ALIAS, force_insert=True)
    else:
        values = {column: getattr(tenant, column) for column in Tenant.updatable_columns}
        TENANTS.filter(pk=existing.pk).update(**values)

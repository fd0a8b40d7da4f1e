"""The registry's row of a shop that is backed up or restored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from psycopg2 import sql

from apps.backups.database import columns_of, run
from apps.backups.exceptions import BackupError
from apps.shops.origins import parse_origin
from apps.tenants.models import Tenant
from apps.tenants.validators import code_skeleton

_REGISTRY = sql.Identifier("public", Tenant._meta.db_table)


def find_shop(cursor: Any, column: str, value: str, *, lock: bool = False) -> Any:
    """Return a shop's row of the registry, or None. Nobody adds rows to one that is locked."""
    run(
        cursor,
        "SELECT to_jsonb(entire)::text FROM {registry} entire WHERE {column} = {value} {lock}",
        registry=_REGISTRY,
        column=sql.Identifier(column),
        value=sql.Literal(value),
        lock=sql.SQL("FOR UPDATE" if lock else ""),
    )
    found = cursor.fetchone()
    return json.loads(found[0]) if found else None


def require_same_shop(cursor: Any, path: Path, shop: Any, code: str) -> Any:
    """Return the shop that a file is of, if that is the one with this code, here or once."""
    if shop is None:
        raise BackupError(f"{path} is a backup of everything: leave out --shop.")
    here = find_shop(cursor, "code", code, lock=True)
    if (here or shop)["id"] != shop["id"] or (here or shop)["code"] != code:
        raise BackupError(f"{path} is a backup of the shop {shop['code']}, not of {code}.")
    if here is None:
        for column, value in (("id", shop["id"]), ("code_skeleton", code_skeleton(code))):
            if taken := find_shop(cursor, column, value):
                raise BackupError(
                    f"The shop {code} cannot be entered again: there is {taken['code']}, "
                    f"which has its {column.replace('_', ' ')}."
                )
    return shop


def validate_untrusted_shop(cursor: Any, shop: Any) -> Any:
    """Return the shop of a file that this installation did not sign, validated as by the API.

    Raises BackupError. `confirmed_at` is not taken from the file.
    """
    known = find_shop(cursor, "id", shop["id"])
    tenant = Tenant(**{name: shop.get(name) for name in ("code", "name", "status")})
    try:
        tenant.storefront_origins = list(map(parse_origin, shop.get("storefront_origins") or []))
        tenant.clean_fields(exclude={"canonical_url", *(["code"] if known else [])})
    except (AttributeError, TypeError, ValidationError) as error:
        said = " ".join(getattr(error, "messages", []))
        raise BackupError(f"The shop in the file is not valid. {said}".strip()) from error
    confirmed_at = known["confirmed_at"] if known else None
    origins = tenant.storefront_origins
    return {**shop, "storefront_origins": origins, "confirmed_at": confirmed_at}


def register(cursor: Any, shop: Any) -> None:
    """Enter a shop that is new, with its address here; restore what a known one says of itself."""
    known = find_shop(cursor, "id", shop["id"])
    shop = {**shop, "canonical_url": Tenant(code=shop["code"]).new_url}
    columns = Tenant.app_columns if known else columns_of(cursor, Tenant._meta.db_table)
    run(
        cursor,
        "UPDATE {registry} SET ({columns}) = (SELECT {columns} FROM {row}) WHERE id = {id}"
        if known
        else "INSERT INTO {registry} ({columns}) SELECT {columns} FROM {row}",
        registry=_REGISTRY,
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        row=sql.SQL("jsonb_populate_record(NULL::{}, {})").format(
            _REGISTRY, sql.Literal(json.dumps(shop))
        ),
        id=sql.Literal(shop["id"]),
    )

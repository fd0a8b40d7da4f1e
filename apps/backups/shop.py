"""One shop: PostgreSQL's own walls decide what leaves the database and what enters it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from apps.backups.archive import Manifest, new_archive, open_archive
from apps.backups.database import (
    all_or_nothing,
    applied_migrations,
    require_bound_role,
    server_version,
    snapshot,
    tenant_tables,
)
from apps.backups.digests import digests_of_shop, require_equal
from apps.backups.exceptions import BackupError
from apps.backups.registry import find_shop, register, require_same_shop, validate_untrusted_shop
from apps.backups.rows import ShopRows

Say = Callable[[str], None]


def back_up_shop(code: str, path: Path, say: Say) -> None:
    """Write the rows of the shop `code` into the file `path`."""
    with new_archive(path) as archive, snapshot() as (cursor, _):
        shop = find_shop(cursor, "code", code)
        if shop is None:
            raise BackupError(f"There is no shop with the code {code}.")
        rows = ShopRows(cursor, UUID(shop["id"]), require_bound_role(cursor))
        tables = digests_of_shop(cursor, rows.tenant_id, tenant_tables(), say)
        dumped = rows.dump(archive)
        if dumped != {table: digest.rows for table, digest in tables.items()}:
            raise BackupError("Under its policies PostgreSQL shows other rows than the shop has.")
        archive.seal(
            Manifest(
                server=server_version(), migrations=applied_migrations(), tables=tables, shop=shop
            )
        )


def restore_shop(code: str, path: Path, say: Say, *, replace: bool, trusted: bool) -> None:
    """Put the rows of the file back into the shop `code`, all of them or none.

    With `replace`, the shop's own rows are deleted first. A shop that is not in the registry is
    entered there again.
    """
    with open_archive(path, trusted=trusted) as archive, all_or_nothing() as cursor:
        manifest = archive.manifest
        shop = require_same_shop(cursor, path, manifest.shop, code)
        if not archive.is_signed:
            shop = validate_untrusted_shop(cursor, shop)
        _require_same_schema(manifest)
        rows = ShopRows(cursor, UUID(shop["id"]), require_bound_role(cursor))
        if not replace and (counts := rows.counts()):
            listed = ", ".join(f"{table} {count}" for table, count in counts.items())
            raise BackupError(f"The shop {code} has rows ({listed}); --replace deletes them first.")
        with rows.all_rights():
            with rows.bound():
                if replace:
                    rows.delete()
                register(cursor, shop)
            for table in tenant_tables():
                rows.insert(archive, table)
                say(f"{table}: inserted")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tables = digests_of_shop(cursor, rows.tenant_id, tenant_tables(), say)
        require_equal(tables, manifest.tables)


def _require_same_schema(manifest: Manifest) -> None:
    differing = sorted(set(manifest.migrations) ^ set(applied_migrations()))
    if differing or manifest.tables.keys() != tenant_tables().keys():
        raise BackupError(
            "The backup is of another version of the schema: migrations differ by "
            f"{', '.join(differing) or 'nothing, but tables do'}."
        )

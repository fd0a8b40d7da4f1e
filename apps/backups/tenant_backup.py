"""Backup and restore of one shop, under the policies that isolate shops from each other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from apps.backups.archive import (
    Manifest,
    file_member,
    member,
    new_archive,
    open_archive,
    seal,
)
from apps.backups.database import applied_migrations, owner_transaction, tenant_tables
from apps.backups.exceptions import BackupError
from apps.backups.shop_files import ShopFiles, copy_file
from apps.backups.tenant_record import (
    COLUMNS,
    TENANTS,
    require_same_shop,
    restored_tenant,
    save_tenant,
)
from apps.backups.tenant_rows import ShopRows

Write = Callable[[str], None]


def back_up_shop(code: str, path: Path, write: Write) -> None:
    """Write the rows and files of the shop `code` to `path`, and progress to `write`."""
    with new_archive(path) as archive, owner_transaction(read_only=True) as cursor:
        shop = TENANTS.filter(code=code).values(*COLUMNS).first()
        if shop is None:
            raise BackupError(f"There is no shop with the code {code}.")
        rows = ShopRows(cursor, shop["id"])
        tables = {}
        for table in tenant_tables():
            with archive.open(member(table), "w", force_zip64=True) as file:
                tables[table] = rows.dump(table, file)
            write(f"{table}: {tables[table].rows} rows, sha256 {tables[table].sha256[:12]}")
        files = {}
        shop_files = ShopFiles(shop["id"])
        for name in shop_files:
            with (
                suppress(FileNotFoundError),  # of a shop that is served meanwhile
                shop_files.open(name) as source,
                archive.open(file_member(name), "w", force_zip64=True) as file,
            ):
                files[name] = copy_file(source, file)
        write(f"{len(files)} files")
        seal(archive, Manifest(shop, applied_migrations(), tables, files))


def restore_shop(code: str, path: Path, write: Write, *, replace: bool, trusted: bool) -> None:
    """Insert the rows of the file into the shop `code`, in one transaction, and store its files.

    With `replace`, its present rows are deleted first. A shop that does not exist is created.
    """
    with (
        open_archive(path, trusted=trusted) as (archive, manifest, is_signed),
        owner_transaction(read_only=False) as cursor,
    ):
        existing = require_same_shop(path, manifest.shop, code)
        tenant = restored_tenant(manifest.shop, existing, is_signed=is_signed)
        _require_same_schema(manifest)
        rows = ShopRows(cursor, UUID(manifest.shop["id"]))
        counts = [f"{table} {count}" for table in tenant_tables() if (count := rows.count(table))]
        if counts and not replace:
            listed = ", ".join(counts)
            raise BackupError(f"The shop {code} has rows ({listed}); --replace deletes them first.")
        with rows.all_privileges():
            with rows.bound():
                if replace:
                    rows.delete()
                save_tenant(tenant, existing)
            for table in tenant_tables():
                with archive.open(member(table)) as file:
                    rows.insert(table, file)
                write(f"{table}: inserted")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        wrong = [table for table, digest in manifest.tables.items() if rows.dump(table) != digest]
        if wrong:
            raise BackupError(f"The rows do not match the manifest in {', '.join(sorted(wrong))}.")
        shop_files = ShopFiles(UUID(manifest.shop["id"]))
        for name in manifest.files:
            with archive.open(file_member(name)) as file:
                shop_files.restore(name, file)
        write(f"{len(manifest.files)} files")


def _require_same_schema(manifest: Manifest) -> None:
    differing = sorted(set(manifest.migrations) ^ set(applied_migrations()))
    if differing or manifest.tables.keys() != tenant_tables().keys():
        difference = f"the migrations {', '.join(differing)}" if differing else "its tables"
        raise BackupError(f"The backup is of another version of the schema: {difference} differ.")

"""Everything: pg_dump's own format, put back in one transaction and compared before it commits."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from apps.backups.archive import ArchiveWriter, Manifest, new_archive, open_archive
from apps.backups.database import (
    all_or_nothing,
    applied_migrations,
    be_steady,
    dsn,
    environment,
    run,
    server_version,
    snapshot,
)
from apps.backups.digests import digests_of_everything, every_table, require_equal
from apps.backups.exceptions import BackupError
from apps.backups.programs import Command, output_of, require_program
from apps.backups.scripts import TableRows, read_script
from apps.tenants.audit import find_gaps
from apps.tenants.catalogue import Catalogue
from apps.tenants.grants import OWNER_ALIAS
from apps.tenants.models import Tenant

Say = Callable[[str], None]

_DUMP = "database.dump"
_CHUNK = 1 << 18
_SECONDS_BETWEEN_WORDS = 2.0


def back_up_everything(path: Path, say: Say) -> None:
    """Write the whole database into the file `path`."""
    with new_archive(path) as archive, snapshot() as (cursor, moment):
        tables = digests_of_everything(cursor, say)
        command: Command = [
            require_program("pg_dump", server_version()),
            f"--dbname={dsn()}",
            f"--snapshot={moment}",
            "--format=custom",
        ]
        with output_of(command, environment()) as dump:
            _store(archive, dump, say)
        archive.seal(
            Manifest(
                server=server_version(),
                migrations=applied_migrations(),
                tables=tables,
                walls=walls(),
            )
        )


def restore_everything(path: Path, say: Say, *, trusted: bool) -> None:
    """Make an empty database what the file holds, wholly or not at all, and bring it up to date."""
    with open_archive(path, trusted=trusted) as archive:
        manifest = archive.manifest
        _require_fit(path, manifest)
        program = require_program("pg_restore", server_version())
        with all_or_nothing() as cursor:
            command: Command = [program, "--no-owner", "--no-acl", "--no-comments", "--file=-"]
            if _require_empty(cursor, manifest):
                command += ["--clean", "--if-exists"]
            with archive.open(_DUMP) as dump, output_of(command, stdin=dump) as script:
                _run_script(cursor, script, say)
            be_steady(cursor)
            require_equal(digests_of_everything(cursor, say), manifest.tables)
    connections[OWNER_ALIAS].close()  # the script has set what it liked
    call_command("migrate", verbosity=0)
    for tenant in Tenant.objects.using(OWNER_ALIAS):
        tenant.canonical_url = tenant.new_url
        tenant.save(using=OWNER_ALIAS, update_fields=["canonical_url"])
    say("Rows are those of the manifest; rights are granted anew.")
    _require_walls(manifest)


def walls() -> dict[str, Any]:
    """Return what guards each table: flags, policies, references, unique keys and rights."""
    catalogue = Catalogue()
    found = {
        name: {
            "facts": facts,
            "policies": sorted(catalogue.policies.get(oid, [])),
            "references": [rule for _, _, rule, _ in catalogue.references.get(oid, [])],
            "unique": catalogue.unique.get(oid, []),
            "column_rights": catalogue.column_rights.get(oid, []),
        }
        for oid, name, *facts in catalogue.tables
    }
    as_json: dict[str, Any] = json.loads(json.dumps(found))
    return as_json


def _store(archive: ArchiveWriter, dump: IO[bytes], say: Say) -> None:
    spoke = time.monotonic()
    with archive.member(_DUMP, packed=True) as file:
        while chunk := dump.read(_CHUNK):
            file.write(chunk)
            if time.monotonic() - spoke > _SECONDS_BETWEEN_WORDS:
                spoke = time.monotonic()
                say(f"dumping: {file.size / 2**20:.0f} MiB")
    say(f"dumped: {file.size / 2**20:.1f} MiB")


def _run_script(cursor: Any, script: IO[bytes], say: Say) -> None:
    for part in read_script(script):
        if isinstance(part, TableRows):
            cursor.copy_expert(part.command, part)
            say(f"{part.table}: restored")
        else:
            cursor.execute(part)


def _require_fit(path: Path, manifest: Manifest) -> None:
    if manifest.shop is not None:
        raise BackupError(
            f"{path} is a backup of one shop: say --shop {manifest.shop['code']} to restore it."
        )
    if manifest.server // 10_000 > server_version() // 10_000:
        raise BackupError(
            f"The backup is of PostgreSQL {manifest.server // 10_000}, which is newer than"
            f" this server's {server_version() // 10_000}."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupError(f"The backup is of a newer version, with {', '.join(unknown)}.")


def _require_empty(cursor: Any, manifest: Manifest) -> bool:
    """Tell whether there are tables to drop first: without a shop, and the very same tables."""
    tables = every_table(cursor)
    if not tables:
        return False
    if (registry := tables.get(f"public.{Tenant._meta.db_table}")) is not None:
        run(cursor, "SELECT count(*) FROM {registry}", registry=registry)
        [shops] = cursor.fetchone()
        if shops:
            raise BackupError(f"The database has shops ({shops}): restore into an empty one.")
    if tables.keys() != manifest.tables.keys() or applied_migrations() != manifest.migrations:
        raise BackupError("The database has other tables already: restore into an empty one.")
    return True


def _require_walls(manifest: Manifest) -> None:
    gaps = find_gaps()
    if applied_migrations() == manifest.migrations:
        found = walls()
        wanted = manifest.walls or {}
        names = sorted(found.keys() | wanted.keys())
        gaps += [
            f"Table {name} is not guarded as it was."
            for name in names
            if found.get(name) != wanted.get(name)
        ]
    if gaps:
        raise BackupError(f"The rows are restored, but the walls have gaps: {' '.join(gaps)}")

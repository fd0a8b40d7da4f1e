"""Backups made by the commands, or forged with the known key."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from apps.backups.archive import (
    MANIFEST,
    SIGNATURE,
    Digest,
    Manifest,
    new_archive,
    parse_manifest,
    seal,
)
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.tenants.factories import make_tenant
from tests.isolation.fixtures import ROWS

Members = dict[str, bytes]


def make_shop(code: str) -> Tenant:
    """Return a shop with rows of every tenant-owned model, some with special characters."""
    shop = make_tenant(code, storefront_origins=[f"https://{code}.example"])
    with tenant_context(shop):
        for rows in ROWS.values():
            rows.make()
            odd = rows.make()
            field = odd._meta.get_field(rows.text)
            text = "\\.\tñ\n\\N'; --"[: field.max_length]
            value = text if field.max_length else rows.changed
            type(odd).objects.using("owner").filter(pk=odd.pk).update(**{rows.text: value})
    return shop


def run(*arguments: Any) -> str:
    """Run a command and return its output."""
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def refusal(*arguments: Any) -> str:
    """Return the message of the CommandError."""
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert caught.value.returncode != 0
    assert "\n" not in str(caught.value)
    return str(caught.value)


def parts(path: Path) -> tuple[Members, Manifest]:
    with ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    del members[SIGNATURE]
    return members, parse_manifest(members.pop(MANIFEST).decode())


def forge(path: Path, change: Callable[[Members, Manifest], None]) -> Path:
    """Return a file with valid checksums and signature after `change` of its members."""
    members, manifest = parts(path)
    change(members, manifest)
    for table, digest in manifest.tables.items():
        sum_now = sha256(members[f"{table}.copy"]).hexdigest()
        manifest.tables[table] = Digest(digest.rows, sum_now)
    forged = path.with_name(f"forged-{path.name}")
    with new_archive(forged) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        seal(archive, manifest)
    return forged


def as_owner(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Run a statement that bypasses the policies."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def lose_rows(shop: Tenant) -> None:
    """Delete all rows of a shop except its tenant."""
    tables = [table for (table,) in as_owner(_TABLES)]
    statements = [f"DELETE FROM {table} WHERE tenant_id = '{shop.pk}'" for table in tables]
    as_owner("; ".join(statements))


def lose_shop(shop: Tenant) -> None:
    """Delete a shop and its tenant."""
    lose_rows(shop)
    as_owner("DELETE FROM tenants WHERE id = %s", shop.pk)


_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE a.attname = 'tenant_id' AND c.relkind = 'r'
"""

"""A dump contains the rows that the policies show."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest

from apps.backups.database import owner_transaction, tenant_tables
from apps.backups.exceptions import BackupError
from apps.backups.tenant_rows import ShopRows

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


def test_dump_contains_the_rows_of_one_shop(acme, globex):
    written = {table: BytesIO() for table in tenant_tables()}
    with owner_transaction(read_only=True) as cursor:
        theirs = [ShopRows(cursor, globex.pk).count(table) for table in written]
        rows = ShopRows(cursor, acme.pk)
        ours = {table: rows.count(table) for table in written}
        for table, file in written.items():
            with suppress(BackupError):
                rows.dump(table, file)

    assert min(theirs) >= 2
    assert {table: file.getvalue().count(b"\n") - 1 for table, file in written.items()} == ours

"""What moves is what PostgreSQL's policies show, before anybody counts it."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from apps.backups.archive import ArchiveWriter
from apps.backups.database import require_bound_role, snapshot
from apps.backups.rows import ShopRows
from tests.isolation.scene import ROWS

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


def test_dump_is_of_one_shop(acme, globex):
    with ZipFile(BytesIO(), "w") as file, snapshot() as (cursor, _):
        role = require_bound_role(cursor)
        theirs = ShopRows(cursor, globex.pk, role).counts()
        rows = ShopRows(cursor, acme.pk, role)
        ours = rows.counts()
        dumped = rows.dump(ArchiveWriter(file))

    assert len(theirs) == len(ROWS)
    assert {table: count for table, count in dumped.items() if count} == ours

"""Settings of the control: the tenant is set on the connection when it changes.

This is right for dedicated connections, and wrong behind a pooler, which shares them.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from psycopg2.extensions import connection, cursor

from apps.tenants.context import get_active_tenant_id
from apps.tenants.database import TENANT_SETTING
from apps.tenants.managers import ActiveTenantId
from multitenant.settings import *  # noqa: F403 -- but for the database's cursor
from multitenant.settings import DATABASES

_announced: WeakKeyDictionary[connection, object] = WeakKeyDictionary()


class SessionCursor(cursor):
    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 -- psycopg2's name
        tenant = get_active_tenant_id()
        if _announced.get(self.connection, self) != tenant:
            super().execute(f"SET {TENANT_SETTING} = '{tenant or ''}'")
            _announced[self.connection] = tenant
        super().execute(query, vars)


DATABASES["default"]["OPTIONS"]["cursor_factory"] = SessionCursor
SILENCED_SYSTEM_CHECKS = ["tenants.E011"]  # it finds just this
ActiveTenantId.as_sql = lambda *_: (f"nullif(current_setting('{TENANT_SETTING}'), '')::uuid", ())

"""The peer with a schema for each shop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from bench import database
from bench.contestants import PASSWORD
from bench.data import peers
from bench.peer import SALT, Peer
from bench.shops import Shop

#: Migrated by django-tenants; the schemas of the shops are copies.
TEMPLATE = "template"

TABLES = f"SELECT tablename FROM pg_tables WHERE schemaname = '{TEMPLATE}'"
CLIENT = "INSERT INTO customers_client (schema_name) VALUES (%s) RETURNING id"
DOMAIN = "INSERT INTO customers_domain (domain, is_primary, tenant_id) VALUES (%s, true, %s)"


@dataclass
class DjangoTenants(Peer):
    """django-tenants."""

    folder: str = "tenants"

    def _create_tables(self) -> None:
        self.manage("migrate_schemas", "--shared")
        self.manage("shell", "-c", f"import opening; opening.open_shop('{TEMPLATE}')")

    def _fill(self) -> None:
        self._create_tables()
        values = {"shops": self.shop_count, "products": self.product_count}
        values["password"] = PBKDF2PasswordHasher().encode(PASSWORD, SALT)
        with database.connected(self.database) as cursor:
            cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
            cursor.execute(database.STAGING, values)
            cursor.execute("CREATE INDEX ON product (number); ANALYZE product; ANALYZE shop")
            cursor.execute("SELECT number, shop_code FROM shop ORDER BY number")
            for number, code in cursor.fetchall():
                self._copy(cursor, code)
                _insert(cursor, number, code)
            cursor.execute("VACUUM ANALYZE")

    def _copy(self, cursor: Any, schema: str) -> None:
        """Create the schema of a shop, as the role that owns the database."""
        cursor.execute(f'CREATE SCHEMA "{schema}" AUTHORIZATION {database.PEER_ROLE}')
        cursor.execute(TABLES)
        tables = [table for (table,) in cursor.fetchall()]
        cursor.execute(
            f"SET ROLE {database.PEER_ROLE};"
            + "".join(
                f'CREATE TABLE "{schema}".{table} (LIKE {TEMPLATE}.{table} INCLUDING ALL);'
                for table in tables
            )
            + "RESET ROLE"
        )
        cursor.execute(CLIENT, [schema])
        [client] = cursor.fetchone()
        cursor.execute(DOMAIN, [f"{schema}.localhost", client])

    @cached_property
    def shops(self) -> list[Shop]:
        with database.connected(self.database) as cursor:
            cursor.execute(
                "SELECT schema_name FROM customers_client WHERE schema_name LIKE 'shop-%'"
                " ORDER BY schema_name"
            )
            schemas = [schema for (schema,) in cursor.fetchall()]
            query = " UNION ALL ".join(
                f"SELECT id, email, '{schema}' FROM \"{schema}\".shop_user" for schema in schemas
            )
            cursor.execute(query)
            return [Shop(None, user, None, code, email, "") for user, email, code in cursor]


def _insert(cursor: Any, number: int, schema: str) -> None:
    cursor.execute(f'SET search_path = "{schema}", public')
    for statement in peers.statements(with_tenant=False):
        cursor.execute(_of_shop(statement, number))
    cursor.execute("RESET search_path")


def _of_shop(statement: str, number: int) -> str:
    """Return the statement for the staged rows of one shop only."""
    for table in ("shop", "product"):
        rows = f"(SELECT * FROM {table} WHERE number = {number}) AS {table}"
        statement = statement.replace(f" FROM {table}", f" FROM {rows}")
    return statement

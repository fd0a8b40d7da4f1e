"""Isolation in PostgreSQL as model constraints, whose dotted paths are frozen into migrations."""

from __future__ import annotations

from typing import Any

from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

from apps.tenants.database import TENANT_SETTING

#: The active tenant's id. `nullif`, because the setting is '' and not NULL after a transaction
#: that set it. OR, CASE or a function in its place would prevent the use of indexes.
ACTIVE_TENANT_SQL = f"nullif(current_setting('{TENANT_SETTING}', true), '')::uuid"


class DatabaseConstraint(BaseConstraint):
    """A constraint that only PostgreSQL enforces; model validation skips it."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        # Not part of CREATE TABLE: it runs once all tables of the migration exist.
        if sql := self.create_sql(model, schema_editor):
            schema_editor.deferred_sql.append(sql)
        return ""

    def __eq__(self, other: object) -> bool:
        if type(self) is type(other):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), self.name))


class RowLevelSecurity(DatabaseConstraint):
    """Row-level security, enabled and forced, with one policy: rows of the active tenant only."""

    def policies(self) -> dict[str, str]:
        """Return the SQL of each policy on the table, by the policy's name."""
        own = f"tenant_id = {ACTIVE_TENANT_SQL}"
        return {self.name: f"USING ({own}) WITH CHECK ({own})"}

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        drops = [f"DROP POLICY %(policy_{i})s ON %(table)s" for i in range(len(self.policies()))]
        disable = "ALTER TABLE %(table)s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
        return self._statement("; ".join([*drops, disable]), model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        enable = "ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
        creates = [
            f"CREATE POLICY %(policy_{i})s ON %(table)s {rule}"
            for i, rule in enumerate(self.policies().values())
        ]
        return self._statement("; ".join([enable, *creates]), model, schema_editor)

    def _statement(self, template: str, model: Any, schema_editor: Any) -> Statement:
        names = {
            f"policy_{i}": schema_editor.quote_name(name) for i, name in enumerate(self.policies())
        }
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return Statement(template, table=table, **names)


class TenantTableRowLevelSecurity(RowLevelSecurity):
    """The policies of the table of tenants: all rows are readable, only the active is writable."""

    def policies(self) -> dict[str, str]:
        own = f"id = {ACTIVE_TENANT_SQL}"
        return {
            f"{self.name}_lookup": "FOR SELECT USING (true)",
            f"{self.name}_open": f"FOR INSERT WITH CHECK ({own})",
            f"{self.name}_change": f"FOR UPDATE USING ({own}) WITH CHECK ({own})",
        }


class TenantReference(DatabaseConstraint):
    """A composite foreign key, `(tenant_id, x_id) REFERENCES target (tenant_id, id)`.

    PostgreSQL checks foreign keys without row-level security, so with a plain one a row could
    refer to, and be deleted with, a row of another tenant. TenantForeignKey adds it to its model.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def rule(self, model: Any) -> str:
        """Return the SQL of the foreign key."""
        field = model._meta.get_field(self.field)
        target = field.related_model._meta.db_table
        return (
            f"FOREIGN KEY (tenant_id, {field.column}) "
            f"REFERENCES {target} (tenant_id, id) DEFERRABLE INITIALLY DEFERRED"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s", model, schema_editor
        )

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        # Deferred: an operation may add it before the one that adds the key of its target.
        add = f"ALTER TABLE %(table)s ADD CONSTRAINT %(name)s {self.rule(model)}"
        schema_editor.deferred_sql.append(self._statement(add, model, schema_editor))

    def _statement(self, template: str, model: Any, schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name
        table = Table(model._meta.db_table, quote)
        return Statement(template, table=table, name=quote(self.name))

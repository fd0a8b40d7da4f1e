"""The database walls, in Django's vocabulary: makemigrations finds them, no model forgets them.

The dotted paths of these classes are frozen into migrations.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

from apps.tenants.database import TENANT_SETTING

#: What PostgreSQL compares rows with. `nullif`, because the setting is '' and not NULL once a
#: transaction that set it has ended. Anything cleverer (OR, CASE, a function) loses the index.
ACTIVE_TENANT_SQL = f"nullif(current_setting('{TENANT_SETTING}', true), '')::uuid"


class DatabaseConstraint(BaseConstraint):
    """A constraint that rows cannot be validated against: PostgreSQL alone enforces it."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        # No part of CREATE TABLE: it runs when all tables of the migration stand.
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def __eq__(self, other: object) -> bool:
        if type(self) is type(other):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), self.name))


class RowLevelSecurity(DatabaseConstraint):
    """Row-Level Security, enabled and forced, with one policy: a tenant's own rows."""

    def policies(self) -> dict[str, str]:
        """Return the policies on the table: what stands after the name, by name."""
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
    """The registry's policies: anybody's code may be looked up, only the active row is written."""

    def policies(self) -> dict[str, str]:
        own = f"id = {ACTIVE_TENANT_SQL}"
        return {
            f"{self.name}_lookup": "FOR SELECT USING (true)",
            f"{self.name}_open": f"FOR INSERT WITH CHECK ({own})",
            f"{self.name}_change": f"FOR UPDATE USING ({own}) WITH CHECK ({own})",
        }


class TenantReference(DatabaseConstraint):
    """`(tenant_id, x_id) REFERENCES target (tenant_id, id)`: a reference stays in its tenant.

    PostgreSQL checks foreign keys without Row-Level Security, so a plain one lets a row of one
    tenant point at, and be deleted with, a row of another. TenantForeignKey adds this by itself.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def rule(self, model: Any) -> str:
        """Return the foreign key, as it stands behind its name."""
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
        rule = self.rule(model)
        return self._statement(
            f"ALTER TABLE %(table)s ADD CONSTRAINT %(name)s {rule}", model, schema_editor
        )

    def _statement(self, template: str, model: Any, schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name
        table = Table(model._meta.db_table, quote)
        return Statement(template, table=table, name=quote(self.name))

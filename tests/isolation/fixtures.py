"""Two shops with rows of every tenant-owned model, with any combination of isolation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.migrations.loader import MigrationLoader

from apps.tenants.context import tenant_context
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import Tenant, TenantOwnedModel
from tests.apps.tenants.factories import make_tenant
from tests.isolation.samples import Rows, declared

ROWS: dict[str, Rows] = declared("ROWS")


def tenant_owned_models() -> list[type[TenantOwnedModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantOwnedModel)]


@dataclass(frozen=True)
class Isolation:
    """The mechanisms that isolate a test from the other shop's rows.

    Nothing is switched off. Without the ORM's, a test uses the model's plain twin, and without the
    database's the schema's owner, whose role PostgreSQL lets past its policies.
    """

    orm: bool
    database: bool

    @property
    def alias(self) -> str:
        return "default" if self.database else "owner"

    def model(self, label: str) -> Any:
        return apps.get_model(label) if self.orm else plain_twin(label)


BY_ORM = Isolation(orm=True, database=False)
BY_DATABASE = Isolation(orm=False, database=True)
NOT_ISOLATED = Isolation(orm=False, database=False)


def plain_twin(label: str) -> Any:
    """Return the model as migrations see it: the same table, Django's own manager and save()."""
    return _migrated_models().get_model(label)


@cache
def _migrated_models() -> Any:
    return MigrationLoader(connections["owner"]).project_state().apps


@dataclass
class Fixtures:
    """The active shop's rows (`ours`), the other's (`theirs`), and the way to them.

    The first of each may be referred to by other rows; nothing refers to the last. `spares` are
    references, by shop, that a new row can have where others would violate a unique constraint.
    """

    model: Any
    alias: str
    text: str
    changed: Any
    shop: Tenant
    other: Tenant
    ours: list[Any]
    theirs: list[Any]
    spares: dict[Any, dict[str, Any]]

    @property
    def rows(self) -> Any:
        return self.model.objects.using(self.alias)

    @property
    def our(self) -> Any:
        return self.ours[-1]

    @property
    def their(self) -> Any:
        return self.theirs[-1]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def primary_key(self) -> str:
        """The columns of the primary key, in SQL."""
        return f"({', '.join(field.column for field in self.model._meta.pk_fields)})"

    @property
    def key(self) -> list[str]:
        """The names of the fields that identify a row inside its shop, besides the id."""
        return unique_key(self.model)

    def values(self, row: Any) -> dict[str, Any]:
        """Return all that makes `row`, without its identity and its shop."""
        own = {"id", "tenant", *self.key}
        fields = [field for field in self.model._meta.concrete_fields if field.name not in own]
        return {field.attname: getattr(row, field.attname) for field in fields}

    def new(self, template: Any, **fields: Any) -> Any:
        """Return an unsaved row like `template`, with a new key."""
        lengths = {name: self.model._meta.get_field(name).max_length for name in self.key}
        key = {name: f"new-{getattr(template, name)}"[:length] for name, length in lengths.items()}
        values = {**self.values(template), **self.references_of(template), **key, **fields}
        return self.model(**values)

    def references_of(self, row: Any) -> dict[str, Any]:
        """Return what a row like `row` may refer to, so that it can move to the shop of `row`."""
        values = {field.attname: getattr(row, field.attname) for field in references(self.model)}
        return values | self.spares.get(row.tenant_id, {})

    def move(self, row: Any, to: Any) -> None:
        """Make `row` one of the shop that has `to`."""
        for name, value in {"tenant_id": to.tenant_id, **self.references_of(to)}.items():
            setattr(row, name, value)

    def execute(self, statement: str, *parameters: Any) -> Any:
        """Run raw SQL, {table} and its {pk} being the model's, and return the cursor."""
        cursor = connections[self.alias].cursor()
        cursor.execute(statement.format(table=self.table, pk=self.primary_key), parameters)
        return cursor


def make_fixtures(label: str, isolation: Isolation, *, with_referrers: bool = True) -> Fixtures:
    shop, other = make_tenant("acme"), make_tenant("globex")
    model, rows, spares = isolation.model(label), {}, {}
    for tenant in (shop, other):
        with tenant_context(tenant):
            last = _make_rows(label, with_referrers=with_referrers)
            spares[tenant.pk] = _spare_references(label)
            # The plain model has no manager that finds one shop's rows.
            found = list(model.objects.using("owner").filter(tenant_id=tenant.pk).order_by("pk"))
        rows[tenant.code] = sorted(found, key=lambda row: row.pk == last)
    for row in rows["acme"] + rows["globex"]:
        row._state.db = isolation.alias
    return Fixtures(
        model=model,
        alias=isolation.alias,
        text=ROWS[label].text,
        changed=ROWS[label].changed,
        shop=shop,
        other=other,
        ours=rows["acme"],
        theirs=rows["globex"],
        spares=spares,
    )


def _make_rows(label: str, *, with_referrers: bool) -> Any:
    """Make two rows of a model, and others that refer to the first; return the id of the last."""
    ROWS[label].make()
    for relation in referrers(apps.get_model(label)) if with_referrers else ():
        ROWS[relation.related_model._meta.label].make()
    return ROWS[label].make().pk


def _spare_references(label: str) -> dict[str, Any]:
    """Return the references of a row that was made and is gone, if they have to be unique."""
    model = apps.get_model(label)
    if not any(has_relations_only(constraint, model) for constraint in model._meta.constraints):
        return {}
    row = ROWS[label].make()
    values = {field.attname: getattr(row, field.attname) for field in references(model)}
    model.objects.using("owner").filter(pk=row.pk).delete()
    return values


def has_relations_only(constraint: Any, model: Any) -> bool:
    return isinstance(constraint, models.UniqueConstraint) and all(
        model._meta.get_field(name).is_relation for name in constraint.fields
    )


def unique_key(model: Any) -> list[str]:
    """Return the names of the values that identify a row inside its shop, besides the id."""
    keys = [
        constraint.fields
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and "id" not in constraint.fields
    ]
    if model._meta.is_composite_pk:
        keys.append([field.name for field in model._meta.pk_fields])
    return [
        name for names in keys for name in names[1:] if not model._meta.get_field(name).is_relation
    ]


def has_id(model: Any) -> bool:
    return not model._meta.is_composite_pk


def has_text(model: Any) -> bool:
    """Return True if a column that may be changed is not part of the primary key."""
    text = ROWS[model._meta.label].text
    return text not in {field.name for field in model._meta.pk_fields}


def references(model: Any) -> list[Any]:
    """Return the fields that refer to rows of the same shop."""
    return [field for field in model._meta.fields if isinstance(field, TenantForeignKey)]


def referrers(model: Any) -> list[Any]:
    """Return the relations by which rows of the same shop refer to this model."""
    return [relation for relation in model._meta.related_objects if not relation.hidden]


def fingerprint(tenant: Tenant) -> dict[str, tuple[int, str]]:
    """Return the number and a digest of the rows that a shop has, by table, past all isolation."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(_digest_of_all_tables(), {"tenant": tenant.pk})
        return {table: (count, digest) for table, count, digest in cursor.fetchall()}


@cache
def _digest_of_all_tables() -> str:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') ORDER BY 1"
        )
        columns = {table: "tenant_id" for (table,) in cursor.fetchall()} | {"tenants": "id"}
    return " UNION ALL ".join(
        f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
        f" WHERE {column} = %(tenant)s"
        for table, column in columns.items()
    )

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.checks import CheckMessage, Error
from django.db import models

from apps.tenants.constraints import RowLevelSecurity, TenantReference
from apps.tenants.fields import LONGEST_NAME, TenantForeignKey
from apps.tenants.managers import ActiveTenantId, TenantManager
from apps.tenants.models import Tenant, TenantOwnedModel

Model = type[models.Model]


def check_models(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Check every model of `app_configs`, or of the project."""
    configs = apps.get_app_configs() if app_configs is None else app_configs
    found: list[CheckMessage] = []
    for model in (model for config in configs for model in config.get_models()):
        if issubclass(model, TenantOwnedModel):
            # A proxy has no table, but may have managers.
            rules = [_managers_are_scoped] if model._meta.proxy else OWNED_MODEL_RULES
            for rule in rules:
                found.extend(rule(model))
        else:
            found.extend(_model_is_owned_or_shared(model))
    return found


def _model_is_owned_or_shared(model: Model) -> Iterator[Error]:
    if model is Tenant or model._meta.proxy or model._meta.label in settings.SHARED_MODELS:
        return
    yield Error(
        f"{model.__name__} is neither tenant-owned nor declared as shared by all tenants.",
        hint="Derive it from TenantOwnedModel, or name it in SHARED_MODELS.",
        obj=model,
        id="tenants.E001",
    )


def _has_row_level_security(model: Model) -> Iterator[Error]:
    if not any(isinstance(c, RowLevelSecurity) for c in model._meta.constraints):
        yield Error(
            f"{model.__name__} is tenant-owned but has no RowLevelSecurity constraint.",
            hint="Write `constraints = [*TenantOwnedModel.Meta.constraints, ...]` in its Meta.",
            obj=model,
            id="tenants.E002",
        )


def _foreign_keys_stay_in_the_tenant(model: Model) -> Iterator[Error]:
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey) or isinstance(field, TenantForeignKey):
            continue
        if isinstance(field.related_model, type) and issubclass(
            field.related_model, TenantOwnedModel
        ):
            yield Error(
                f"{model.__name__}.{field.name} can refer to a row of another tenant.",
                hint="Make it a TenantForeignKey.",
                obj=field,
                id="tenants.E003",
            )


def _unique_keys_start_with_the_tenant(model: Model) -> Iterator[Error]:
    for name, first in _unique_keys(model):
        if first != "tenant":
            yield Error(
                f"{model.__name__}: the unique key {name} does not start with the tenant.",
                hint='It reveals one tenant\'s values to another. Put "tenant" first.',
                obj=model,
                id="tenants.E004",
            )


def _unique_keys(model: Model) -> Iterator[tuple[str, str]]:
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key:
            yield field.name, field.name
    for fields in model._meta.unique_together:
        yield "_".join(fields), fields[0]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            first: Any = (constraint.fields or constraint.expressions)[0]
            yield constraint.name, getattr(first, "name", first)
        elif isinstance(constraint, ExclusionConstraint):
            first = constraint.expressions[0][0]
            yield constraint.name, getattr(first, "name", first)


def _no_many_to_many_without_tenant(model: Model) -> Iterator[Error]:
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        if isinstance(through, type) and not issubclass(through, TenantOwnedModel):
            yield Error(
                f"{model.__name__}.{field.name} stores its rows in a table without a tenant.",
                hint="Give it a `through` model that is a TenantOwnedModel.",
                obj=field,
                id="tenants.E005",
            )


def _managers_are_scoped(model: Model) -> Iterator[Error]:
    managers = {manager.name: manager for manager in model._meta.managers}
    managers["_base_manager"] = model._base_manager
    managers["_default_manager"] = model._default_manager
    for name, manager in managers.items():
        if not (isinstance(manager, TenantManager) and _is_scoped(manager)):
            yield Error(
                f"{model.__name__}.{name} returns the rows of every tenant.",
                hint="Derive it from TenantManager and call super().get_queryset().",
                obj=model,
                id="tenants.E006",
            )


def _is_scoped(manager: TenantManager) -> bool:
    query = manager.get_queryset().query
    return (
        query.combinator is None
        and query.where.connector == "AND"
        and any(isinstance(getattr(c, "rhs", None), ActiveTenantId) for c in query.where.children)
    )


def _can_be_referred_to(model: Model) -> Iterator[Error]:
    if _has_composite_key(model):
        return  # a TenantForeignKey to it is tenants.E009
    keys = (c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint))
    if ("tenant", "id") not in keys:
        yield Error(
            f"{model.__name__} has no UNIQUE (tenant, id), which references to it need.",
            hint="Write `constraints = [*TenantOwnedModel.Meta.constraints, ...]` in its Meta.",
            obj=model,
            id="tenants.E007",
        )


def _references_are_composite(model: Model) -> Iterator[Error]:
    composite = {c.field for c in model._meta.constraints if isinstance(c, TenantReference)}
    for field in model._meta.local_fields:
        if not isinstance(field, TenantForeignKey):
            continue
        target = field.related_model
        if not (isinstance(target, type) and issubclass(target, TenantOwnedModel)):
            yield Error(
                f"{model.__name__}.{field.name} refers to a model that is not tenant-owned.",
                hint="Make it a ForeignKey.",
                obj=field,
                id="tenants.E008",
            )
        elif field.name not in composite or field.target_field.name != "id":
            yield Error(
                f"{model.__name__}.{field.name} has no composite foreign key to (tenant, id).",
                hint="Keep the constraint that TenantForeignKey adds, and do not set `to_field`.",
                obj=field,
                id="tenants.E009",
            )


def _is_one_table(model: Model) -> Iterator[Error]:
    if model._meta.parents and not model._meta.proxy:
        yield Error(
            f"{model.__name__} uses multi-table inheritance: the parent's row has no tenant.",
            hint="Inherit from an abstract model.",
            obj=model,
            id="tenants.E010",
        )


def _no_generic_references(model: Model) -> Iterator[Error]:
    for field in model._meta.private_fields:
        if field.is_relation and field.related_model is None:
            yield Error(
                f"{model.__name__}.{field.name} can refer to any row of any tenant.",
                hint="Use one TenantForeignKey for each model that it may refer to.",
                obj=model,
                id="tenants.E013",
            )


def _key_is_the_id(model: Model) -> Iterator[Error]:
    if model._meta.pk.name != "id" and not model._meta.parents and not _has_composite_key(model):
        yield Error(
            f"{model.__name__} has a primary key that is neither `id` nor starts with the tenant.",
            hint="Keep TenantOwnedModel's `id`, or use CompositePrimaryKey with the tenant first.",
            obj=model,
            id="tenants.E014",
        )


def _has_composite_key(model: Model) -> bool:
    """Return True for a composite primary key that starts with the tenant."""
    key = model._meta.pk
    first = key.field_names[0] if isinstance(key, models.CompositePrimaryKey) else ""
    return first in {"tenant", "tenant_id"}


def _tenant_exists(model: Model) -> Iterator[Error]:
    fields = [f for f in model._meta.local_fields if isinstance(f, TenantForeignKey) and not f.null]
    if any(_refers_to_tenants(each) for each in [model, *(f.related_model for f in fields)]):
        return
    yield Error(
        f"{model.__name__}.tenant has no foreign key in the database, and no reference implies it.",
        hint="Remove `db_constraint=False`, or add a required TenantForeignKey.",
        obj=model,
        id="tenants.E018",
    )


def _refers_to_tenants(model: Any) -> bool:
    is_owned = isinstance(model, type) and issubclass(model, TenantOwnedModel)
    return is_owned and model._meta.get_field("tenant").db_constraint


def _names_fit(model: Model) -> Iterator[Error]:
    for constraint in model._meta.constraints:
        if len(constraint.name.encode()) > LONGEST_NAME:
            yield Error(
                f"{model.__name__}: the name {constraint.name} is too long for PostgreSQL.",
                hint=f"Shorten the model's name: PostgreSQL truncates at {LONGEST_NAME} bytes.",
                obj=model,
                id="tenants.E015",
            )


OWNED_MODEL_RULES: list[Callable[[Model], Iterator[Error]]] = [
    _has_row_level_security,
    _foreign_keys_stay_in_the_tenant,
    _unique_keys_start_with_the_tenant,
    _no_many_to_many_without_tenant,
    _managers_are_scoped,
    _can_be_referred_to,
    _references_are_composite,
    _is_one_table,
    _no_generic_references,
    _key_is_the_id,
    _tenant_exists,
    _names_fit,
]

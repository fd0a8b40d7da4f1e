"""Mutants of managers, models, the cursor and the active tenant."""

from __future__ import annotations

import re
from types import SimpleNamespace

from django.apps import apps
from django.core.cache.backends.base import default_key_func
from django.db import models
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, cursor

from apps.tenants import batches, context, database, managers
from apps.tenants import models as tenant_models
from apps.tenants.cache_keys import tenant_key
from apps.tenants.compiled import CompiledQuery
from apps.tenants.context import get_active_tenant_id, require_active_tenant
from apps.tenants.database import TenantCursor
from apps.tenants.managers import (
    ActiveTenantId,
    ActiveTenantParameter,
    TenantManager,
    TenantQuerySet,
)
from apps.tenants.models import TenantOwnedModel
from tests.proof.mutants.mutant import instead_of, mutant, replace

ALONE = "tests/isolation/test_mechanisms.py::test_orm_isolates_alone"
OF_MANAGERS = "tests/apps/tenants/test_managers.py"
OF_COMPILED = "tests/apps/tenants/test_compiled.py"
OF_CURSOR = "tests/apps/tenants/test_database.py"
OF_CONTEXT = "tests/apps/tenants/test_context.py"


@mutant(ALONE)
def manager_without_filter(patch):
    """Managers return the rows of all tenants."""
    replace(patch, TenantManager.get_queryset, models.Manager.get_queryset)


@mutant(OF_MANAGERS)
@instead_of(ActiveTenantId.as_sql)
def manager_bound_once(original, self, *args):
    """A queryset keeps the tenant that was active when it was first run."""
    if not hasattr(self, "first"):
        self.first = "%s", (require_active_tenant().pk,)
    return self.first


@mutant(f"{OF_MANAGERS}::test_query_outside_any_tenant_is_refused")
@instead_of(ActiveTenantId.as_sql)
def manager_open_outside(original, self, *args):
    """Without an active tenant, a query returns all rows."""
    return original(self, *args) if get_active_tenant_id() else ("tenant_id", ())


@mutant(f"{OF_COMPILED}::test_query_compiled_in_one_tenant_returns_the_rows_of_the_active_one")
@instead_of(ActiveTenantParameter.getquoted)
def statement_bound_once(original, self):
    """A compiled statement keeps the tenant that was active when it was first run."""
    if not hasattr(self, "first"):
        self.first = original(self)
    return self.first


@mutant(f"{OF_COMPILED}::test_statement_itself_names_the_tenant")
@instead_of(ActiveTenantParameter.getquoted)
def statement_without_filter(original, self):
    """Statements are filtered by the policies of PostgreSQL alone."""
    return b"tenant_id"


@mutant(f"{OF_COMPILED}::test_query_is_compiled_once_and_run_with_other_values")
@instead_of(CompiledQuery.rows)
def values_bound_once(original, self, **values):
    """Everyone who has a token is the user of the first one."""
    self.first = getattr(self, "first", values)
    return original(self, **self.first)


@mutant(f"{ALONE} -k refresh_from_db")
def base_manager_plain(patch):
    """Related access and `refresh_from_db()` bypass the filter."""
    for model in apps.get_models():
        if issubclass(model, TenantOwnedModel):
            plain = models.Manager()
            plain.model, plain.name = model, model._base_manager.name
            patch.setattr(model._meta, "base_manager", plain)


def assign_if_unset(row):
    row.tenant_id = row.tenant_id or get_active_tenant_id()


@mutant(f"{ALONE} -k save")
def save_for_another_tenant(patch):
    """`save()` writes another tenant's row."""
    patch.setattr(tenant_models, "assign_active_tenant", assign_if_unset)


@mutant("tests/apps/tenants/test_batches.py::test_row_of_another_tenant_is_refused")
def batch_for_another_tenant(patch):
    """A batch inserts rows of another tenant."""
    patch.setattr(batches, "assign_active_tenant", lambda row: None)


@mutant(f"{ALONE} -k bulk_create")
def bulk_create_for_another_tenant(patch):
    """`bulk_create()` creates rows of another tenant."""
    patch.setattr(managers, "assign_active_tenant", assign_if_unset)


@mutant(f"{ALONE} -k update")
def update_moves_rows(patch):
    """`update()` moves rows to another tenant."""
    replace(patch, TenantQuerySet.update, models.QuerySet.update)


@mutant(f"{ALONE} -k delete_instance")
def delete_of_another_tenant(patch):
    """`delete()` takes an instance of any tenant."""
    replace(patch, TenantOwnedModel.delete, models.Model.delete)


@mutant(f"{OF_CURSOR}::test_announcement_and_statement_are_one_message")
@instead_of(TenantCursor._takes_announcement)
def cursor_without_tenant(_, self, statement):
    """Statements do not carry the tenant."""
    return False


@mutant(OF_CURSOR)
@instead_of(database.announcement)
def cursor_sets_for_session(original):
    """The tenant stays on the connection for its next user."""
    return original().replace("SET LOCAL", "SET")


@mutant(f"{OF_CURSOR}::test_tenants_alternate_inside_one_transaction")
@instead_of(TenantCursor._takes_announcement)
def cursor_silent_in_transactions(_, self, statement):
    """The first tenant of a transaction stays until its end."""
    return self.connection.info.transaction_status == TRANSACTION_STATUS_IDLE


@mutant(OF_CURSOR)
def cursor_silent_after_savepoint(patch):
    """A statement after a savepoint command does not carry the tenant."""
    command = re.compile(f"(?:{database._SAVEPOINT_COMMAND.pattern}).*", re.DOTALL)
    patch.setattr(database, "_SAVEPOINT_COMMAND", command)


@mutant(f"{OF_CURSOR}::test_executemany_announces_every_statement")
@instead_of(TenantCursor.executemany)
def executemany_without_tenant(_, self, query, vars_list):
    """`executemany()` carries the tenant with its first statement only."""
    for number, parameters in enumerate(vars_list):
        (super(TenantCursor, self) if number else self).execute(query, parameters)


@mutant(f"{OF_CURSOR}::test_method_that_bypasses_the_announcement_is_refused")
def callproc_without_tenant(patch):
    """`callproc()` bypasses the announcement of the tenant."""
    replace(patch, TenantCursor.callproc, cursor.callproc)


@mutant(OF_CURSOR)
def server_side_cursors(patch):
    """Server-side cursors bypass the announcement of the tenant."""
    replace(patch, TenantCursor.__init__, cursor.__init__)


def change_variable(patch, **methods):
    variable = context._active_tenant
    given = {"get": variable.get, "set": variable.set, "reset": variable.reset}
    patch.setattr(context, "_active_tenant", SimpleNamespace(**given | methods))


@mutant(OF_CONTEXT)
def context_not_left(patch):
    """A tenant stays active after its block."""
    change_variable(patch, reset=lambda token: None)


@mutant(f"{OF_CONTEXT}::test_nested_context_restores_the_previous_tenant")
def context_not_restored(patch):
    """No tenant is active after a nested block."""
    activate = context._active_tenant.set
    change_variable(patch, reset=lambda token: activate(None))


@mutant(OF_CONTEXT)
def context_of_all_threads(patch):
    """Threads share one active tenant."""
    active = [None]
    change_variable(
        patch, get=lambda: active[-1], set=active.append, reset=lambda token: active.pop()
    )


@mutant("tests/apps/tenants/test_cache_keys.py")
def cache_of_all_tenants(patch):
    """Tenants share one cache."""
    replace(patch, tenant_key, default_key_func)

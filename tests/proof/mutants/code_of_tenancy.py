"""The core with a wall down: managers, models, cursor, context, checks and audit."""

from __future__ import annotations

from tests.proof.mutants.mutant import Mutants

ALONE = "tests/isolation/test_walls.py::test_orm_wall_holds_alone"
OF_MANAGERS = "tests/apps/tenants/test_managers.py"
OF_CURSOR = "tests/apps/tenants/test_database.py"
OF_CONTEXT = "tests/apps/tenants/test_context.py"
OF_AUDIT = "tests/apps/tenants/test_audit.py"
OF_CHECKS = "tests/apps/tenants/test_checks.py"
MANAGERS = "apps/tenants/managers.py"
MODELS = "apps/tenants/models.py"
CURSOR = "apps/tenants/database.py"
CONTEXT = "apps/tenants/context.py"

TENANCY = Mutants()

TENANCY.code(
    "manager_without_filter",
    "managers show the rows of all shops",
    MANAGERS,
    "return super().get_queryset().filter(tenant=ActiveTenantId())",
    "return super().get_queryset()",
    ALONE,
)
TENANCY.code(
    "manager_bound_at_import",
    "a queryset keeps the shop that it was built in",
    MANAGERS,
    'return "%s", (require_active_tenant().pk,)',
    'self.first = getattr(self, "first", None) or require_active_tenant().pk\n'
    '        return "%s", (self.first,)',
    OF_MANAGERS,
)
TENANCY.code(
    "manager_open_outside",
    "with no shop active, a query shows all rows",
    MANAGERS,
    'return "%s", (require_active_tenant().pk,)',
    "from apps.tenants.context import get_active_tenant_id\n"
    "        active = get_active_tenant_id()\n"
    '        return ("%s", (active,)) if active else ("tenant_id", ())',
    f"{OF_MANAGERS}::test_query_outside_any_tenant_is_refused",
)
TENANCY.code(
    "base_manager_plain",
    "related access and refresh_from_db() pass the filter",
    MODELS,
    '        base_manager_name = "objects"\n',
    "",
    f"{ALONE} -k refresh_from_db",
)
TENANCY.code(
    "save_for_another_shop",
    "save() writes another shop's row",
    MODELS,
    "        claim(self)\n",
    "        self.tenant_id = self.tenant_id or get_active_tenant_id()\n",
    f"{ALONE} -k save",
)
TENANCY.code(
    "bulk_create_for_another_shop",
    "bulk_create() makes rows for another shop",
    MANAGERS,
    "            claim(obj)\n",
    "            obj.tenant_id = obj.tenant_id or require_active_tenant().pk\n",
    f"{ALONE} -k bulk_create",
)
TENANCY.code(
    "update_moves_rows",
    "update() gives rows to another shop",
    MANAGERS,
    'if kwargs.keys() & {"tenant", "tenant_id"}:',
    "if False:",
    f"{ALONE} -k update",
)
TENANCY.code(
    "delete_of_another_shop",
    "delete() takes an instance of any shop",
    MODELS,
    "if self.tenant_id != require_active_tenant().pk:",
    "if False:",
    f"{ALONE} -k delete_instance",
)
TENANCY.code(
    "cursor_without_tenant",
    "statements do not say whose they are",
    CURSOR,
    "if self._takes_announcement(statement):",
    "if False:",
    f"{OF_CURSOR}::test_announcement_and_statement_are_one_message",
)
TENANCY.code(
    "cursor_sets_for_good",
    "the shop stays on the connection for whoever comes next",
    CURSOR,
    'f"SET LOCAL {TENANT_SETTING}',
    'f"SET {TENANT_SETTING}',
    OF_CURSOR,
)
TENANCY.code(
    "cursor_quiet_in_transactions",
    "inside a transaction the first shop stays",
    CURSOR,
    "return _SAVEPOINT_COMMAND.fullmatch(statement) is None",
    "return self.connection.info.transaction_status == 0",
    f"{OF_CURSOR}::test_tenants_take_turns_inside_one_transaction",
)
TENANCY.code(
    "cursor_quiet_behind_savepoint",
    "a statement behind a savepoint's command is not announced",
    CURSOR,
    "_SAVEPOINT_COMMAND.fullmatch(statement)",
    "_SAVEPOINT_COMMAND.match(statement)",
    OF_CURSOR,
)
TENANCY.code(
    "executemany_without_tenant",
    "executemany() says whose its first statement is, and no more",
    CURSOR,
    "        for parameters in vars_list:\n            self.execute(query, parameters)",
    "        for number, parameters in enumerate(vars_list):\n"
    "            (super().execute if number else self.execute)(query, parameters)",
    f"{OF_CURSOR}::test_executemany_announces_every_statement",
)
TENANCY.code(
    "callproc_without_tenant",
    "callproc() passes the announcement",
    CURSOR,
    '        _refuse("callproc()")',
    "        super().callproc(*args, **kwargs)",
    f"{OF_CURSOR}::test_way_round_the_announcement_is_refused",
)
TENANCY.code(
    "server_side_cursors",
    "cursors of the server pass the announcement",
    CURSOR,
    "        if self.name is not None:",
    "        if False:",
    OF_CURSOR,
)
TENANCY.code(
    "context_not_left",
    "a shop stays active after its block",
    CONTEXT,
    "_active_tenant.reset(token)",
    "pass",
    OF_CONTEXT,
)
TENANCY.code(
    "context_not_restored",
    "after a nested block no shop is active",
    CONTEXT,
    "_active_tenant.reset(token)",
    "_active_tenant.set(None)",
    f"{OF_CONTEXT}::test_nesting_restores_what_was_before",
)
TENANCY.code(
    "context_of_all_threads",
    "threads share one active shop",
    CONTEXT,
    '_active_tenant: ContextVar[Tenant | None] = ContextVar("active_tenant", default=None)',
    "class _Shared:\n"
    "    value = None\n\n"
    "    def get(self):\n"
    "        return self.value\n\n"
    "    def set(self, value):\n"
    "        before, self.value = self.value, value\n"
    "        return before\n\n"
    "    reset = set\n\n\n"
    "_active_tenant = _Shared()",
    OF_CONTEXT,
)
TENANCY.code(
    "cache_of_all_shops",
    "what one shop caches, every shop gets",
    "apps/tenants/caches.py",
    "{get_active_tenant_id() or 'platform'}:",
    "",
    "tests/apps/tenants/test_caches.py",
)
TENANCY.code(
    "migration_forces_nothing",
    "new tables do not force their policies",
    "apps/tenants/constraints.py",
    "ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    "ENABLE ROW LEVEL SECURITY",
    "tests/apps/tenants/test_constraints.py::test_new_table_has_all_walls",
)
TENANCY.code(
    "rights_never_taken_back",
    "a right that was granted by hand stays",
    "apps/tenants/grants.py",
    '        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",\n',
    "",
    f"{OF_AUDIT}::test_migrate_repairs_the_rights",
)
TENANCY.code(
    "audit_blind_to_tables",
    "gaps in tables are not reported",
    "apps/tenants/audit.py",
    "return audit_role() + [gap for report in audit_tables() for gap in report.gaps]",
    "return audit_role()",
    f"{OF_AUDIT}::test_gap_is_found",
)
TENANCY.code(
    "audit_blind_to_role",
    "powers of the role are not reported",
    "apps/tenants/audit.py",
    "return audit_role() + [gap for report in audit_tables() for gap in report.gaps]",
    "return [gap for report in audit_tables() for gap in report.gaps]",
    OF_AUDIT,
)
TENANCY.code(
    "audit_requires_nothing",
    "the server starts whatever the audit finds",
    "apps/tenants/audit.py",
    "    if gaps:\n",
    "    if False:\n",
    OF_AUDIT,
)
TENANCY.code(
    "ready_with_gaps",
    "/readyz is green whatever the audit finds",
    "apps/server/views.py",
    "if gaps := find_gaps():",
    "if gaps := []:",
    f"{OF_AUDIT}::test_readiness_follows_the_walls",
)
TENANCY.code(
    "check_left_out",
    "a model without a policy is no mistake",
    "apps/tenants/checks.py",
    "    _has_row_level_security,\n",
    "",
    OF_CHECKS,
)
TENANCY.code(
    "checks_silenced",
    "the checks of the core find mistakes and say nothing",
    "multitenant/settings.py",
    "SILENCED_SYSTEM_CHECKS = [",
    'SILENCED_SYSTEM_CHECKS = [\n    "tenants.E002",\n    "tenants.E006",',
    OF_CHECKS,
)

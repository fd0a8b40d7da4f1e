"""Mutants of the test database."""

from __future__ import annotations

from tests.proof.mutants.mutant import sql_mutant

OWN = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
ALONE = "tests/isolation/test_mechanisms.py::test_database_isolates_alone"
OUTSIDE = "tests/isolation/test_mechanisms.py::test_database_shows_nothing_without_a_tenant"
CATALOGUE = "tests/isolation/test_schema.py::test_violation_is_absent"
AUDIT_OF_TABLES = (
    "tests/apps/tenants/test_isolation.py::test_every_report_has_a_kind_and_no_violation"
)
AUDIT_OF_ROLE = "tests/apps/tenants/test_isolation.py::test_application_role_has_no_violation"
OF_TENANTS = "tests/apps/tenants/test_models.py"
REFERENCES = "tests/isolation/test_references.py"

sql_mutant(
    "policy_dropped",
    "The policy of users is dropped.",
    "DROP POLICY users_user_own_rows ON users",
    CATALOGUE,
)
sql_mutant(
    "policy_true",
    "The policy of users admits every row.",
    "ALTER POLICY users_user_own_rows ON users USING (true) WITH CHECK (true)",
    ALONE,
)
sql_mutant(
    "policy_reads_true",
    "The policy of products restricts writing only.",
    "ALTER POLICY products_product_own_rows ON products USING (true)",
    f"{ALONE} -k Product",
)
sql_mutant(
    "policy_writes_true",
    "The policy of products restricts reading only.",
    "ALTER POLICY products_product_own_rows ON products WITH CHECK (true)",
    f"{ALONE} -k Product",
)
sql_mutant(
    "policy_with_or",
    "Published products are visible to every tenant.",
    f"ALTER POLICY products_product_own_rows ON products USING ({OWN} OR status = 'active')",
    f"{ALONE} -k Product",
)
sql_mutant(
    "policy_open_outside",
    "Without an active tenant, all users are visible.",
    f"ALTER POLICY users_user_own_rows ON users USING ({OWN}"
    " OR nullif(current_setting('app.tenant_id', true), '') IS NULL)",
    OUTSIDE,
)
sql_mutant(
    "policy_permissive_beside",
    "A second policy admits what the first one refuses.",
    "CREATE POLICY beside ON sessions USING (true)",
    f"{ALONE} -k LoginSession",
)
sql_mutant(
    "security_not_forced",
    "The policy of products does not bind their owner.",
    "ALTER TABLE products NO FORCE ROW LEVEL SECURITY",
    AUDIT_OF_TABLES,
)
sql_mutant(
    "security_disabled",
    "Row-level security of the audit log is disabled.",
    "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
    f"{ALONE} -k AuditEvent",
)
sql_mutant(
    "plain_foreign_key",
    "A product may refer to a user of any tenant.",
    "ALTER TABLE products DROP CONSTRAINT products_product_added_by_in_tenant,"
    " ADD FOREIGN KEY (added_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED",
    f"{REFERENCES}::test_reference_to_another_shop_is_refused_by_the_composite_key",
)
sql_mutant(
    "unique_without_tenant",
    "A product code of one tenant is taken in all.",
    "CREATE UNIQUE INDEX products_code ON products (code)",
    CATALOGUE,
)
sql_mutant(
    "privilege_to_truncate",
    "The application may TRUNCATE tables, which no policy restricts.",
    "GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO galleria_app",
    f"{ALONE} -k raw_truncate",
)
sql_mutant(
    "role_bypasses_policies",
    "The application's role has BYPASSRLS.",
    "ALTER ROLE galleria_app BYPASSRLS",
    "tests/isolation/test_mechanisms.py::test_app_role_is_neither_owner_nor_superuser",
)
sql_mutant(
    "role_member_of_another",
    "The application's role may become one that no policy binds.",
    "CREATE ROLE almighty BYPASSRLS; GRANT almighty TO galleria_app",
    "tests/isolation/test_schema.py::test_role_of_the_application_has_no_power",
)
sql_mutant(
    "view_of_its_owner",
    "A view shows all users with its owner's privileges.",
    "CREATE VIEW all_users AS SELECT * FROM users; GRANT SELECT ON all_users TO galleria_app",
    AUDIT_OF_ROLE,
)
sql_mutant(
    "function_of_its_owner",
    "A function returns all users with its owner's privileges.",
    "CREATE FUNCTION all_users() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER"
    " SET search_path = public AS 'SELECT * FROM users';"
    "GRANT EXECUTE ON FUNCTION all_users TO galleria_app",
    AUDIT_OF_ROLE,
)
sql_mutant(
    "audit_log_changeable",
    "The application may change and delete audit events.",
    "GRANT UPDATE, DELETE ON audit_events TO galleria_app",
    "tests/apps/audit/test_append_only.py::test_statement_is_refused",
)
sql_mutant(
    "tenants_deletable",
    "The application may delete tenants.",
    "GRANT DELETE ON tenants TO galleria_app;"
    "CREATE POLICY tenants_delete ON tenants FOR DELETE USING (true)",
    f"{OF_TENANTS}::test_tenant_cannot_be_deleted",
)
sql_mutant(
    "tenants_changed_by_others",
    "Any tenant may rename any other.",
    "ALTER POLICY tenants_access_change ON tenants USING (true) WITH CHECK (true)",
    f"{OF_TENANTS}::test_tenant_can_only_change_its_own_name",
)
sql_mutant(
    "tenants_inserted_by_others",
    "A tenant may be inserted without being active.",
    "ALTER POLICY tenants_access_open ON tenants WITH CHECK (true)",
    f"{OF_TENANTS}::test_tenant_is_not_inserted_outside_its_context",
)
sql_mutant(
    "tenant_status_changeable",
    "A suspended tenant may reopen itself.",
    "GRANT UPDATE (status) ON tenants TO galleria_app",
    f"{OF_TENANTS}::test_operator_column_cannot_be_updated_by_the_application",
)
sql_mutant(
    "tenants_without_notice",
    "No process is notified that a tenant was suspended.",
    "DROP TRIGGER tenants_notice ON tenants",
    AUDIT_OF_ROLE,
)
sql_mutant(
    "versions_without_notice",
    "No process is notified that a catalogue was changed.",
    "DROP TRIGGER catalogue_versions_notice ON catalogue_versions",
    AUDIT_OF_ROLE,
)
sql_mutant(
    "grant_to_public",
    "Every role of the server reads the users.",
    "GRANT SELECT ON users TO PUBLIC",
    AUDIT_OF_TABLES,
)
sql_mutant(
    "tenant_may_be_null",
    "A product may have no tenant.",
    "ALTER TABLE products ALTER tenant_id DROP NOT NULL",
    AUDIT_OF_TABLES,
)
sql_mutant(
    "found_shops_of_any_status",
    "The mail that lists the shops of an address names suspended ones.",
    "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('shops_of_address'::regproc),"
    " $q$ WHERE status = 'open'$q$, ''); END $$",
    "tests/apps/users/test_find_shops.py",
)

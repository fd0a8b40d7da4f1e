"""PostgreSQL with a wall down."""

from __future__ import annotations

from tests.proof.mutants.mutant import Mutants

OWN = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
ALONE = "tests/isolation/test_walls.py::test_database_walls_hold_alone"
OUTSIDE = "tests/isolation/test_walls.py::test_database_shows_nothing_outside_any_shop"
CATALOGUE = "tests/isolation/test_catalogue.py::test_gap_is_nowhere"
AUDIT_OF_TABLES = "tests/apps/tenants/test_audit.py::test_every_report_has_a_kind_and_no_gap"
AUDIT_OF_ROLE = "tests/apps/tenants/test_audit.py::test_application_role_has_no_gap"
REGISTRY = "tests/apps/tenants/test_models.py"
REFERENCES = "tests/isolation/test_references.py"

DATABASE = Mutants()

DATABASE.sql(
    "policy_dropped",
    "the users' policy is gone",
    "DROP POLICY users_user_own_rows ON users",
    CATALOGUE,
)
DATABASE.sql(
    "policy_true",
    "the users' policy lets everything through",
    "ALTER POLICY users_user_own_rows ON users USING (true) WITH CHECK (true)",
    ALONE,
)
DATABASE.sql(
    "policy_reads_true",
    "the products' policy guards writing only",
    "ALTER POLICY products_product_own_rows ON products USING (true)",
    f"{ALONE} -k Product",
)
DATABASE.sql(
    "policy_writes_true",
    "the products' policy guards reading only",
    "ALTER POLICY products_product_own_rows ON products WITH CHECK (true)",
    f"{ALONE} -k Product",
)
DATABASE.sql(
    "policy_with_or",
    "what is published is everybody's, in any shop",
    f"ALTER POLICY products_product_own_rows ON products USING ({OWN} OR published)",
    f"{ALONE} -k Product",
)
DATABASE.sql(
    "policy_open_outside",
    "with no shop active, all users are shown",
    f"ALTER POLICY users_user_own_rows ON users USING ({OWN}"
    " OR nullif(current_setting('app.tenant_id', true), '') IS NULL)",
    OUTSIDE,
)
DATABASE.sql(
    "policy_beside",
    "a second policy lets what the first one refuses",
    "CREATE POLICY beside ON sessions USING (true)",
    f"{ALONE} -k Session",
)
DATABASE.sql(
    "security_not_forced",
    "the products' policy does not hold for their owner",
    "ALTER TABLE products NO FORCE ROW LEVEL SECURITY",
    AUDIT_OF_TABLES,
)
DATABASE.sql(
    "security_disabled",
    "no policy of the audit log is looked at",
    "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
    f"{ALONE} -k AuditEvent",
)
DATABASE.sql(
    "plain_foreign_key",
    "a product may refer to any shop's user",
    "ALTER TABLE products DROP CONSTRAINT products_product_added_by_in_tenant,"
    " ADD FOREIGN KEY (added_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED",
    f"{REFERENCES}::test_reference_to_another_shop_is_refused_by_the_composite_key",
)
DATABASE.sql(
    "unique_without_tenant",
    "a code that one shop uses is taken in all",
    "CREATE UNIQUE INDEX products_code ON products (code)",
    CATALOGUE,
)
DATABASE.sql(
    "right_to_truncate",
    "the application may empty tables, which no policy stops",
    "GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO galleria_app",
    f"{ALONE} -k raw_truncate",
)
DATABASE.sql(
    "role_past_policies",
    "the application's role has BYPASSRLS",
    "ALTER ROLE galleria_app BYPASSRLS",
    "tests/isolation/test_walls.py::test_app_role_is_neither_owner_nor_superuser",
)
DATABASE.sql(
    "role_member_of_another",
    "the application's role may become one that no policy stops",
    "CREATE ROLE almighty BYPASSRLS; GRANT almighty TO galleria_app",
    "tests/isolation/test_catalogue.py::test_role_of_the_application_has_no_power",
)
DATABASE.sql(
    "view_of_its_owner",
    "a view shows all users, with its owner's rights",
    "CREATE VIEW everybody AS SELECT * FROM users; GRANT SELECT ON everybody TO galleria_app",
    AUDIT_OF_ROLE,
)
DATABASE.sql(
    "function_of_its_owner",
    "a function returns all users, with its owner's rights",
    "CREATE FUNCTION everybody() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER"
    " SET search_path = public AS 'SELECT * FROM users';"
    "GRANT EXECUTE ON FUNCTION everybody TO galleria_app",
    AUDIT_OF_ROLE,
)
DATABASE.sql(
    "audit_log_changeable",
    "the application may rewrite and delete what was recorded",
    "GRANT UPDATE, DELETE ON audit_events TO galleria_app",
    "tests/apps/auditlog/test_append_only.py::test_statement_is_refused",
)
DATABASE.sql(
    "registry_deletable",
    "the application may delete shops",
    "GRANT DELETE ON tenants TO galleria_app;"
    "CREATE POLICY tenants_delete ON tenants FOR DELETE USING (true)",
    f"{REGISTRY}::test_row_is_never_deleted",
)
DATABASE.sql(
    "registry_of_everybody",
    "any shop may be renamed from any other",
    "ALTER POLICY tenants_registry_change ON tenants USING (true) WITH CHECK (true)",
    f"{REGISTRY}::test_tenant_changes_its_own_name_alone",
)
DATABASE.sql(
    "registry_opens_outside",
    "a shop may be opened for somebody else",
    "ALTER POLICY tenants_registry_open ON tenants WITH CHECK (true)",
    f"{REGISTRY}::test_tenant_does_not_open_outside_itself",
)
DATABASE.sql(
    "registry_status_changeable",
    "a suspended shop may reopen itself",
    "GRANT UPDATE (status) ON tenants TO galleria_app",
    f"{REGISTRY}::test_column_of_the_operator_is_refused_even_to_itself",
)
DATABASE.sql(
    "registry_without_notice",
    "no process hears that a shop was suspended",
    "DROP TRIGGER tenants_notice ON tenants",
    AUDIT_OF_ROLE,
)
DATABASE.sql(
    "grant_to_everybody",
    "any role of the server reads the users",
    "GRANT SELECT ON users TO PUBLIC",
    AUDIT_OF_TABLES,
)
DATABASE.sql(
    "tenant_may_be_null",
    "a product may be nobody's",
    "ALTER TABLE products ALTER tenant_id DROP NOT NULL",
    AUDIT_OF_TABLES,
)
DATABASE.sql(
    "found_shops_of_any_status",
    "the mail that lists somebody's shops names suspended ones",
    "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('shops_of_address'::regproc),"
    " $q$ WHERE status = 'open'$q$, ''); END $$",
    "tests/apps/users/test_find_shops.py",
)

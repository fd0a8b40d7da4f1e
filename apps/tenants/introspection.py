from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

ROLE = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
       has_schema_privilege('public', 'CREATE'),
       (SELECT string_agg(m.rolname, ', ') FROM pg_roles m
         WHERE m.rolname <> r.rolname AND pg_has_role(r.oid, m.oid, 'MEMBER')),
       (SELECT string_agg(c.relname, ', ') FROM pg_class c
         WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace)
  FROM pg_roles r WHERE r.rolname = current_user
"""

MISSING_TIMEOUTS = """
SELECT name FROM pg_settings
 WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')
   AND setting = '0' ORDER BY name
"""

_TABLES = """
SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity,
       ARRAY(SELECT p.privilege_type
                    || CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
               FROM aclexplode(c.relacl) p
              WHERE p.grantee = current_user::regrole ORDER BY 1),
       EXISTS (SELECT 1 FROM aclexplode(c.relacl) p WHERE p.grantee = 0)
  FROM pg_class c
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
 ORDER BY c.relname
"""

_POLICIES = """
SELECT polrelid, polname, polcmd, polpermissive, polroles,
       pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy
"""

_KEYS = """
SELECT k.conrelid, k.conname, k.confrelid, pg_get_constraintdef(k.oid),
       ARRAY(SELECT a.attname::text
               FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, n)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY n)
  FROM pg_constraint k
 WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace ORDER BY k.conname
"""

_UNIQUE_INDEXES = """
SELECT i.indrelid, c.relname,
       ARRAY(SELECT coalesce(a.attname::text, '')
               FROM unnest(i.indkey) WITH ORDINALITY AS u (attnum, n)
               LEFT JOIN pg_attribute a
                 ON a.attrelid = i.indrelid AND a.attnum = u.attnum AND u.attnum > 0
              ORDER BY n)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE (i.indisunique OR i.indisexclusion) AND NOT (i.indisprimary AND i.indnkeyatts = 1)
   AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""

_TENANT_COLUMNS = """
SELECT a.attrelid, a.attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE a.attname = 'tenant_id' AND a.attnum > 0 AND c.relnamespace = 'public'::regnamespace
   AND c.relkind IN ('r', 'p')
"""

_COLUMN_PRIVILEGES = """
SELECT c.oid, p.privilege_type, a.attname
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) p
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND p.grantee IN (0, current_user::regrole::oid) ORDER BY a.attname
"""

BYPASSES = """
SELECT 'View ' || c.relname || ' runs with its owner''s privileges: set security_invoker.'
  FROM pg_class c
 WHERE c.relkind IN ('v', 'm') AND c.relnamespace = 'public'::regnamespace
   AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)
UNION ALL
SELECT 'Function ' || p.oid::regproc || ' runs with the privileges of its owner.'
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND has_function_privilege(p.oid, 'EXECUTE') AND has_schema_privilege(n.oid, 'USAGE')
UNION ALL
SELECT 'Function ' || p.proname || ' is SECURITY DEFINER without a fixed search_path.'
  FROM pg_proc p
 WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%')
UNION ALL
SELECT 'Table ' || c.oid::regclass || ' is outside the schema public, and the role can read it.'
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND n.nspname NOT IN ('public', 'pg_catalog', 'information_schema')
   AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
UNION ALL
SELECT 'Function ' || p.proname || ' can be executed by PUBLIC.'
  FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace
   AND has_function_privilege('public', p.oid, 'EXECUTE')
UNION ALL
SELECT 'PUBLIC has privileges on the schema public.'
  FROM pg_namespace n, aclexplode(n.nspacl) p WHERE n.nspname = 'public' AND p.grantee = 0
"""

#: Of the tables whose changes are announced on a channel of the same name.
MISSING_NOTICES = """
SELECT 'Changes of ' || name || ' are not announced: the trigger ' || name || '_notice is missing.'
  FROM unnest(%s) AS name
 WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t
                    WHERE t.tgname = name || '_notice' AND t.tgenabled = 'O'
                      AND t.tgrelid = to_regclass('public.' || name))
"""

#: Settings that only a superuser can change, and that isolation does not need.
HINTS = """
SELECT 'One SELECT can enter another tenant: REVOKE EXECUTE ON FUNCTION set_config FROM PUBLIC.'
 WHERE has_function_privilege('pg_catalog.set_config(text,text,boolean)', 'EXECUTE')
UNION ALL
SELECT 'Its sessions see each other''s statements: ALTER ROLE ... SET track_activities = off.'
 WHERE current_setting('track_activities')::boolean
UNION ALL
SELECT 'Values are logged: ALTER ROLE ... SET ' || name || ' = ' || wanted || '.'
  FROM pg_settings JOIN (VALUES ('log_min_error_statement', 'panic'),
                                ('log_error_verbosity', 'terse')) AS v (name, wanted) USING (name)
 WHERE setting <> wanted
"""


class SchemaIntrospection:
    """The properties of every table in the schema `public`; runs each query once."""

    def __init__(self) -> None:
        self.tables = rows(_TABLES)
        self.names = {oid: name for oid, name, *_ in self.tables}
        self.policies = _by_table(_POLICIES)
        self.references = _by_table(_KEYS)
        self.unique = _by_table(_UNIQUE_INDEXES)
        self.tenant_columns = dict(rows(_TENANT_COLUMNS))
        self.column_privileges = _by_table(_COLUMN_PRIVILEGES)
        self.has_tenant = {self.names[oid] for oid in self.tenant_columns}


def rows(query: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """Return the rows of a query of pg_catalog, run as the application's role."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def _by_table(query: str) -> dict[int, list[tuple[Any, ...]]]:
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for oid, *values in rows(query):
        grouped.setdefault(oid, []).append(tuple(values))
    return grouped

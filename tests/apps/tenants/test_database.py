from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import NotSupportedError, connection, transaction
from psycopg2 import sql

from apps.tenants.context import tenant_context
from apps.tenants.database import TenantCursor, announcement
from apps.tenants.models import Tenant

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

ACTIVE = "SELECT current_setting('app.tenant_id', true)"
ACME = Tenant(code="acme")
GLOBEX = Tenant(code="globex")


@pytest.fixture
def bare() -> Iterator[Any]:
    """A separate connection of the application's role, in autocommit."""
    made = psycopg2.connect(**connection.get_connection_params())
    made.autocommit = True
    yield made
    made.close()


def ask(bare: Any, query: Any = ACTIVE, parameters: Any = None) -> Any:
    with bare.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def ask_without_tenant(bare: Any, query: str = ACTIVE) -> Any:
    """Query without TenantCursor, as the next client of a pooled connection would."""
    with bare.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


# --- The announcement ------------------------------------------------------------------------


def test_announcement_sets_the_active_tenant_or_none():
    assert announcement() == "SET LOCAL app.tenant_id = ''; "
    with tenant_context(ACME):
        assert announcement() == f"SET LOCAL app.tenant_id = '{ACME.pk}'; "


def test_announcement_and_statement_are_one_message(bare):
    with tenant_context(ACME), bare.cursor() as cursor:
        cursor.execute("SELECT %s", ["mug"])
        assert cursor.query == f"SET LOCAL app.tenant_id = '{ACME.pk}'; SELECT 'mug'".encode()


def test_postgresql_receives_both_in_one_message(bare):
    with tenant_context(ACME):
        sent = ask(bare, "SELECT current_query()")
    assert sent.startswith(f"SET LOCAL app.tenant_id = '{ACME.pk}'; SELECT current_query")


def test_setting_ends_with_the_statement_in_autocommit(bare):
    with tenant_context(ACME):
        assert ask(bare) == str(ACME.pk)
        assert ask_without_tenant(bare) == ""
    with tenant_context(GLOBEX):
        assert ask(bare) == str(GLOBEX.pk)
    assert ask(bare) == ""
    assert ask_without_tenant(bare) == ""


def test_control_session_level_setting_remains(bare):
    """The control: SET instead of SET LOCAL leaves the tenant to the connection's next user."""
    with bare.cursor() as cursor:
        cursor.execute(f"SET app.tenant_id = '{ACME.pk}'")
    assert ask_without_tenant(bare) == str(ACME.pk)


def test_session_level_setting_is_overridden(bare):
    with bare.cursor() as cursor:
        cursor.execute(f"SET app.tenant_id = '{ACME.pk}'")
    assert ask(bare) == ""
    with tenant_context(GLOBEX):
        assert ask(bare) == str(GLOBEX.pk)


def test_setting_ends_with_the_transaction(bare):
    bare.autocommit = False
    for end in (bare.commit, bare.rollback):
        with tenant_context(ACME):
            assert ask(bare) == str(ACME.pk)
            end()
        assert ask_without_tenant(bare) == ""
        bare.rollback()


def test_tenants_alternate_inside_one_transaction():
    with transaction.atomic(), connection.cursor() as cursor:
        for tenant in (ACME, GLOBEX, ACME):
            with tenant_context(tenant):
                cursor.execute(ACTIVE)
                assert cursor.fetchone() == (str(tenant.pk),)
        cursor.execute(ACTIVE)
        assert cursor.fetchone() == ("",)


def test_savepoint_rollback_does_not_restore_a_tenant():
    with transaction.atomic(), connection.cursor() as cursor:
        with tenant_context(ACME), transaction.atomic():
            cursor.execute(ACTIVE)
        with tenant_context(GLOBEX):
            with transaction.atomic():
                cursor.execute(ACTIVE)
                transaction.set_rollback(True)
            cursor.execute(ACTIVE)
            assert cursor.fetchone() == (str(GLOBEX.pk),)
        cursor.execute(ACTIVE)
        assert cursor.fetchone() == ("",)


def test_savepoint_commands_have_no_announcement(bare):
    bare.autocommit = False
    with tenant_context(ACME), bare.cursor() as cursor:
        for command in ("SAVEPOINT s", "ROLLBACK TO SAVEPOINT s", "RELEASE SAVEPOINT s"):
            cursor.execute(command)
            assert cursor.query == command.encode()


def test_aborted_transaction_can_be_rolled_back_to_its_savepoint():
    with tenant_context(ACME), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(Exception, match="division by zero"), transaction.atomic():
            cursor.execute("SELECT 1 / 0")
        cursor.execute(ACTIVE)
        assert cursor.fetchone() == (str(ACME.pk),)


def test_aborted_transaction_raises_its_error_unchanged(bare):
    bare.autocommit = False
    with tenant_context(ACME), bare.cursor() as cursor:
        with pytest.raises(psycopg2.errors.DivisionByZero):
            cursor.execute("SELECT 1 / 0")
        with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
            cursor.execute("SELECT 1")
        assert cursor.query == b"SELECT 1"


def test_failed_statement_leaves_no_setting_in_autocommit(bare):
    with tenant_context(ACME), pytest.raises(psycopg2.errors.DivisionByZero):
        ask(bare, "SELECT 1 / 0")
    assert ask_without_tenant(bare) == ""
    assert ask(bare) == ""


# --- Query types -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "parameters", "answer"),
    [
        ("SELECT '100%'", None, "100%"),
        ("SELECT '100%%' || %s", ["!"], "100%!"),
        ("SELECT %s", ["%s"], "%s"),
        ("SELECT %(name)s", {"name": "it's; --"}, "it's; --"),
        ("SELECT '5 % 3', '%(x)s'", None, "5 % 3"),
        (b"SELECT %s", ["bytes"], "bytes"),
        ("SELECT 'żółw'".encode(), None, "żółw"),
        (sql.SQL("SELECT {}").format(sql.Literal("composed")), None, "composed"),
        (sql.SQL("SELECT {} || %s").format(sql.Literal("a")), ["b"], "ab"),
        ("  \n-- a comment\nSELECT 'late'", None, "late"),
        ("/* SAVEPOINT */ SELECT 'hidden'", None, "hidden"),
    ],
)
def test_query_result_is_unaffected_by_the_announcement(bare, query, parameters, answer):
    with tenant_context(ACME):
        assert ask(bare, query, parameters) == answer


@pytest.mark.parametrize("query", [ACTIVE, ACTIVE.encode(), sql.SQL(ACTIVE)])
def test_every_query_type_has_the_announcement(bare, query):
    with tenant_context(ACME):
        assert ask(bare, query) == str(ACME.pk)


@pytest.mark.parametrize(
    "first", ["SAVEPOINT x", "RELEASE x", "ROLLBACK TO x", "ROLLBACK", "savepoint x"]
)
def test_statement_after_a_transaction_command_sees_no_previous_tenant(bare, first):
    bare.autocommit = False
    with tenant_context(ACME), bare.cursor() as cursor:
        cursor.execute("SAVEPOINT x")
        assert ask(bare) == str(ACME.pk)
    with tenant_context(GLOBEX):
        assert ask(bare, f"{first}; {ACTIVE}") in {None, "", str(GLOBEX.pk)}


def test_executemany_announces_every_statement(bare):
    seen = "'%s:' || current_setting('app.tenant_id')"
    before = "coalesce(current_setting('test.seen', true), '')"
    noted = f"DO $$ BEGIN EXECUTE format('SET test.seen = %%L', {before} || {seen}); END $$"
    with tenant_context(ACME), bare.cursor() as cursor:
        cursor.executemany(noted, [[1], [2]])
    sent = ask_without_tenant(bare, "SELECT current_setting('test.seen')")
    assert sent == f"1:{ACME.pk}2:{ACME.pk}"
    assert ask_without_tenant(bare) == ""


def test_row_count_and_description_are_of_the_statement(bare):
    with tenant_context(ACME), bare.cursor() as cursor:
        cursor.execute("SELECT n AS number FROM generate_series(1, 3) n")
        assert cursor.rowcount == 3
        assert [column.name for column in cursor.description] == ["number"]


# --- Methods that bypass the announcement ----------------------------------------------------

BYPASSES = {
    "callproc": lambda cursor: cursor.callproc("now"),
    "copy_from": lambda cursor: cursor.copy_from(None, "users"),
    "copy_to": lambda cursor: cursor.copy_to(None, "users"),
    "copy_expert": lambda cursor: cursor.copy_expert("COPY users TO STDOUT", None),
}


@pytest.mark.parametrize("bypass", BYPASSES.values(), ids=BYPASSES)
def test_method_that_bypasses_the_announcement_is_refused(bare, bypass):
    with tenant_context(ACME), bare.cursor() as cursor, pytest.raises(NotSupportedError):
        bypass(cursor)


def test_every_cursor_method_is_covered():
    """The methods of psycopg2's cursor; fails if a new version adds one."""
    with_statement = {"execute", "executemany", "callproc", "copy_from", "copy_to", "copy_expert"}
    without_statement = {
        *("arraysize", "binary_types", "cast", "close", "closed", "connection", "description"),
        *("fetchall", "fetchmany", "fetchone", "itersize", "lastrowid", "mogrify", "name"),
        *("nextset", "pgresult_ptr", "query", "row_factory", "rowcount", "rownumber", "scroll"),
        *("scrollable", "setinputsizes", "setoutputsize", "statusmessage", "string_types"),
        *("typecaster", "tzinfo_factory", "withhold"),
    }
    public = {name for name in dir(psycopg2.extensions.cursor) if not name.startswith("_")}
    assert public == with_statement | without_statement
    assert with_statement <= vars(TenantCursor).keys()


def test_server_side_cursor_is_refused(bare):
    bare.autocommit = False
    with pytest.raises(NotSupportedError):
        bare.cursor("named")


def test_iterator_uses_no_server_side_cursor(acme):
    with tenant_context(acme), transaction.atomic():
        assert list(Tenant.objects.iterator(chunk_size=1)) == [acme]
        assert ask(connection.connection, "SELECT count(*) FROM pg_cursors") == 0


def test_django_uses_this_cursor():
    with connection.cursor() as cursor:
        assert isinstance(cursor.cursor, TenantCursor)
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE)
        assert cursor.fetchone() == ("",)

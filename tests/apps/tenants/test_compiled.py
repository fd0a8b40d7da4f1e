import pytest
from django.db import connection, models
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from apps.tenants.compiled import CompiledQuery, Parameter
from apps.tenants.context import tenant_context
from apps.tenants.exceptions import NoActiveTenant
from apps.users.models import User
from tests.apps.users.factories import make_user

pytestmark = pytest.mark.django_db


def by_email() -> models.QuerySet:
    return User.objects.filter(email=Parameter("email", models.CharField())).values_list("pk")


@pytest.fixture
def query() -> CompiledQuery:
    return CompiledQuery(by_email)


@pytest.fixture
def compiled(monkeypatch) -> list[SQLCompiler]:
    """The compilers that have compiled a statement."""
    compilers = []
    compile_query = SQLCompiler.as_sql

    def as_sql(self, *args, **kwargs):
        compilers.append(self)
        return compile_query(self, *args, **kwargs)

    monkeypatch.setattr(SQLCompiler, "as_sql", as_sql)
    return compilers


def test_query_is_compiled_once_and_run_with_other_values(acme, query, compiled):
    with tenant_context(acme):
        ann, bob = make_user("ann@example.com"), make_user("bob@example.com")
        compiled.clear()

        assert query.rows(email="ann@example.com") == [(ann.pk,)]
        assert query.rows(email="bob@example.com") == [(bob.pk,)]
        assert query.rows(email="eve@example.com") == []
    assert len(compiled) == 1


def test_query_compiled_in_one_tenant_returns_the_rows_of_the_active_one(acme, globex, query):
    found = {}
    for tenant in (acme, globex):
        with tenant_context(tenant):
            found[tenant] = make_user("ann@example.com").pk
            assert query.rows(email="ann@example.com") == [(found[tenant],)]

    with tenant_context(acme):
        assert query.rows(email="ann@example.com") == [(found[acme],)]


def test_statement_itself_names_the_tenant(acme, query):
    """The manager's filter is in the statement, besides the policies of PostgreSQL."""
    with tenant_context(acme), CaptureQueriesContext(connection) as sent:
        query.rows(email="ann@example.com")

    assert f"'{acme.pk}'::uuid" in sent[-1]["sql"]


def test_query_outside_any_tenant_is_refused(acme, query):
    with tenant_context(acme):
        query.rows(email="ann@example.com")

    with pytest.raises(NoActiveTenant):
        query.rows(email="ann@example.com")


def test_value_is_a_parameter_and_not_part_of_the_statement(acme, query):
    with tenant_context(acme):
        make_user("ann@example.com")

        assert query.rows(email="' OR true --") == []


def test_missing_value_is_an_error(acme, query):
    with tenant_context(acme), pytest.raises(KeyError, match="email"):
        query.rows()


def test_rows_are_converted_as_by_the_queryset(acme):
    def build():
        return User.objects.annotate(
            half=models.Value(0.5, output_field=models.DecimalField(decimal_places=2))
        ).values_list("pk", "half", "created_at")

    with tenant_context(acme):
        make_user("ann@example.com")

        assert [tuple(row) for row in CompiledQuery(build).rows()] == list(build())


def test_query_without_possible_rows_sends_no_statement(acme, django_assert_num_queries):
    query = CompiledQuery(lambda: User.objects.filter(pk__in=[]).values_list("pk"))

    with tenant_context(acme), django_assert_num_queries(0):
        assert query.rows() == []

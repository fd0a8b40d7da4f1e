from __future__ import annotations

import pickle
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from apps.products.models import Product
from apps.tenants.context import tenant_context
from apps.tenants.exceptions import CrossTenantWrite, NoActiveTenant
from apps.users.models import User
from tests.apps.products.factories import make_product
from tests.apps.users.factories import make_user

pytestmark = pytest.mark.django_db

SOME_ID = uuid4()

#: Querysets built at import, as in viewsets, by the operation that runs them.
ALL_USERS = User.objects.order_by("email")
QUERIES = {
    "iteration": lambda: list(ALL_USERS.all()),
    "len": lambda: len(ALL_USERS.all()),
    "bool": lambda: bool(ALL_USERS.all()),
    "index": lambda: ALL_USERS[0],
    "slice": lambda: list(ALL_USERS[:2]),
    "repr": lambda: repr(ALL_USERS.all()),
    "pickle": lambda: pickle.dumps(ALL_USERS.all()),
    "get": lambda: ALL_USERS.get(pk=SOME_ID),
    "filter": lambda: list(ALL_USERS.filter(pk=SOME_ID)),
    "exclude": lambda: list(ALL_USERS.exclude(pk=SOME_ID)),
    "exists": ALL_USERS.exists,
    "contains": lambda: ALL_USERS.contains(User(pk=SOME_ID)),
    "count": ALL_USERS.count,
    "first": ALL_USERS.first,
    "last": ALL_USERS.last,
    "earliest": lambda: ALL_USERS.earliest("email"),
    "latest": lambda: ALL_USERS.latest("email"),
    "aggregate": lambda: ALL_USERS.aggregate(n=models.Count("pk")),
    "annotate": lambda: list(ALL_USERS.annotate(n=models.Count("pk"))),
    "values": lambda: list(ALL_USERS.values("email")),
    "values_list": lambda: list(ALL_USERS.values_list("email")),
    "distinct": lambda: list(ALL_USERS.distinct()),
    "datetimes": lambda: list(ALL_USERS.datetimes("created_at", "day")),
    "only": lambda: list(ALL_USERS.only("email")),
    "iterator": lambda: list(ALL_USERS.iterator()),
    "in_bulk": lambda: ALL_USERS.in_bulk([SOME_ID]),
    "explain": ALL_USERS.explain,
    "union": lambda: list(ALL_USERS.order_by().union(ALL_USERS.order_by())),
    "sub_query": lambda: list(Product.objects.filter(added_by__in=ALL_USERS)),
    "select_related": lambda: list(Product.objects.select_related("added_by")),
    "update": lambda: ALL_USERS.update(first_name="Sam"),
    "delete": lambda: ALL_USERS.all().delete(),
    "create": lambda: ALL_USERS.create(email="x@example.com"),
    "bulk_create": lambda: ALL_USERS.bulk_create([User(email="x@example.com")]),
    "bulk_create_of_nothing_new": lambda: ALL_USERS.bulk_create([User(pk=SOME_ID)]),
    "bulk_update": lambda: ALL_USERS.bulk_update([User(pk=SOME_ID)], ["email"]),
    "get_or_create": lambda: ALL_USERS.get_or_create(email="x@example.com"),
    "update_or_create": lambda: ALL_USERS.update_or_create(email="x@example.com"),
    "t_filter": lambda: list(User.objects.t_filter(tenant=SOME_ID)),
    "asynchronously": lambda: async_to_sync(ALL_USERS.aget)(pk=SOME_ID),
    "save": lambda: User(email="x@example.com").save(),
    "delete_instance": lambda: User(pk=SOME_ID).delete(),
    "refresh_from_db": lambda: User(pk=SOME_ID).refresh_from_db(),
    "base_manager": lambda: list(User._base_manager.all()),
    "default_manager": lambda: list(User._default_manager.all()),
    "reference": lambda: Product(added_by_id=SOME_ID).added_by,
    "reference_back": lambda: list(User(pk=SOME_ID).sessions.all()),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_query_outside_any_tenant_is_refused(query):
    with CaptureQueriesContext(connection) as sent, pytest.raises(NoActiveTenant):
        query()
    # None: psycopg2 was not given a statement that it could send.
    assert [entry["sql"] for entry in sent if "users" in (entry["sql"] or "")] == []


def test_select_for_update_outside_any_tenant_is_refused():
    with transaction.atomic(), pytest.raises(NoActiveTenant):
        list(ALL_USERS.select_for_update())


def test_call_without_a_query_needs_no_tenant():
    assert ALL_USERS.bulk_create([]) == []
    assert ALL_USERS.in_bulk([]) == {}


# --- Late binding ----------------------------------------------------------------------------

BUILT_AT_IMPORT = {
    "plain": ALL_USERS,
    "filtered": User.objects.filter(is_active=True),
    "sub_query": User.objects.filter(pk__in=User.objects.values("pk")),
    "exists": User.objects.filter(models.Exists(User.objects.filter(pk=models.OuterRef("pk")))),
    "union": User.objects.filter(is_active=True).union(User.objects.filter(is_active=False)),
    "annotated": User.objects.annotate(logins=models.Count("sessions")),
}


@pytest.mark.parametrize("queryset", BUILT_AT_IMPORT.values(), ids=BUILT_AT_IMPORT)
def test_queryset_built_at_import_uses_the_tenant_at_run_time(queryset, acme, globex):
    for tenant in (acme, globex):
        with tenant_context(tenant):
            make_user(f"user@{tenant.code}.example")
    for tenant in (acme, globex, acme):
        with tenant_context(tenant):
            assert [user.email for user in queryset.all()] == [f"user@{tenant.code}.example"]
    with pytest.raises(NoActiveTenant):
        list(queryset.all())


def test_queryset_built_in_one_tenant_runs_in_another(acme, globex, owner, globex_owner):
    with tenant_context(acme):
        queryset = User.objects.filter(role="owner")
    with tenant_context(globex):
        assert list(queryset) == [globex_owner]


def test_cloned_queryset_has_one_tenant_filter(in_acme):
    assert str(User.objects.all().all().filter().query).count('"tenant_id" =') == 1


# --- t_filter --------------------------------------------------------------------------------


def test_t_filter_returns_rows_of_the_active_tenant(acme, owner):
    with tenant_context(acme):
        assert list(User.objects.t_filter(tenant=acme, email=owner.email)) == [owner]
        assert list(User.objects.filter(is_active=True).t_filter(tenant=acme)) == [owner]


def test_t_filter_of_another_tenant_is_empty(acme, globex, owner, globex_owner):
    with tenant_context(acme):
        assert list(User.objects.t_filter(tenant=globex)) == []
    with tenant_context(globex):
        assert list(User.objects.t_filter(tenant=globex)) == [globex_owner]


def test_t_filter_needs_a_tenant(in_acme):
    with pytest.raises(TypeError):
        User.objects.t_filter(email="x@example.com")


# --- Writing ---------------------------------------------------------------------------------


def test_new_row_belongs_to_the_active_tenant(in_acme):
    assert make_user().tenant == in_acme
    assert User.objects.bulk_create([User(email="x@example.com")])[0].tenant == in_acme


def test_instance_built_outside_gets_the_active_tenant_on_save(acme):
    user = User(email="x@example.com")
    assert user.tenant_id is None
    with tenant_context(acme):
        user.save()
    assert user.tenant_id == acme.pk


def test_instance_built_in_one_tenant_is_refused_in_another(acme, globex):
    with tenant_context(globex):
        user = User(email="x@example.com")
    with tenant_context(acme), pytest.raises(CrossTenantWrite):
        user.save()
    with tenant_context(acme), pytest.raises(CrossTenantWrite):
        User.objects.bulk_create([user])


@pytest.mark.parametrize("name", ["tenant", "tenant_id"])
def test_update_of_the_tenant_is_refused_even_to_the_same(name, in_acme):
    with pytest.raises(CrossTenantWrite):
        User.objects.update(**{name: in_acme.pk})


def test_bulk_update_of_the_tenant_is_refused(acme, globex, owner):
    owner.tenant = globex
    with tenant_context(acme), pytest.raises(CrossTenantWrite):
        User.objects.bulk_update([owner], ["tenant"])


def test_related_manager_creates_rows_of_the_active_tenant(acme, owner):
    with tenant_context(acme):
        token, _ = owner.email_tokens.issue("password_reset", owner.email)
        assert token.tenant == acme
        assert list(owner.email_tokens.all()) == [token]


def test_deleting_a_row_of_the_active_tenant_works(acme, owner):
    with tenant_context(acme):
        product = make_product(added_by=owner)
        assert product.delete() == (1, {"products.Product": 1})
        assert not Product.objects.exists()

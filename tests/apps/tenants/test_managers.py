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

#: Built at import, as a viewset's are, and named after what makes each of them run.
EVERYBODY = User.objects.order_by("email")
QUERIES = {
    "iteration": lambda: list(EVERYBODY.all()),
    "len": lambda: len(EVERYBODY.all()),
    "bool": lambda: bool(EVERYBODY.all()),
    "index": lambda: EVERYBODY[0],
    "slice": lambda: list(EVERYBODY[:2]),
    "repr": lambda: repr(EVERYBODY.all()),
    "pickle": lambda: pickle.dumps(EVERYBODY.all()),
    "get": lambda: EVERYBODY.get(pk=SOME_ID),
    "filter": lambda: list(EVERYBODY.filter(pk=SOME_ID)),
    "exclude": lambda: list(EVERYBODY.exclude(pk=SOME_ID)),
    "exists": EVERYBODY.exists,
    "contains": lambda: EVERYBODY.contains(User(pk=SOME_ID)),
    "count": EVERYBODY.count,
    "none": lambda: list(EVERYBODY.none()),
    "first": EVERYBODY.first,
    "last": EVERYBODY.last,
    "earliest": lambda: EVERYBODY.earliest("email"),
    "latest": lambda: EVERYBODY.latest("email"),
    "aggregate": lambda: EVERYBODY.aggregate(n=models.Count("pk")),
    "annotate": lambda: list(EVERYBODY.annotate(n=models.Count("pk"))),
    "values": lambda: list(EVERYBODY.values("email")),
    "values_list": lambda: list(EVERYBODY.values_list("email")),
    "distinct": lambda: list(EVERYBODY.distinct()),
    "datetimes": lambda: list(EVERYBODY.datetimes("created_at", "day")),
    "only": lambda: list(EVERYBODY.only("email")),
    "iterator": lambda: list(EVERYBODY.iterator()),
    "in_bulk": lambda: EVERYBODY.in_bulk([SOME_ID]),
    "explain": EVERYBODY.explain,
    "union": lambda: list(EVERYBODY.order_by().union(EVERYBODY.order_by())),
    "sub_query": lambda: list(Product.objects.filter(added_by__in=EVERYBODY)),
    "select_related": lambda: list(Product.objects.select_related("added_by")),
    "update": lambda: EVERYBODY.update(first_name="Sam"),
    "delete": lambda: EVERYBODY.all().delete(),
    "create": lambda: EVERYBODY.create(email="x@example.com"),
    "bulk_create": lambda: EVERYBODY.bulk_create([User(email="x@example.com")]),
    "bulk_create_of_nothing_new": lambda: EVERYBODY.bulk_create([User(pk=SOME_ID)]),
    "bulk_update": lambda: EVERYBODY.bulk_update([User(pk=SOME_ID)], ["email"]),
    "get_or_create": lambda: EVERYBODY.get_or_create(email="x@example.com"),
    "update_or_create": lambda: EVERYBODY.update_or_create(email="x@example.com"),
    "t_filter": lambda: list(User.objects.t_filter(tenant=SOME_ID)),
    "asynchronously": lambda: async_to_sync(EVERYBODY.aget)(pk=SOME_ID),
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
    assert [entry["sql"] for entry in sent if "users" in entry["sql"]] == []


def test_select_for_update_outside_any_tenant_is_refused():
    with transaction.atomic(), pytest.raises(NoActiveTenant):
        list(EVERYBODY.select_for_update())


def test_call_that_asks_nothing_needs_no_tenant():
    assert EVERYBODY.bulk_create([]) == []
    assert EVERYBODY.in_bulk([]) == {}


# --- Built once, bound late ------------------------------------------------------------------

BUILT_AT_IMPORT = {
    "plain": EVERYBODY,
    "filtered": User.objects.filter(is_active=True),
    "sub_query": User.objects.filter(pk__in=User.objects.values("pk")),
    "exists": User.objects.filter(models.Exists(User.objects.filter(pk=models.OuterRef("pk")))),
    "union": User.objects.filter(is_active=True).union(User.objects.filter(is_active=False)),
    "annotated": User.objects.annotate(logins=models.Count("sessions")),
}


@pytest.mark.parametrize("queryset", BUILT_AT_IMPORT.values(), ids=BUILT_AT_IMPORT)
def test_queryset_built_at_import_is_bound_when_it_runs(queryset, acme, globex):
    for tenant in (acme, globex):
        with tenant_context(tenant):
            make_user(f"somebody@{tenant.code}.example")
    for tenant in (acme, globex, acme):
        with tenant_context(tenant):
            assert [user.email for user in queryset.all()] == [f"somebody@{tenant.code}.example"]
    with pytest.raises(NoActiveTenant):
        list(queryset.all())


def test_queryset_made_in_one_tenant_runs_in_another(acme, globex, owner, globex_owner):
    with tenant_context(acme):
        queryset = User.objects.filter(role="owner")
    with tenant_context(globex):
        assert list(queryset) == [globex_owner]


def test_queryset_carries_one_filter_however_often_it_is_copied(in_acme):
    assert str(User.objects.all().all().filter().query).count('"tenant_id" =') == 1


# --- t_filter --------------------------------------------------------------------------------


def test_t_filter_finds_rows_of_the_active_tenant(acme, owner):
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


def test_instance_built_outside_is_claimed_when_it_is_saved(acme):
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


def test_related_manager_makes_rows_of_the_active_tenant(acme, owner):
    with tenant_context(acme):
        token, _ = owner.email_tokens.issue("password_reset", owner.email)
        assert token.tenant == acme
        assert list(owner.email_tokens.all()) == [token]


def test_deleting_a_row_of_the_active_tenant_works(acme, owner):
    with tenant_context(acme):
        product = make_product(added_by=owner)
        assert product.delete() == (1, {"products.Product": 1})
        assert not Product.objects.exists()

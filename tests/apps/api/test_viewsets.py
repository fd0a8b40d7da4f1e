"""Concurrent and conditional writes of single rows."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection, connections, transaction
from rest_framework import mixins, serializers, viewsets
from rest_framework.test import APIRequestFactory

from apps.api import viewsets as ours
from apps.audit.models import AuditEvent
from apps.products.models import Product
from apps.tenants.context import tenant_context
from apps.throttling.client import Client
from apps.users.models import User
from tests.apps.api.assertions import problem
from tests.apps.api.lists import statements
from tests.apps.products.factories import make_product
from tests.apps.users.factories import make_user
from tests.conftest import ShopClient
from tests.load.locks import wait_for_waiters
from tests.surface import operations

RACING = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def mug(acme, owner):
    with tenant_context(acme):
        return make_product("mug", name="Mug", description="For tea", added_by=owner)


@pytest.fixture
def client(acme_client, owner):
    return acme_client.as_(owner)


def path(row):
    return f"/api/{row._meta.db_table}/{row.pk}/"


def stored(row):
    with tenant_context(row.tenant):
        return type(row).objects.values().filter(pk=row.pk).first()


def at_once(row, change, *requests):
    """Return the responses to `requests` that wait for a row which `change(row)` holds locked."""
    answers = [None] * len(requests)

    def run(number):
        try:
            answers[number] = requests[number]()
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[number]) for number in range(len(requests))]
    with tenant_context(row.tenant), transaction.atomic(), connection.cursor() as cursor:
        type(row).objects.select_for_update().get(pk=row.pk)
        change(row)
        for number, thread in enumerate(threads, start=1):
            thread.start()
            wait_for_waiters(cursor, row._meta.db_table, number)
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()
    return answers


def nothing(row):
    """Hold the row locked, and change nothing."""


def delete(row):
    type(row).objects.filter(pk=row.pk).delete()


class PlainSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ["name", "description"]


class PlainViewSet(viewsets.ModelViewSet):
    """As in DRF: read the row, then the body, then save all columns."""

    queryset = Product.objects.all()
    serializer_class = PlainSerializer
    authentication_classes = []
    permission_classes = []


def plain_patch(row, body):
    def run():
        with tenant_context(row.tenant):
            request = APIRequestFactory().patch("/", body)
            request.tenant, request.client = row.tenant, Client()
            return PlainViewSet.as_view({"patch": "partial_update"})(request, pk=row.pk)

    return run


@RACING
def test_two_changes_of_different_fields_are_both_kept(client, mug):
    answers = at_once(
        mug,
        nothing,
        lambda: client.patch(path(mug), {"name": "Big mug"}),
        lambda: ShopClient(**copy_of(client)).patch(path(mug), {"description": "For soup"}),
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    after = stored(mug)
    assert (after["name"], after["description"]) == ("Big mug", "For soup")


def copy_of(client):
    token = client._base_environ()["HTTP_AUTHORIZATION"]
    return {"host": client.host, "tenant": client.tenant, "HTTP_AUTHORIZATION": token}


@RACING
def test_control_saving_all_columns_loses_one_of_two_changes(mug):
    at_once(
        mug,
        nothing,
        plain_patch(mug, {"name": "Big mug"}),
        plain_patch(mug, {"description": "For soup"}),
    )

    after = stored(mug)
    assert (after["name"], after["description"]) != ("Big mug", "For soup")


@RACING
def test_row_deleted_meanwhile_is_404_and_stays_deleted(client, mug):
    url = path(mug)

    [answer] = at_once(mug, delete, lambda: client.patch(url, {"name": "Big mug"}))

    problem(answer, 404)
    assert stored(mug) is None


@RACING
def test_control_saving_a_deleted_row_brings_it_back(mug):
    at_once(mug, delete, plain_patch(mug, {"name": "Big mug"}))

    assert stored(mug)["name"] == "Big mug"


@RACING
def test_manager_cannot_change_a_user_who_becomes_an_owner_meanwhile(acme_client, acme, owner):
    with tenant_context(acme):
        manager, ben = make_user(role="manager"), make_user(role="staff", first_name="Ben")

    [answer] = at_once(
        ben,
        lambda row: User.objects.filter(pk=row.pk).update(role="owner"),
        lambda: acme_client.as_(manager).patch(path(ben), {"first_name": "Lou"}),
    )

    problem(answer, 403)
    assert stored(ben)["first_name"] == "Ben"


@pytest.mark.parametrize("body", [{}, {"name": "Mug"}, {"nonsense": 1}])
def test_patch_that_changes_nothing_writes_nothing(client, acme, mug, body):
    before = stored(mug)

    with statements() as sent:
        response = client.patch(path(mug), body)

    assert response.status_code == 200
    assert stored(mug) == before
    assert [
        sql for sql in sent if "UPDATE " in sql.replace("FOR UPDATE", "") or "INSERT " in sql
    ] == []
    with tenant_context(acme):
        assert AuditEvent.objects.filter(action="product.changed").count() == 0


def test_update_writes_only_the_given_columns(client, mug):
    with statements() as sent:
        client.patch(path(mug), {"name": "Big mug"})

    [update] = [sql for sql in sent if 'UPDATE "products"' in sql]
    assert ('"name" = ' in update, '"description" = ' in update) == (True, False)


# --- ETag and If-Match ---------------------------------------------------------------------

RESOURCES = ["/api/shop/", "/api/auth/me/", "product", "user"]


@pytest.fixture
def url(request, mug, owner):
    return {"product": path(mug), "user": path(owner)}.get(request.param, request.param)


@pytest.mark.parametrize("url", RESOURCES, indirect=True)
def test_single_resource_has_a_strong_etag(client, url):
    first, second = client.get(url), client.get(url)

    assert first["ETag"].startswith('"')
    assert first["ETag"] == second["ETag"]


@pytest.mark.parametrize("url", RESOURCES, indirect=True)
def test_known_etag_is_304(client, url):
    etag = client.get(url)["ETag"]

    response = client.get(url, HTTP_IF_NONE_MATCH=etag)

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_etag_changes_with_the_row(client, mug):
    before = client.get(path(mug))["ETag"]

    after = client.patch(path(mug), {"name": "Big mug"})["ETag"]

    assert after != before
    assert client.get(path(mug))["ETag"] == after


def test_create_returns_the_etag(client):
    response = client.post("/api/products/", {"name": "Cup", "code": "cup"})

    assert client.get(f"/api/products/{response.json()['id']}/")["ETag"] == response["ETag"]


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
@pytest.mark.parametrize("wanted", ['"another"', "W/{etag}", "{bare}", '"a", "b"', ""])
def test_write_with_an_outdated_etag_is_412(client, mug, method, wanted):
    before, etag = stored(mug), client.get(path(mug))["ETag"]
    wanted = wanted.format(etag=etag, bare=etag.strip('"'))

    body = {"name": "Big mug", "code": "big"}
    response = getattr(client, method)(path(mug), body, HTTP_IF_MATCH=wanted)

    problem(response, 412, "precondition_failed")
    assert stored(mug) == before


@pytest.mark.parametrize("wanted", ["{etag}", '"another", {etag}', "*"])
def test_write_with_the_current_etag_succeeds(client, mug, wanted):
    wanted = wanted.format(etag=client.get(path(mug))["ETag"])

    response = client.patch(path(mug), {"name": "Big mug"}, HTTP_IF_MATCH=wanted)

    assert (response.status_code, stored(mug)["name"]) == (200, "Big mug")


@pytest.mark.parametrize("url", ["/api/shop/", "user"], indirect=True)
def test_if_match_holds_for_other_resources(client, url):
    body = {"name": "Acme & Co", "first_name": "Lou"}

    problem(client.patch(url, body, HTTP_IF_MATCH='"another"'), 412)
    etag = client.get(url)["ETag"]
    assert client.patch(url, body, HTTP_IF_MATCH=etag).status_code == 200


def test_write_with_an_outdated_etag_sends_no_mail(client, acme):
    with tenant_context(acme):
        ben = make_user(role="staff")

    for _ in range(4):
        body = {"email": "new@acme.example"}
        problem(client.patch(path(ben), body, HTTP_IF_MATCH='"another"'), 412)

    assert client.patch(path(ben), {"email": "new@acme.example"}).status_code == 200


# --- Every view ----------------------------------------------------------------------------


def test_every_view_of_single_rows_uses_the_etag_mixins():
    views = {view for site in ("shop", "platform") for view in classes(site)}
    pairs = [
        (mixins.RetrieveModelMixin, ours.RetrieveModelMixin),
        (mixins.UpdateModelMixin, ours.UpdateModelMixin),
        (mixins.DestroyModelMixin, ours.DestroyModelMixin),
    ]

    assert [
        view
        for view in views
        for theirs, replacement in pairs
        if issubclass(view, theirs) and not issubclass(view, replacement)
    ] == []


def classes(site):
    found = (getattr(operation.view, "cls", None) for operation in operations(site))
    return {view for view in found if view is not None}

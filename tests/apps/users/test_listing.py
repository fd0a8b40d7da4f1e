"""Filters, search, order and pages of GET /api/users/; and how many queries it takes."""

from collections import Counter

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.apps.api.assertions import client_problem, problem
from tests.apps.api.lists import pages, pages_back, statements
from tests.apps.users.factories import PASSWORD, make_user
from tests.conftest import ShopClient
from tests.load.parallel import in_parallel


@pytest.fixture
def client(acme_client, acme, globex, owner):
    with tenant_context(globex):
        make_user("ann@acme.example", role="staff", first_name="Ann", last_name="Stranger")
    with tenant_context(acme):
        make_user("ann@acme.example", role="manager", first_name="Ann", last_name="Archer")
        make_user("bob@acme.example", role="staff", first_name="Bob", last_name="Baker")
        make_user("cy@shop.example", role="staff", first_name="Cy", last_name="Archer")
        make_user("di@shop.example", role="customer", first_name="Di", is_active=False)
    return acme_client.as_(owner)


def emails(client, **query):
    response = client.get("/api/users/", query)
    assert response.status_code == 200, response.content
    return [row["email"].partition("@")[0] for row in response.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"owner", "ann", "bob", "cy", "di"}),
        ({"role": "staff"}, {"bob", "cy"}),
        ({"role": "customer"}, {"di"}),
        ({"is_active": "true"}, {"owner", "ann", "bob", "cy"}),
        ({"is_active": "false"}, {"di"}),
        ({"email": "bob@acme.example"}, {"bob"}),
        ({"email": "nobody@acme.example"}, set()),
        ({"search": "archer"}, {"ann", "cy"}),
        ({"search": "ANN"}, {"ann"}),
        ({"search": "shop.example"}, {"cy", "di"}),
        ({"search": "stranger"}, set()),
        ({"search": "archer", "role": "staff"}, {"cy"}),
        ({"search": "%"}, set()),
        ({"search": "' OR 1=1 --"}, set()),
    ],
)
def test_filters_and_search_find(client, query, found):
    assert set(emails(client, **query)) == found


@pytest.mark.parametrize(
    "query", [{"role": "god"}, {"is_active": "maybe"}, {"ordering": "password"}, {"cursor": "x"}]
)
def test_bad_filter_is_400(client, query):
    problem(client.get("/api/users/", query), 400)


@pytest.mark.parametrize(
    "name", ["password", "tenant", "tenant_id", "tenant__code", "id__in", "role__in", "pk"]
)
def test_unknown_parameters_do_not_change_the_list(client, name):
    response = client.get("/api/users/", {name: "x"})
    if response.status_code == 200:
        assert len(response.json()["results"]) == 5
    else:
        client_problem(response)


def test_newest_come_first(client):
    assert emails(client) == ["di", "cy", "bob", "ann", "owner"]


def test_ordering_reverses(client):
    order = emails(client, ordering="created_at")
    assert order == ["owner", "ann", "bob", "cy", "di"]
    assert emails(client, ordering="-created_at") == order[::-1]


@pytest.mark.parametrize("page_size", [1, 2, 3, 4, 5, 100])
def test_pages_contain_every_user_once(client, page_size):
    rows = pages(client, "/api/users/", page_size=page_size)
    assert [row["email"].partition("@")[0] for row in rows] == ["di", "cy", "bob", "ann", "owner"]
    assert pages_back(client, "/api/users/", page_size=page_size) == rows


def test_pages_keep_the_filters(client):
    rows = pages(client, "/api/users/", page_size=1, role="staff")
    assert [row["email"] for row in rows] == ["cy@shop.example", "bob@acme.example"]


def test_list_of_a_customer_has_only_themselves(acme_client, acme, client):
    with tenant_context(acme):
        customer = make_user("eve@acme.example", role="customer")
    eve = acme_client.as_(customer)
    assert emails(eve) == ["eve"]
    for query in ({"role": "owner"}, {"search": "owner"}, {"email": "owner@acme.example"}):
        assert emails(eve, **query) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_two_statements(acme_client, acme, owner, rows):
    with tenant_context(acme):
        for _ in range(rows - 1):
            make_user(role="staff")
    client = acme_client.as_(owner)
    with statements() as sent:
        assert len(client.get("/api/users/").json()["results"]) == rows
    assert len(sent) == 2, sent


def test_detail_and_me_have_a_fixed_number_of_queries(acme_client, owner):
    client = acme_client.as_(owner)
    with statements() as sent:
        client.get("/api/auth/me/")
    assert len(sent) == 1, sent
    with statements() as sent:
        client.get(f"/api/users/{owner.pk}/")
    assert len(sent) == 2, sent


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_concurrent_creations_with_one_email_create_one_user(acme_client, acme, owner):
    token = acme_client.as_(owner)._base_environ()["HTTP_AUTHORIZATION"]

    def create(number):
        client = ShopClient(acme_client.host, acme, HTTP_AUTHORIZATION=token)
        client.raise_request_exception = False
        email = "new@acme.example" if number % 2 else "NEW@acme.example"
        return client.post("/api/users/", {"email": email, "password": PASSWORD})

    responses = in_parallel(10, create)
    statuses = Counter(response.status_code for response in responses)
    # 429: one password of a shop is hashed at a time.
    assert statuses[201] == 1, statuses
    assert set(statuses) <= {201, 400, 409, 429}, statuses
    with tenant_context(acme):
        assert User.objects.filter(email="new@acme.example").count() == 1

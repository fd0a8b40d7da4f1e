"""A shop keeps at least one active owner, under concurrency too."""

from collections import Counter
from threading import Barrier

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.apps.api.assertions import problem
from tests.apps.users.factories import make_user
from tests.load.parallel import in_parallel


def path(user):
    return f"/api/users/{user.pk}/"


def remove(client, user, way):
    """Return the response to a request that makes `user` lose the ownership."""
    client.raise_request_exception = False
    body = {"email": user.email, "first_name": "Kim", "role": "owner", "is_active": True}
    match way:
        case "delete":
            return client.delete(path(user))
        case "demote":
            return client.patch(path(user), {"role": "manager"})
        case "deactivate":
            return client.patch(path(user), {"is_active": False})
        case "both":
            return client.patch(path(user), {"is_active": False, "role": "staff"})
        case "put demoted":
            return client.put(path(user), body | {"role": "customer"})
        case "put deactivated":
            return client.put(path(user), body | {"is_active": False})


WAYS = ["delete", "demote", "deactivate", "both", "put demoted", "put deactivated"]


def active_owners(tenant):
    with tenant_context(tenant):
        return User.objects.filter(role="owner", is_active=True).count()


@pytest.mark.parametrize("way", WAYS)
def test_last_owner_stays(acme_client, acme, owner, way):
    with tenant_context(acme):
        before = User.objects.values().get(pk=owner.pk)
    problem(remove(acme_client.as_(owner), owner, way), 409, "last_owner")
    with tenant_context(acme):
        assert User.objects.values().get(pk=owner.pk) == before


@pytest.mark.parametrize("way", WAYS)
def test_owner_is_removed_when_another_stays(acme_client, acme, owner, way):
    with tenant_context(acme):
        make_user(role="owner")
    assert remove(acme_client.as_(owner), owner, way).status_code in {200, 204}
    assert active_owners(acme) == 1


@pytest.mark.parametrize("way", WAYS)
def test_inactive_owner_does_not_count_as_another(acme_client, acme, owner, way):
    with tenant_context(acme):
        make_user(role="owner", is_active=False)
    problem(remove(acme_client.as_(owner), owner, way), 409)
    assert active_owners(acme) == 1


@pytest.mark.parametrize("way", WAYS)
def test_owner_of_another_shop_does_not_count_as_another(
    acme_client, acme, owner, globex_owner, way
):
    assert active_owners(globex_owner.tenant) == 1
    problem(remove(acme_client.as_(owner), owner, way), 409)
    assert (active_owners(acme), active_owners(globex_owner.tenant)) == (1, 1)


def test_last_owner_may_still_change_everything_else(acme_client, owner):
    response = acme_client.as_(owner).patch(
        path(owner), {"first_name": "Lou", "role": "owner", "is_active": True}
    )
    assert (response.status_code, response.json()["first_name"]) == (200, "Lou")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("way", ["delete", "demote", "deactivate"])
def test_two_owners_removing_each_other_leave_one(acme_client, acme, owner, way):
    for _ in range(5):
        with tenant_context(acme):
            first = make_user(role="owner")
            second = make_user(role="owner")
            User.objects.exclude(pk__in=[first.pk, second.pk]).update(is_active=False)
        pairs = [(acme_client.as_(first), second), (acme_client.as_(second), first)]
        responses = in_parallel(2, lambda number, pairs=pairs: remove(*pairs[number], way))
        statuses = Counter(response.status_code for response in responses)
        # The second one is the last owner by then, or not permitted any more.
        assert sum(statuses[status] for status in (200, 204)) == 1, statuses
        assert statuses[409] + statuses[401] + statuses[403] == 1, statuses
        assert active_owners(acme) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_ten_owners_resigning_at_once_leave_one(acme_client, acme):
    with tenant_context(acme):
        owners = [make_user(role="owner") for _ in range(10)]
    clients = [acme_client.as_(owner) for owner in owners]
    responses = in_parallel(10, lambda number: remove(clients[number], owners[number], "delete"))
    assert Counter(response.status_code for response in responses) == {204: 9, 409: 1}
    assert active_owners(acme) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_control_counting_without_a_lock_loses_the_last_owner(acme):
    """The race is real: two that count first and write then remove both owners."""
    with tenant_context(acme):
        owners = [make_user(role="owner") for _ in range(2)]
    counted = Barrier(2)

    def count_then_write(number):
        with tenant_context(acme):
            others = User.objects.active_owners().exclude(pk=owners[number].pk).count()
            counted.wait(timeout=30)
            return others and User.objects.filter(pk=owners[number].pk).update(is_active=False)

    assert in_parallel(2, count_then_write) == [1, 1]
    assert active_owners(acme) == 0

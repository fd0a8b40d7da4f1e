"""Limits under concurrent requests."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from apps.tenants.context import tenant_context
from apps.throttling.models import TenantCounter
from apps.throttling.rate_limits import LOGIN_BY_EMAIL
from tests.apps.shops.requests import opening
from tests.apps.tenants.factories import make_tenant
from tests.apps.throttling.hashers import QUICK
from tests.apps.users.support import log_in, person, shop_client
from tests.conftest import PLATFORM, ShopClient
from tests.load.parallel import in_parallel

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

EMAIL = "ann@acme.example"
WRONG = "wrong battery"
NEW = "staple lamp seventeen"


def network(number):
    return {"REMOTE_ADDR": f"203.0.{number}.7"}


@pytest.mark.parametrize("email", [EMAIL, "unknown@acme.example"])
def test_five_of_sixty_concurrent_guesses_are_checked(acme, hasher, long_wait, email):
    person(acme, EMAIL)
    hasher.reset()
    answers = in_parallel(60, lambda n: log_in(shop_client(acme), email, WRONG, **network(n)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {401, 429}
    assert 1 <= statuses[401] <= 5
    assert hasher.calls == statuses[401]
    assert all(a.headers["Retry-After"].isdigit() for a in answers if a.status_code == 429)
    # A guess without a slot is not checked, and does not count.
    for _ in range(5 - statuses[401]):
        assert log_in(shop_client(acme), email, WRONG, **network(99)).status_code == 401
    assert log_in(shop_client(acme), email, WRONG, **network(99)).status_code == 429


def test_control_reading_before_counting_exceeds_the_limit(acme):
    """The control: read the count, hash, then count."""

    def guess_naively(_):
        with tenant_context(acme):
            counter = TenantCounter.objects.filter(rule="naive").first()
            if counter is not None and counter.attempts >= LOGIN_BY_EMAIL.limit:
                return False
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.1)")  # the hash
            now = timezone.now()
            times = {"resets_at": now, "blocked_until": now, "attempts": 0}
            TenantCounter.objects.get_or_create(rule="naive", subject="x", defaults=times)
            current = TenantCounter.objects.get(rule="naive")
            current.attempts += 1
            current.save(update_fields=["attempts"])
            return True

    assert sum(in_parallel(60, guess_naively)) > LOGIN_BY_EMAIL.limit


def test_shop_checks_one_password_at_a_time(acme, hasher):
    for number in range(12):
        person(acme, f"person-{number}@acme.example")
    hasher.reset()
    in_parallel(
        12,
        lambda n: log_in(shop_client(acme), f"person-{n}@acme.example", WRONG, **network(n)),
    )
    assert (hasher.calls >= 1, hasher.most_in_flight) == (True, 1)


def test_shop_hashes_one_new_password_at_a_time(acme, hasher):
    owner = shop_client(acme).as_(person(acme, EMAIL, "owner"))
    hasher.reset()

    answers = in_parallel(
        12,
        lambda n: owner.post("/api/users/", {"email": f"n-{n}@acme.example", "password": NEW}),
    )

    assert {answer.status_code for answer in answers} <= {201, 429}
    assert (hasher.calls >= 1, hasher.most_in_flight) == (True, 1)


def test_shop_opening_does_not_wait_for_other_hashes(platform, acme, hasher):
    """Opening a shop holds one slot, and hashing the owner's password another."""
    person(acme, EMAIL)

    def act(number):
        if number % 2:
            return log_in(shop_client(acme), EMAIL, WRONG, **network(number)).status_code
        body = opening(f"pear-{number}")
        return ShopClient(PLATFORM, **network(number)).post("/api/shops/", body).status_code

    assert in_parallel(4, act)[::2] == [201, 201]


def test_control_two_shops_hash_concurrently(acme, globex, hasher):
    """The control: the hasher counts concurrent hashes of two shops."""
    for tenant in (acme, globex):
        person(tenant, EMAIL)
    hasher.reset()
    for _ in range(20):
        in_parallel(2, lambda n: log_in(shop_client([acme, globex][n]), EMAIL, WRONG, **network(n)))
        if hasher.most_in_flight == 2:
            break
    assert hasher.most_in_flight == 2


def test_concurrent_logins_from_one_network_succeed(settings):
    """Ten customers of ten shops behind one address, with correct passwords."""
    shops = [make_tenant() for _ in range(10)]
    for shop in shops:
        person(shop, EMAIL)
    settings.PASSWORD_HASHERS = QUICK
    for _ in range(5):
        cache.clear()  # of the throttles
        answers = in_parallel(10, lambda n: log_in(shop_client(shops[n]), EMAIL))
        assert [answer.status_code for answer in answers] == [200] * 10


def test_concurrent_requests_within_the_limit_are_accepted():
    """Eight concurrent mail requests, of the fifty an hour that the limit allows."""
    shops = [make_tenant() for _ in range(4)]
    for number in range(2):
        email = f"user-{number}@example.com"
        answers = in_parallel(
            4,
            lambda n, email=email: shop_client(shops[n]).post(
                "/api/auth/password/reset/", {"email": email}
            ),
        )
        assert [answer.status_code for answer in answers] == [202] * 4

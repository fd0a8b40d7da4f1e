"""The creation of shops is rate-limited, and its password hashes do not pile up."""

from __future__ import annotations

import pytest

from apps.tenants.models import Tenant
from apps.throttling.rate_limits import RateLimit
from tests.apps.api.assertions import problem
from tests.apps.shops.requests import opening
from tests.apps.throttling.ageing import age_counters
from tests.apps.throttling.hashers import COUNTING, QUICK, CountingHasher
from tests.conftest import PLATFORM, ShopClient
from tests.load.parallel import in_parallel

HERE = "203.0.113.7"
NEXT_DOOR = "203.0.113.8"
ELSEWHERE = "203.0.114.7"


@pytest.fixture(autouse=True)
def _three_an_hour(settings):
    settings.SIGNUP_BY_NETWORK = RateLimit.parse("signup_network", "3/hour")
    settings.PASSWORD_HASHERS = QUICK


def open_shop(client, code, address=HERE, **changes):
    return client.post("/api/shops/", opening(code, **changes), REMOTE_ADDR=address)


def test_network_is_throttled_after_its_limit_of_shops(platform):
    opened = [open_shop(platform, f"pear-{number}").status_code for number in range(3)]
    assert opened == [201] * 3
    refused = open_shop(platform, "pear-3", NEXT_DOOR)
    problem(refused, 429, "too_many_tries")
    assert refused.headers["Retry-After"] == "1200"
    assert not Tenant.objects.filter(code="pear-3").exists()
    assert open_shop(platform, "pear-4", ELSEWHERE).status_code == 201
    age_counters(minutes=20)
    assert open_shop(platform, "pear-3").status_code == 201
    age_counters(hours=1)
    assert [open_shop(platform, f"fig-{number}").status_code for number in range(3)] == opened


def test_failed_opening_does_not_count(platform):
    assert open_shop(platform, "pear").status_code == 201
    for _ in range(5):
        assert open_shop(platform, "pear").status_code == 409
        assert open_shop(platform, "admin").status_code == 400
        assert open_shop(platform, "fig", owner={"password": "short"}).status_code == 400
    assert open_shop(platform, "fig").status_code == 201


def test_throttled_opening_hashes_nothing(platform, settings):
    settings.PASSWORD_HASHERS = COUNTING
    CountingHasher.reset()
    answers = [open_shop(platform, f"pear-{number}").status_code for number in range(6)]
    assert answers == [201] * 3 + [429] * 3
    assert CountingHasher.calls == 3


def open_at_once(people: int) -> list[int]:
    def work(number: int) -> int:
        client = ShopClient(PLATFORM)
        return open_shop(client, f"pear-{number}", f"203.0.{number}.7").status_code

    return in_parallel(people, work)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_openings_hash_one_password_at_a_time(settings):
    settings.PASSWORD_HASHERS = COUNTING
    CountingHasher.reset()
    assert open_at_once(8) == [201] * 8
    assert (CountingHasher.calls, CountingHasher.most_in_flight) == (8, 1)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_concurrent_openings_of_a_network_stay_within_its_limit():
    def work(number: int) -> int:
        return open_shop(ShopClient(PLATFORM), f"pear-{number}").status_code

    statuses = in_parallel(12, work)
    assert sorted(statuses) == [201] * 3 + [429] * 9
    assert Tenant.objects.count() == 3


@pytest.mark.parametrize(
    "rate", ["", "20", "20/", "0/hour", "-1/hour", "20/year", "x/hour", "20/h"]
)
def test_invalid_rate_is_refused(rate):
    with pytest.raises(ValueError, match="is not a rate"):
        RateLimit.parse("signup_network", rate)

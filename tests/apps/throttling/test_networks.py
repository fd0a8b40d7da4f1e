"""Limits on guessing many users' passwords from one network, and the client's address."""

from __future__ import annotations

import pytest

from tests.apps.api.assertions import problem
from tests.apps.tenants.factories import make_tenant
from tests.apps.throttling.ageing import age_counters
from tests.apps.users.support import bearing, log_in, person, shop_client, tokens

EMAIL = "ann@acme.example"
WRONG = "wrong battery"
pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def ann(acme):
    return person(acme, EMAIL)


def guess(client, times, **environ):
    """Guess once at each of `times` users."""
    return [
        log_in(client, f"person-{number}@example.com", WRONG, **environ).status_code
        for number in range(times)
    ]


@pytest.mark.parametrize(
    ("here", "same", "elsewhere"),
    [
        ("203.0.113.7", "203.0.113.250", "203.0.114.7"),
        ("2001:db8:0:1::7", "2001:db8:0:1:ffff::9", "2001:db8:0:2::7"),
        ("::ffff:203.0.113.7", "203.0.113.8", "203.0.114.7"),
    ],
)
def test_network_is_throttled_after_twenty_guesses(
    acme_client, globex, globex_client, ann, here, same, elsewhere
):
    person(globex, EMAIL)
    assert guess(acme_client, 20, REMOTE_ADDR=here) == [401] * 20
    answer = log_in(acme_client, EMAIL, REMOTE_ADDR=same)
    problem(answer, 429, "too_many_tries")
    assert 1 <= int(answer.headers["Retry-After"]) <= 2
    assert log_in(acme_client, EMAIL, REMOTE_ADDR=elsewhere).status_code == 200
    assert log_in(globex_client, EMAIL, REMOTE_ADDR=here).status_code == 200


def test_network_throttling_ends(acme_client, ann):
    guess(acme_client, 20)
    assert log_in(acme_client, EMAIL).status_code == 429
    age_counters(seconds=2)
    assert log_in(acme_client, EMAIL).status_code == 200


def test_network_wait_grows(acme_client):
    guess(acme_client, 20)
    waits = []
    for number in range(6):
        answer = log_in(acme_client, f"other-{number}@example.com", WRONG)
        waits.append(int(answer.headers["Retry-After"]))
        age_counters(seconds=waits[-1])
        assert log_in(acme_client, f"more-{number}@example.com", WRONG).status_code == 401
    assert waits == [2, 4, 8, 16, 32, 64]


def test_successful_logins_do_not_throttle_a_network(acme_client, acme):
    for number in range(30):
        email = f"colleague-{number}@acme.example"
        person(acme, email)
        assert log_in(acme_client, email).status_code == 200


def test_successful_login_does_not_clear_the_networks_count(acme_client, ann):
    """Otherwise an attacker with an account could guess without a limit."""
    guesses = []
    for number in range(30):
        guesses.append(log_in(acme_client, f"person-{number}@example.com", WRONG).status_code)
        if number % 4 == 3:
            log_in(acme_client, EMAIL)
    assert 429 in guesses


@pytest.mark.django_db
def test_network_is_throttled_after_a_hundred_guesses_in_all_shops(globex, globex_client):
    person(globex, EMAIL)
    for _ in range(6):
        assert guess(shop_client(make_tenant()), 16) == [401] * 16
    assert log_in(globex_client, EMAIL).status_code == 200
    assert guess(shop_client(make_tenant()), 4) == [401] * 4
    assert log_in(globex_client, EMAIL).status_code == 429
    assert log_in(globex_client, EMAIL, REMOTE_ADDR="198.51.100.1").status_code == 200


class TestForwardedFor:
    def test_forwarded_for_is_ignored_by_default(self, acme_client):
        statuses = [
            log_in(
                acme_client,
                f"person-{number}@example.com",
                WRONG,
                HTTP_X_FORWARDED_FOR=f"203.0.{number}.7",
                HTTP_FORWARDED=f"for=203.0.{number}.7",
                HTTP_X_REAL_IP=f"203.0.{number}.7",
                HTTP_CLIENT_IP=f"203.0.{number}.7",
            ).status_code
            for number in range(21)
        ]
        assert statuses == [401] * 20 + [429]

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, "203.0.113.9", "192.0.2.1"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, " 203.0.113.9 ", "203.0.113.9"),
            (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
            (1, "10.9.9.9,,203.0.113.9", "203.0.113.9"),
            (2, "10.9.9.9, 203.0.113.9, 192.0.2.8", "203.0.113.9"),
            (1, "2001:db8::9", "2001:db8::9"),
            # Not through a trusted proxy.
            (1, None, "192.0.2.1"),
            (2, "203.0.113.9", "192.0.2.1"),
        ],
    )
    def test_only_entries_of_trusted_proxies_are_used(
        self, acme_client, ann, settings, proxies, forwarded, address
    ):
        settings.TRUSTED_PROXIES = proxies
        headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
        shown = tokens(acme_client, EMAIL, REMOTE_ADDR="192.0.2.1", **headers)
        found = bearing(acme_client, shown["access"]).get("/api/auth/sessions/").json()["results"]
        assert [session["address"] for session in found] == [address]

    def test_clients_behind_a_trusted_proxy_are_distinguished(self, acme_client, ann, settings):
        settings.TRUSTED_PROXIES = 1
        spoofed = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9"}
        assert guess(acme_client, 21, **spoofed) == [401] * 20 + [429]
        other = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.114.9"}
        assert log_in(acme_client, EMAIL, **other).status_code == 200
        again = {"HTTP_X_FORWARDED_FOR": "198.51.100.2, 203.0.113.9"}
        assert log_in(acme_client, EMAIL, **again).status_code == 429

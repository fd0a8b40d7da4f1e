"""Limits on guessing one user's password (SECURITY rows 28, 29, 48 and section 4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone

from apps.tenants.context import tenant_context
from apps.throttling.hashing import hashing_slot
from apps.throttling.models import TenantCounter
from apps.throttling.rate_limits import LOGIN_BY_EMAIL, LOGINS_OF_USER
from apps.users.models import LoginSession
from tests.apps.api.assertions import problem
from tests.apps.throttling.ageing import age_counters
from tests.apps.throttling.hashers import BREAKING
from tests.apps.users.support import (
    age,
    bearing,
    everything_of,
    log_in,
    me,
    person,
    refresh,
    session_of,
    shop_client,
)

EMAIL = "ann@acme.example"
WRONG = "wrong battery"
START = datetime(2030, 3, 4, 8, tzinfo=UTC)
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def ann(acme):
    return person(acme, EMAIL)


@pytest.fixture
def networks():
    """IP addresses, each in a separate network."""
    return (f"203.{number // 250}.{number % 250}.7" for number in range(60_000))


def fail(client, networks, times=5, email=EMAIL):
    return [log_in(client, email, WRONG, REMOTE_ADDR=next(networks)) for _ in range(times)]


def test_sixth_attempt_is_throttled(acme_client, ann, networks):
    assert [answer.status_code for answer in fail(acme_client, networks)] == [401] * 5
    for password in (WRONG, "correct horse battery"):
        answer = log_in(acme_client, EMAIL, password, REMOTE_ADDR=next(networks))
        problem(answer, 429, "too_many_tries")
        assert answer.headers["Retry-After"].isdigit()
        assert 1 <= int(answer.headers["Retry-After"]) <= 2


@pytest.mark.usefixtures("long_wait")
def test_throttled_attempt_checks_no_password(acme_client, ann, networks, hasher):
    fail(acme_client, networks)
    assert hasher.calls == 5
    for _ in range(3):
        assert log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 429
    assert hasher.calls == 5


def test_throttling_does_not_reveal_accounts(acme_client, acme, globex, ann, networks):
    person(acme, "inactive@acme.example", is_active=False)
    person(globex, "elsewhere@acme.example")
    emails = [EMAIL, "unknown@acme.example", "inactive@acme.example", "elsewhere@acme.example"]
    seen = []
    for email in emails:
        answers = fail(acme_client, networks, 7, email)
        seen.append([str(everything_of(answer)) for answer in answers])
    assert seen[0] == seen[1] == seen[2] == seen[3]


@pytest.mark.usefixtures("long_wait")
@pytest.mark.parametrize("email", [EMAIL.upper(), "Ann@Acme.Example", f"  {EMAIL}\t"])
def test_email_spellings_share_one_count(acme_client, ann, networks, email):
    fail(acme_client, networks)
    assert log_in(acme_client, email, REMOTE_ADDR=next(networks)).status_code == 429


def test_wait_grows_to_fifteen_minutes(acme_client, ann, networks):
    fail(acme_client, networks)
    waits = []
    for _ in range(10):
        answer = log_in(acme_client, EMAIL, WRONG, REMOTE_ADDR=next(networks))
        assert answer.status_code == 429
        waits.append(int(answer.headers["Retry-After"]))
        age_counters(seconds=waits[-1])
        assert fail(acme_client, networks, 1)[0].status_code == 401
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900]


@pytest.mark.parametrize("rounds", [1, 6, 12, 40])
def test_lockout_always_ends(acme_client, ann, networks, rounds):
    """Each wait ends, and then the correct password is accepted."""
    fail(acme_client, networks)
    for _ in range(rounds):
        answer = log_in(acme_client, EMAIL, WRONG, REMOTE_ADDR=next(networks))
        if answer.status_code == 429:
            wait = int(answer.headers["Retry-After"])
            assert 1 <= wait <= 900
            age_counters(seconds=wait)
    age_counters(seconds=900)
    assert log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 200


def test_attempts_during_a_wait_do_not_extend_it(acme_client, ann, networks):
    fail(acme_client, networks)
    answers = fail(acme_client, networks, 10)
    assert {int(answer.headers["Retry-After"]) for answer in answers} == {2}
    age_counters(seconds=2)
    assert log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 200


@pytest.mark.parametrize("hours", [-1, 1])
def test_wait_is_independent_of_the_process_clock(acme_client, ann, networks, hours):
    fail(acme_client, networks)

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours)):
        answer = log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks))

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")


def test_correct_password_clears_the_count(acme_client, ann, networks):
    for _ in range(3):
        assert {a.status_code for a in fail(acme_client, networks, 4)} == {401}
        assert log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 200


def test_count_is_cleared_after_fifteen_minutes(acme_client, ann, networks):
    for _ in range(3):
        assert {a.status_code for a in fail(acme_client, networks, 4)} == {401}
        age_counters(minutes=15)


@pytest.mark.usefixtures("long_wait")
def test_lockout_is_limited_to_one_shop(acme_client, globex, globex_client, ann, networks):
    person(globex, EMAIL)
    fail(acme_client, networks)
    assert log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 429
    assert log_in(globex_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 200
    assert log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 429


def test_lockout_is_limited_to_one_email(acme_client, acme, ann, networks):
    person(acme, "bob@acme.example")
    fail(acme_client, networks)
    assert log_in(acme_client, "bob@acme.example", REMOTE_ADDR=next(networks)).status_code == 200


@pytest.mark.usefixtures("long_wait")
def test_lockout_keeps_live_sessions(acme_client, ann, networks):
    shown = session_of(ann)
    fail(acme_client, networks)
    assert log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 429
    assert me(acme_client, shown["access"]) == 200
    assert refresh(acme_client, shown["refresh"]).status_code == 200


@pytest.mark.usefixtures("quick_hashes")
def test_successful_logins_are_counted(acme_client, acme, ann, networks):
    with tenant_context(acme):
        for _ in range(LOGINS_OF_USER.limit - 1):
            TenantCounter.objects.record_attempt(LOGINS_OF_USER, str(ann.pk))

    statuses = [
        log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code for _ in range(2)
    ]

    assert statuses == [200, 429]


class TestKnownClient:
    """A client with a live session of the same user, which an attacker cannot lock out."""

    @pytest.mark.usefixtures("long_wait")
    def test_known_client_logs_in_during_a_lockout(self, acme_client, ann, networks):
        shown = session_of(ann)
        fail(acme_client, networks)
        assert log_in(acme_client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 429
        known = {"refresh": shown["refresh"], "REMOTE_ADDR": next(networks)}
        assert log_in(acme_client, EMAIL, WRONG, **known).status_code == 401
        assert log_in(acme_client, EMAIL, **known).status_code == 200

    def test_previous_token_identifies_a_known_client(self, acme_client, ann, networks):
        shown = session_of(ann)
        newest = refresh(acme_client, shown["refresh"]).json()["refresh"]
        fail(acme_client, networks)
        for token in (shown["refresh"], newest):
            answer = log_in(acme_client, EMAIL, refresh=token, REMOTE_ADDR=next(networks))
            assert answer.status_code == 200

    @pytest.mark.usefixtures("long_wait")
    def test_old_token_does_not_identify_a_known_client(self, acme_client, ann, networks):
        shown = session_of(ann)
        newest = shown["refresh"]
        for _ in range(2):
            newest = refresh(acme_client, newest).json()["refresh"]
        fail(acme_client, networks)

        old = {"refresh": shown["refresh"], "REMOTE_ADDR": next(networks)}
        assert log_in(acme_client, EMAIL, **old).status_code == 429
        assert log_in(acme_client, EMAIL, **old | {"refresh": newest}).status_code == 200

    @pytest.mark.usefixtures("long_wait")
    def test_token_of_another_user_does_not_identify_a_known_client(
        self, acme_client, acme, globex, ann, networks
    ):
        ended = session_of(ann)
        bearing(acme_client, ended["access"]).post("/api/auth/logout/")
        outlived = session_of(ann)
        age(acme, LoginSession, days=31)
        tokens = {
            "another user's": session_of(person(acme, "bob@acme.example"))["refresh"],
            "other shop's": session_of(person(globex, EMAIL))["refresh"],
            "ended": ended["refresh"],
            "outlived": outlived["refresh"],
            "access": session_of(ann)["access"],
            "garbage": "a.b.c",
        }
        with time_machine.travel(timezone.now(), tick=False):
            fail(acme_client, networks)
            for name, token in tokens.items():
                answer = log_in(acme_client, EMAIL, refresh=token, REMOTE_ADDR=next(networks))
                assert (name, answer.status_code) == (name, 429)

    @pytest.mark.usefixtures("quick_hashes")
    def test_known_client_is_limited_by_network(self, acme_client, ann):
        shown = session_of(ann)
        answers = [log_in(acme_client, EMAIL, WRONG, refresh=shown["refresh"]) for _ in range(21)]
        assert [answer.status_code for answer in answers] == [401] * 20 + [429]


@transactional
@pytest.mark.usefixtures("long_wait")
def test_error_does_not_undo_the_count(acme, networks, settings):
    person(acme, EMAIL)
    client = shop_client(acme)
    hashers, settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS, BREAKING
    client.raise_request_exception = False
    answers = fail(client, networks)
    assert [answer.status_code for answer in answers] == [500] * 5
    settings.PASSWORD_HASHERS = hashers
    assert log_in(client, EMAIL, REMOTE_ADDR=next(networks)).status_code == 429


@transactional
def test_count_is_committed_before_the_response(acme, networks):
    """Another connection reads it, as another process would."""
    person(acme, EMAIL)
    for number in range(1, 5):
        fail(shop_client(acme), networks, 1)
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT attempts FROM tenant_counters"
                " WHERE tenant_id = %s AND rule = 'login_email'",
                [acme.pk],
            )
            assert cursor.fetchall() == [(number,)]


@transactional
def test_counting_inside_a_transaction_is_refused(acme):
    """A rollback would undo the count."""
    with tenant_context(acme), transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        TenantCounter.objects.record_attempt(LOGIN_BY_EMAIL, EMAIL)


def test_correct_password_without_a_slot_is_not_counted(acme_client, acme, ann):
    with tenant_context(acme), hashing_slot():
        for _ in range(6):
            problem(log_in(acme_client, EMAIL), 429)

    assert log_in(acme_client, EMAIL).status_code == 200

"""Refresh tokens are valid once, with lifetimes by role (SECURITY rows 18, 19, 32; F17)."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from apps.tenants.context import tenant_context
from apps.throttling.client import Client
from apps.users.models import LoginSession, User
from auth_backends.tokens import RefreshToken
from tests.apps.users.support import (
    age,
    bearing,
    me,
    person,
    refresh,
    session_of,
    shop_client,
    tokens,
)
from tests.load.parallel import in_parallel

transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
STRICT = timedelta(0)


@pytest.fixture
def shown(acme_client, acme):
    """The tokens of a customer who has just logged in."""
    person(acme, "ann@example.com")
    return tokens(acme_client, "ann@example.com")


def test_login_gives_a_pair_that_works(acme_client, shown):
    assert sorted(shown) == ["access", "refresh"]
    assert me(acme_client, shown["access"]) == 200


def test_refresh_gives_a_new_pair_of_the_same_session(acme_client, shown):
    answer = refresh(acme_client, shown["refresh"])
    assert answer.status_code == 200
    fresh = answer.json()
    assert sorted(fresh) == ["access", "refresh"]
    assert fresh["refresh"] != shown["refresh"]
    assert me(acme_client, fresh["access"]) == 200
    sids = {_claims(token)["sid"] for token in [*shown.values(), *fresh.values()]}
    assert len(sids) == 1


@pytest.mark.parametrize("seconds", [0, 9])
def test_lost_response_is_repeated_within_the_grace_period(acme_client, acme, shown, seconds):
    first = refresh(acme_client, shown["refresh"]).json()["refresh"]
    age(acme, LoginSession, seconds=seconds)
    again = refresh(acme_client, shown["refresh"])
    assert again.status_code == 200
    assert _claims(again.json()["refresh"])["jti"] == _claims(first)["jti"]
    assert refresh(acme_client, first).status_code == 200


def test_reuse_after_the_grace_period_ends_the_session(acme_client, acme, shown):
    used = shown["refresh"]
    newest = refresh(acme_client, used).json()
    assert me(acme_client, newest["access"]) == 200
    age(acme, LoginSession, seconds=11)
    assert refresh(acme_client, used).status_code == 401
    for _ in range(2):
        assert refresh(acme_client, newest["refresh"]).status_code == 401
        assert refresh(acme_client, used).status_code == 401
        assert me(acme_client, newest["access"]) == 401
        age(acme, LoginSession, seconds=60)


@pytest.mark.parametrize("seconds", [-15, 15])
def test_grace_period_follows_the_clock_of_the_database(acme_client, acme, shown, seconds):
    """One server refreshes, another one is asked again."""
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        child = refresh(acme_client, shown["refresh"]).json()

    assert refresh(acme_client, shown["refresh"]).status_code == 200
    assert refresh(acme_client, child["refresh"]).status_code == 200


@pytest.mark.parametrize("seconds", [-15, 15])
def test_clock_of_a_server_does_not_extend_the_grace_period(acme_client, acme, shown, seconds):
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        refresh(acme_client, shown["refresh"])
    age(acme, LoginSession, seconds=11)

    assert refresh(acme_client, shown["refresh"]).status_code == 401


def test_reuse_of_an_older_secret_ends_the_session(acme_client, shown):
    child = refresh(acme_client, shown["refresh"]).json()
    grandchild = refresh(acme_client, child["refresh"]).json()
    assert me(acme_client, grandchild["access"]) == 200
    assert refresh(acme_client, shown["refresh"]).status_code == 401
    assert refresh(acme_client, grandchild["refresh"]).status_code == 401
    assert me(acme_client, grandchild["access"]) == 401


def test_strict_mode_ends_the_session_at_any_reuse(acme_client, shown, settings):
    settings.REFRESH_GRACE = STRICT
    newest = refresh(acme_client, shown["refresh"]).json()
    assert refresh(acme_client, shown["refresh"]).status_code == 401
    assert refresh(acme_client, newest["refresh"]).status_code == 401


def test_reuse_ends_no_other_session(acme_client, shown, settings):
    settings.REFRESH_GRACE = STRICT
    other = tokens(acme_client, "ann@example.com")
    refresh(acme_client, shown["refresh"])
    assert refresh(acme_client, shown["refresh"]).status_code == 401
    assert me(acme_client, other["access"]) == 200
    assert refresh(acme_client, other["refresh"]).status_code == 200


def test_refused_refreshes_get_the_same_response(
    acme_client, acme, globex_client, globex, settings
):
    settings.REFRESH_GRACE = STRICT
    person(acme, "ann@example.com")
    person(globex, "ann@example.com")
    used = tokens(acme_client, "ann@example.com")
    refresh(acme_client, used["refresh"])
    elsewhere = tokens(globex_client, "ann@example.com")
    shown = [used["refresh"], used["refresh"], elsewhere["refresh"], used["access"], "x"]
    answers = [refresh(acme_client, token) for token in shown]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert refresh(globex_client, elsewhere["refresh"]).status_code == 200


def test_secrets_have_256_bits_and_only_their_hash_is_stored(acme, acme_client, shown):
    secrets = [_claims(shown["refresh"])["jti"]]
    newest = shown["refresh"]
    for _ in range(3):
        newest = refresh(acme_client, newest).json()["refresh"]
        secrets.append(_claims(newest)["jti"])
    assert len(set(secrets)) == 4
    for secret in secrets:
        assert len(base64.urlsafe_b64decode(secret + "=")) == 32
    with tenant_context(acme):
        row = LoginSession.objects.values().get()
    assert row["secret_hash"] == hashlib.sha256(secrets[-1].encode()).hexdigest()
    assert row["previous_hash"] == hashlib.sha256(secrets[-2].encode()).hexdigest()
    assert [secret for secret in secrets if secret in str(row)] == []


@pytest.mark.parametrize(
    ("role", "idle", "absolute"),
    [
        ("customer", timedelta(days=14), timedelta(days=30)),
        ("staff", timedelta(hours=8), timedelta(days=7)),
        ("manager", timedelta(hours=8), timedelta(days=7)),
        ("owner", timedelta(hours=8), timedelta(days=7)),
    ],
)
class TestLimits:
    @pytest.mark.parametrize(("minutes", "status"), [(-1, 200), (1, 401)])
    def test_idle_session_ends(self, acme_client, acme, role, idle, absolute, minutes, status):
        newest = session_of(person(acme, "ann@example.com", role))["refresh"]
        age(acme, LoginSession, seconds=(idle + timedelta(minutes=minutes)).total_seconds())
        assert refresh(acme_client, newest).status_code == status

    def test_rotated_session_ends_at_the_absolute_limit(
        self, acme_client, acme, role, idle, absolute
    ):
        newest = session_of(person(acme, "ann@example.com", role))
        step = min(timedelta(days=1), idle - timedelta(hours=1))
        for _ in range(absolute // step - 1):
            age(acme, LoginSession, seconds=step.total_seconds())
            answer = refresh(acme_client, newest["refresh"])
            assert answer.status_code == 200
            newest = answer.json()
        age(acme, LoginSession, seconds=(step - timedelta(seconds=60)).total_seconds())
        newest = refresh(acme_client, newest["refresh"]).json()
        assert me(acme_client, newest["access"]) == 200
        age(acme, LoginSession, seconds=step.total_seconds())
        assert me(acme_client, newest["access"]) == 401
        assert refresh(acme_client, newest["refresh"]).status_code == 401


@pytest.mark.parametrize("role", ["staff", "manager", "owner"])
def test_lifetimes_follow_a_change_of_role(acme_client, acme, owner, role):
    ann = person(acme, "ann@example.com")
    newest = session_of(ann)
    answer = acme_client.as_(owner).patch(f"/api/users/{ann.pk}/", {"role": role})
    assert answer.json()["role"] == role
    for _ in range(8 * 4):
        age(acme, LoginSession, hours=6)
        answer = refresh(acme_client, newest["refresh"])
        newest = answer.json() if answer.status_code == 200 else newest
    assert answer.status_code == 401


@transactional
def test_concurrent_refreshes_get_the_same_token(acme):
    person(acme, "ann@example.com")
    client = shop_client(acme)
    used = tokens(client, "ann@example.com")["refresh"]
    answers = in_parallel(50, lambda _: refresh(shop_client(acme), used))
    assert [answer.status_code for answer in answers] == [200] * 50
    [child] = {answer.json()["refresh"] for answer in answers}
    assert refresh(client, child).status_code == 200


@transactional
def test_one_of_fifty_concurrent_refreshes_succeeds_in_strict_mode(acme, settings):
    settings.REFRESH_GRACE = STRICT
    person(acme, "ann@example.com")
    used = tokens(shop_client(acme), "ann@example.com")["refresh"]
    answers = in_parallel(50, lambda _: refresh(shop_client(acme), used))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 49


@transactional
def test_one_of_four_concurrent_refreshes_succeeds_in_strict_mode(acme, settings):
    """A few concurrent requests hit the race more often than many."""
    settings.REFRESH_GRACE = STRICT
    person(acme, "ann@example.com")
    passed = Counter()
    for _ in range(50):
        cache.clear()  # of the throttles
        with tenant_context(acme):
            session, secret = LoginSession.objects.open(User.objects.get(), Client())
            used = str(RefreshToken.for_session(session, secret))
        answers = in_parallel(4, lambda _, used=used: refresh(shop_client(acme), used))
        passed[sum(answer.status_code == 200 for answer in answers)] += 1
    assert passed == {1: 50}


@transactional
def test_concurrent_reuse_after_the_grace_period_ends_the_session(acme):
    person(acme, "ann@example.com")
    client = shop_client(acme)
    used = tokens(client, "ann@example.com")["refresh"]
    newest = refresh(client, used).json()
    age(acme, LoginSession, seconds=11)
    answers = in_parallel(50, lambda _: refresh(shop_client(acme), used))
    assert {answer.status_code for answer in answers} == {401}
    assert refresh(client, newest["refresh"]).status_code == 401
    assert me(client, newest["access"]) == 401


@transactional
def test_refresh_concurrent_with_a_logout_leaves_no_live_session(acme):
    person(acme, "ann@example.com")
    outcomes = Counter()
    for _ in range(15):
        cache.clear()  # of the throttles
        with tenant_context(acme):
            shown = session_of(User.objects.get())

        def act(number, shown=shown):
            if number == 0:
                return bearing(shop_client(acme), shown["access"]).post("/api/auth/logout/")
            return refresh(shop_client(acme), shown["refresh"])

        logout, *answers = in_parallel(5, act)
        assert logout.status_code == 204
        outcomes.update(answer.status_code for answer in answers)
        for answer in answers:
            if answer.status_code == 200:
                assert me(shop_client(acme), answer.json()["access"]) == 401
                assert refresh(shop_client(acme), answer.json()["refresh"]).status_code == 401
    assert set(outcomes) <= {200, 401}


@transactional
def test_control_reading_before_writing_lets_several_through(acme):
    """The control of the race: check, then write, on the same table."""
    person(acme, "ann@example.com")
    tokens(shop_client(acme), "ann@example.com")
    with tenant_context(acme):
        shown = LoginSession.objects.values_list("secret_hash", flat=True).get()

    def rotate_naively(number: int) -> bool:
        with tenant_context(acme):
            session = LoginSession.objects.get()
            if session.secret_hash != shown:
                return False
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.2)")  # whatever else a request does
            session.secret_hash = hashlib.sha256(str(number).encode()).hexdigest()
            session.rotated_at = timezone.now()
            session.save()
            return True

    assert sum(in_parallel(10, rotate_naively)) > 1


def _claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})

"""A token sent by mail is for one purpose, in one shop, once (row 31)."""

from __future__ import annotations

import gc
import hashlib
from datetime import timedelta
from types import TracebackType

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from apps.tenants.context import tenant_context
from apps.users.exceptions import InvalidLink
from apps.users.models import EmailToken, User
from tests.apps.users.support import NEW_PASSWORD, issued, person, shop_client
from tests.load.parallel import in_parallel

EMAIL = "ann@example.com"
Purpose = EmailToken.Purpose
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

#: By purpose: where its token is taken, what goes with it, and what a good one is answered with.
ENDPOINTS = {
    Purpose.PASSWORD_RESET: (
        "/api/auth/password/reset/confirm/",
        {"password": NEW_PASSWORD},
        204,
    ),
    Purpose.EMAIL_VERIFICATION: ("/api/auth/email/verify/", {"password": NEW_PASSWORD}, 204),
    Purpose.EMAIL_CONFIRMATION: ("/api/auth/email/confirm/", {}, 204),
    Purpose.INVITATION: (
        "/api/auth/invitations/accept/",
        {"password": NEW_PASSWORD, "first_name": "Ann"},
        201,
    ),
}
PURPOSES = list(ENDPOINTS)


def token_for(tenant, purpose, email=EMAIL):
    match purpose:
        case Purpose.PASSWORD_RESET:
            return issued(tenant, purpose, email, user=person(tenant, email))
        case Purpose.EMAIL_CONFIRMATION:
            return issued(tenant, purpose, email, user=person(tenant, "old@example.com"))
        case Purpose.EMAIL_VERIFICATION:
            account = {"first_name": "Ann"}
            return issued(tenant, purpose, email, account=account)
        case Purpose.INVITATION:
            inviter = person(tenant, "boss@example.com", "owner")
            return issued(tenant, purpose, email, role="staff", invited_by=inviter)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_junk_secrets_of_the_network_block_no_link(acme_client, acme, purpose):
    secret = token_for(acme, purpose)
    for _ in range(11):
        assert send_secret(acme_client, purpose, "junk").status_code == 400

    assert send_secret(acme_client, purpose, secret).status_code == ENDPOINTS[purpose][2]


def send_secret(client, purpose, secret):
    path, body, _ = ENDPOINTS[purpose]
    return client.post(path, body | {"token": secret})


@pytest.mark.parametrize("purpose", PURPOSES)
class TestOneShop:
    def test_other_shop_refuses_it_and_it_stays_good_here(
        self, acme, acme_client, globex, globex_client, purpose
    ):
        secret = token_for(acme, purpose)
        token_for(globex, purpose)
        refused = send_secret(globex_client, purpose, secret)
        never = send_secret(globex_client, purpose, "never" * 8)
        assert (refused.status_code, refused.content) == (400, never.content)
        assert send_secret(acme_client, purpose, secret).status_code == ENDPOINTS[purpose][2]

    def test_it_works_once(self, acme, acme_client, purpose):
        secret = token_for(acme, purpose)
        statuses = [send_secret(acme_client, purpose, secret).status_code for _ in range(3)]
        assert statuses == [ENDPOINTS[purpose][2], 400, 400]

    def test_platform_has_no_use_for_it(self, acme, platform, purpose):
        assert send_secret(platform, purpose, token_for(acme, purpose)).status_code == 404

    def test_only_its_hash_is_kept(self, acme, purpose):
        secret = token_for(acme, purpose)
        with tenant_context(acme):
            row = EmailToken.objects.values().get()
        assert len(secret) == 43  # 256 bits in base64url
        assert row["secret_hash"] == hashlib.sha256(secret.encode()).hexdigest()
        assert secret not in str(row)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_other_purpose_refuses_it_and_it_stays_good(acme, acme_client, purpose):
    secret = token_for(acme, purpose)
    for other in set(PURPOSES) - {purpose}:
        assert send_secret(acme_client, other, secret).status_code == 400
    assert send_secret(acme_client, purpose, secret).status_code == ENDPOINTS[purpose][2]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_secret_is_used_up_by_whoever_shows_it_first(acme, purpose):
    """By itself: what comes of most tokens would refuse a second use, too."""
    secret = token_for(acme, purpose)
    with tenant_context(acme):
        assert EmailToken.objects.use(purpose, secret).email == EMAIL
        with pytest.raises(InvalidLink):
            EmailToken.objects.use(purpose, secret)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_it_is_no_access_token(acme, acme_client, purpose):
    secret = token_for(acme, purpose)
    answer = acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert answer.status_code == 401


@pytest.mark.parametrize("purpose", PURPOSES)
def test_refused_tokens_leave_nothing_behind_in_memory(acme, acme_client, purpose):
    """An exception that is raised again and again keeps every stack, with all that is in it."""

    def kept():
        gc.collect()
        return sum(type(thing) is TracebackType for thing in gc.get_objects())

    for _ in range(2):
        send_secret(acme_client, purpose, "never" * 8)
    before = kept()
    for _ in range(5):
        assert send_secret(acme_client, purpose, "never" * 8).status_code == 400
    assert kept() - before < 5


@transactional
@pytest.mark.parametrize("purpose", PURPOSES)
def test_of_eight_at_once_one_succeeds(acme, purpose):
    secret = token_for(acme, purpose)
    answers = in_parallel(8, lambda _: send_secret(shop_client(acme), purpose, secret))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == ENDPOINTS[purpose][2]
    assert set(statuses[1:]) <= {400, 429}  # 429: one password is hashed at a time
    with tenant_context(acme):
        assert User.objects.filter(email=EMAIL).count() == 1


@transactional
def test_reading_before_writing_would_let_several_through(acme):
    """The control of the race: look whether it is unused, and then use it."""
    token_for(acme, Purpose.EMAIL_VERIFICATION)

    def use_naively(_):
        with tenant_context(acme):
            token = EmailToken.objects.usable().first()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.2)")
            if token is None:
                return False
            EmailToken.objects.filter(pk=token.pk).void()
            return True

    assert sum(in_parallel(8, use_naively)) > 1


def usable(tenant, email):
    with tenant_context(tenant):
        return EmailToken.objects.usable().filter(email=email).count()


@transactional
def test_two_invitations_at_once_leave_one_usable_link(acme):
    client = shop_client(acme).as_(person(acme, "boss@example.com", "owner"))
    for number in range(10):
        email = f"ann-{number}@example.com"
        body = {"email": email, "role": "staff"}
        answers = in_parallel(
            2, lambda _, body=body: client.post("/api/users/invitations/", body).status_code
        )
        assert (answers, usable(acme, email)) == ([201, 201], 1)


@transactional
def test_voiding_before_making_would_leave_several(acme):
    """The control of the race: void the earlier ones, and then make one, without a lock."""
    person(acme, "boss@example.com", "owner")

    def issue_naively(number):
        with tenant_context(acme):
            EmailToken.objects.filter(email=EMAIL).void()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.2)")
            EmailToken.objects.create(
                email=EMAIL, secret_hash=str(number), expires_at=timezone.now() + timedelta(hours=1)
            )

    in_parallel(2, issue_naively)
    assert usable(acme, EMAIL) == 2


@pytest.mark.parametrize("minutes", [-90, 90])
def test_hour_is_the_databases_whatever_the_clock_of_the_server(acme, minutes):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        secret = token_for(acme, Purpose.PASSWORD_RESET)

    with tenant_context(acme):
        assert EmailToken.objects.use(Purpose.PASSWORD_RESET, secret).email == EMAIL

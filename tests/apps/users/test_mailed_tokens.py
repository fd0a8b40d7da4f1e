"""A mailed token is valid for one purpose, in one shop, once (row 31)."""

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
def test_invalid_tokens_of_a_network_do_not_block_valid_ones(acme_client, acme, purpose):
    secret = token_for(acme, purpose)
    for _ in range(11):
        assert send_secret(acme_client, purpose, "junk").status_code == 400

    assert send_secret(acme_client, purpose, secret).status_code == ENDPOINTS[purpose][2]


def send_secret(client, purpose, secret):
    path, body, _ = ENDPOINTS[purpose]
    return client.post(path, body | {"token": secret})


@pytest.mark.parametrize("purpose", PURPOSES)
class TestOneShop:
    def test_token_is_invalid_in_another_shop(
        self, acme, acme_client, globex, globex_client, purpose
    ):
        secret = token_for(acme, purpose)
        token_for(globex, purpose)
        refused = send_secret(globex_client, purpose, secret)
        never = send_secret(globex_client, purpose, "never" * 8)
        assert (refused.status_code, refused.content) == (400, never.content)
        assert send_secret(acme_client, purpose, secret).status_code == ENDPOINTS[purpose][2]

    def test_token_works_once(self, acme, acme_client, purpose):
        secret = token_for(acme, purpose)
        statuses = [send_secret(acme_client, purpose, secret).status_code for _ in range(3)]
        assert statuses == [ENDPOINTS[purpose][2], 400, 400]

    def test_token_is_invalid_on_the_platform(self, acme, platform, purpose):
        assert send_secret(platform, purpose, token_for(acme, purpose)).status_code == 404

    def test_only_the_hash_of_a_token_is_stored(self, acme, purpose):
        secret = token_for(acme, purpose)
        with tenant_context(acme):
            row = EmailToken.objects.values().get()
        assert len(secret) == 43  # 256 bits in base64url
        assert row["secret_hash"] == hashlib.sha256(secret.encode()).hexdigest()
        assert secret not in str(row)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_token_is_invalid_for_another_purpose(acme, acme_client, purpose):
    secret = token_for(acme, purpose)
    for other in set(PURPOSES) - {purpose}:
        assert send_secret(acme_client, other, secret).status_code == 400
    assert send_secret(acme_client, purpose, secret).status_code == ENDPOINTS[purpose][2]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_token_is_used_up_by_the_first_request(acme, purpose):
    """Tested alone, because the results of most tokens would also prevent a second use."""
    secret = token_for(acme, purpose)
    with tenant_context(acme):
        assert EmailToken.objects.use(purpose, secret).email == EMAIL
        with pytest.raises(InvalidLink):
            EmailToken.objects.use(purpose, secret)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_token_is_not_an_access_token(acme, acme_client, purpose):
    secret = token_for(acme, purpose)
    answer = acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert answer.status_code == 401


@pytest.mark.parametrize("purpose", PURPOSES)
def test_refused_tokens_leave_no_tracebacks(acme, acme_client, purpose):
    """An exception instance that is raised repeatedly keeps all its tracebacks."""

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
def test_one_of_eight_concurrent_uses_succeeds(acme, purpose):
    secret = token_for(acme, purpose)
    answers = in_parallel(8, lambda _: send_secret(shop_client(acme), purpose, secret))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == ENDPOINTS[purpose][2]
    assert set(statuses[1:]) <= {400, 429}  # 429: one password is hashed at a time
    with tenant_context(acme):
        assert User.objects.filter(email=EMAIL).count() == 1


@transactional
def test_control_reading_before_writing_lets_several_through(acme):
    """The control of the race: check that the token is unused, and then use it."""
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
def test_concurrent_invitations_leave_one_usable_link(acme):
    client = shop_client(acme).as_(person(acme, "boss@example.com", "owner"))
    for number in range(10):
        email = f"ann-{number}@example.com"
        body = {"email": email, "role": "staff"}
        answers = in_parallel(
            2, lambda _, body=body: client.post("/api/users/invitations/", body).status_code
        )
        assert (answers, usable(acme, email)) == ([201, 201], 1)


@transactional
def test_control_voiding_without_a_lock_leaves_several_links(acme):
    """The control of the race: void the earlier tokens and then create one, without a lock."""
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
def test_expiry_follows_the_clock_of_the_database(acme, minutes):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        secret = token_for(acme, Purpose.PASSWORD_RESET)

    with tenant_context(acme):
        assert EmailToken.objects.use(Purpose.PASSWORD_RESET, secret).email == EMAIL

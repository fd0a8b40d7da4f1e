"""The password policy, at every endpoint that sets a password (SECURITY row 26)."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.core.management import CommandError, call_command

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.api.assertions import pointers
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import bearing, issued, log_in, person, session_of
from tests.pairs import spread

EMAIL = "marguerite@acme.example"
NAMES = {"first_name": "Marguerite", "last_name": "Yourcenar"}


def change(client, acme, password):
    user = person(acme, EMAIL, **NAMES)
    bearer = bearing(client, session_of(user)["access"])
    body = {"current_password": PASSWORD, "new_password": password}
    return bearer.post("/api/auth/password/change/", body)


def reset(client, acme, password):
    secret = issued(acme, "password_reset", EMAIL, user=person(acme, EMAIL, **NAMES))
    return client.post("/api/auth/password/reset/confirm/", {"token": secret, "password": password})


def accept(client, acme, password):
    inviter = person(acme, "boss@acme.example", "owner")
    secret = issued(acme, "invitation", EMAIL, role="staff", invited_by=inviter)
    body = {"token": secret, "password": password, **NAMES}
    return client.post("/api/auth/invitations/accept/", body)


def create(client, acme, password):
    boss = client.as_(person(acme, "boss@acme.example", "owner"))
    return boss.post("/api/users/", {"email": EMAIL, "password": password, **NAMES})


def verify(client, acme, password):
    secret = issued(acme, "email_verification", EMAIL, account=NAMES)
    return client.post("/api/auth/email/verify/", {"token": secret, "password": password})


SETTERS = [change, reset, accept, create, verify]

GOOD = [
    "8 chars!",
    "x7" * 4,
    "quiet-otter-" * 5 + "four",  # 64
    "kettle moon " * 10 + "12345678",  # 128
    "ßçhön größer ñandú",
    "пароль длинный очень",
    "密码很长而且很难猜到",
    "🦀🐙🦑🐡🐠🐟🐬🐳",
    "  leading and trailing  ",
    "\ttabs\tand spaces\t",
    "correcthorsebatterystaple2",
    "only letters without digits",
    "$(rm -rf /) ' OR 1=1 --",
]

BAD = [
    "",
    "7 chars",
    "🦀" * 7,
    "e\u0301" * 4,  # eight code points, and four letters
    "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44",  # a common one in full width
    " " * 9,
    "\u00a0\u2003\u3000" * 3,
    "\u200b" * 9,
    "\u3164" * 9,
    "\u2800" * 9,
    *("\u034f" * 12, "\ufe0f" * 12, "\u180b" * 12),
    "\ufdfa" * 8,  # 144 letters
    "x" * 513,
    "x" * 129,
    "password",
    "PASSWORD",
    "Password1",
    "12345678",
    "qwertyuiop",
    "iloveyou",
    "letmein1",
    " password ",
    "marguerite",
    "Marguerite1",
    "yourcenar",
    "YOURCENAR9",
    EMAIL,
    "marguerite@acme",
]


@pytest.mark.parametrize(("password", "set_password"), spread(GOOD, SETTERS))
def test_valid_password_is_accepted_unchanged(acme_client, acme, set_password, password):
    assert set_password(acme_client, acme, password).status_code in {201, 204}
    assert log_in(acme_client, EMAIL, password).status_code == 200
    for other in (password[:-1], password + " ", password.swapcase() + "x"):
        assert log_in(acme_client, EMAIL, other).status_code in {400, 401}


@pytest.mark.parametrize(("password", "set_password"), spread(BAD, SETTERS))
def test_invalid_password_is_refused(acme_client, acme, set_password, password):
    answer = set_password(acme_client, acme, password)
    assert pointers(answer) <= {"/password", "/new_password"}
    with tenant_context(acme):
        user = User.objects.filter(email=EMAIL).first()
    assert user is None or user.check_password(PASSWORD)


#: Typed alike on two machines.
COMPOSED, DECOMPOSED = "caf\u00e9 cr\u00e8me", "cafe\u0301 cre\u0300me"


@pytest.mark.parametrize(("set_", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
@pytest.mark.parametrize("set_password", SETTERS, ids=lambda set_password: set_password.__name__)
def test_login_accepts_any_unicode_form_of_the_password(
    acme_client, acme, set_password, set_, typed
):
    assert set_password(acme_client, acme, set_).status_code in {201, 204}

    assert log_in(acme_client, EMAIL, typed).status_code == 200


def test_reauthentication_accepts_any_unicode_form_of_the_password(acme_client, acme):
    assert create(acme_client, acme, COMPOSED).status_code == 201
    with tenant_context(acme):
        client = acme_client.as_(User.objects.get(email=EMAIL))

    body = {"current_password": DECOMPOSED, "new_password": "staple lamp seventeen"}
    assert client.post("/api/auth/password/change/", body).status_code == 204


def test_length_of_the_normalized_password_counts(acme_client, acme):
    password = "".join(f"e\u0301{number % 10}" for number in range(64))  # 192 as typed
    assert create(acme_client, acme, password).status_code == 201

    assert log_in(acme_client, EMAIL, password).status_code == 200


def test_normalized_password_is_hashed():
    hashed = make_password(DECOMPOSED)

    assert check_password(COMPOSED, hashed)


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize("password", ["\u00a0" * 9, "e\u0301" * 4, "x" * 129])
def test_create_shop_refuses_an_invalid_password(monkeypatch, password):
    monkeypatch.setenv("OWNER_PASSWORD", password)

    with pytest.raises(CommandError):
        call_command("create_shop", "pear", "Pear", "boss@pear.example")

    assert Tenant.objects.count() == 0


def test_every_character_of_a_long_password_counts(acme_client, acme):
    password = "kettle moon " * 10 + "12345678"
    assert create(acme_client, acme, password).status_code == 201
    for other in (password[:-1] + "9", password[:127], password[:72]):
        assert log_in(acme_client, EMAIL, other).status_code == 401
    assert log_in(acme_client, EMAIL, password).status_code == 200

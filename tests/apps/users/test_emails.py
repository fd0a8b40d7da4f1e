"""E-mail addresses are normalized everywhere."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.db.models import Value

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import EmailToken, User
from apps.users.normalization import normalize_email
from tests.apps.api.assertions import pointers, problem
from tests.apps.shops.requests import opening
from tests.apps.users.factories import PASSWORD, make_user
from tests.apps.users.support import log_in, mails_to, person, session_of

PLAIN = "ann@xn--kche-0ra.example"
#: Other spellings of that one mailbox.
SPELLINGS = [
    "Ann@Küche.example",
    "ann@KÜCHE.EXAMPLE",
    "ann@ku\u0308che.example",
    "ann@XN--KCHE-0RA.example",
    "ann@küche\u3002example",
    "ann@kü\u00adche.example",
    " ann@küche.example\n",
]
NO_ADDRESS = [
    *("", "@", "ann", "ann@", "@acme.example", "a@b", "a b@acme.example", "ann@acme..example"),
    *("änn@acme.example", "\u212aim@acme.example", "ann@-acme.example", "ann@acme.example."),
    *('"ann"@acme.example', '"a b"@acme.example', "ann\x00@acme.example", "ann@[127.0.0.1]"),
    *("ann@xn--a.example", "ann@\u2488.example", "ann@" + "ü" * 63 + ".example", "a@@acme.example"),
    "a" * 64 + "@" + ".".join(["b" * 60] * 4),
    *("a" * 65 + "@acme.example", "ada@localhost"),
    "a@" + ".".join(["ü" + "a" * 36] * 6) + ".example",  # 254 characters at most as an A-label
]
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.mark.parametrize("text", [*SPELLINGS, PLAIN])
def test_spellings_of_one_address_are_normalized_alike(text):
    assert normalize_email(text) == PLAIN


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("O'Hara+x_{y}@ACME.example", "o'hara+x_{y}@acme.example"),
        ("ann@\u212ailn.example", "ann@kiln.example"),
        ("ann@\uff41\uff43\uff4d\uff45.example", "ann@acme.example"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@İ.example", "ann@xn--i-9bb.example"),
        ("ann@пример.рф", "ann@xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_domain_becomes_its_a_label(text, email):
    assert normalize_email(text) == email


@pytest.mark.parametrize("text", NO_ADDRESS, ids=ascii)
def test_invalid_address_is_refused(text):
    with pytest.raises(ValidationError):
        normalize_email(text)


@pytest.mark.parametrize("text", SPELLINGS)
def test_normalization_is_idempotent(text):
    assert normalize_email(normalize_email(text)) == PLAIN


# --- Each path -----------------------------------------------------------------------------

SPELT = "ANN@küche.example"


@pytest.fixture
def client(acme_client, owner):
    return acme_client.as_(owner)


@pytest.fixture
def ann(acme):
    return person(acme, PLAIN)


def test_address_is_stored_normalized(in_acme):
    user = make_user(SPELT)

    assert user.email == User.objects.get().email == PLAIN
    assert User.objects.filter(email=SPELT).count() == 1
    assert User.objects.get_by_natural_key(SPELT) == user


def test_row_without_an_address_is_not_stored(in_acme):
    with pytest.raises(ValidationError):
        make_user("änn@acme.example")


@pytest.mark.parametrize("email", ["Ann@acme.example", "änn@acme.example", "a b@acme.example"])
def test_database_refuses_an_address_that_is_not_normalized(in_acme, email):
    user = make_user()

    with pytest.raises(IntegrityError, match="users_user_email_spelling"):
        User.objects.filter(pk=user.pk).update(email=Value(email))


def test_created_user_has_the_normalized_address(client):
    body = {"email": SPELT, "password": "staple lamp seventeen"}

    assert client.post("/api/users/", body).json()["email"] == PLAIN


@pytest.mark.parametrize("email", ["änn@acme.example", "\u212aim@acme.example"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/users/", {"password": PASSWORD}),
        ("/api/users/invitations/", {"role": "staff"}),
        ("/api/auth/register/", {"first_name": "Ann"}),
        ("/api/auth/password/reset/", {}),
    ],
)
def test_local_part_that_is_not_ascii_is_400(client, path, body, email):
    assert pointers(client.post(path, {"email": email, **body})) == {"/email"}


def test_other_spelling_of_an_address_is_a_conflict(client, ann):
    answers = [
        client.post("/api/users/", {"email": SPELT, "password": PASSWORD}),
        client.post("/api/users/invitations/", {"email": SPELT, "role": "staff"}),
    ]

    assert [pointers(answer) for answer in answers] == [{"/email"}] * 2


@pytest.mark.parametrize("email", [SPELT, PLAIN.upper(), "ann@ku\u0308che.example"])
def test_filter_normalizes_the_address(client, ann, email):
    found = client.get("/api/users/", {"email": email}).json()["results"]

    assert [row["id"] for row in found] == [str(ann.pk)]


@pytest.mark.parametrize("email", ["änn@acme.example", "ann", "%"])
def test_filter_by_an_invalid_address_is_empty(client, ann, email):
    assert client.get("/api/users/", {"email": email}).json()["results"] == []


def test_login_normalizes_the_address(acme_client, ann):
    assert log_in(acme_client, SPELT).status_code == 200


def test_login_attempts_count_per_normalized_address(acme_client, ann):
    for number, email in enumerate(SPELLINGS[:5]):
        answer = log_in(acme_client, email, "wrong battery", REMOTE_ADDR=f"203.0.{number}.7")
        assert answer.status_code == 401

    problem(log_in(acme_client, PLAIN, REMOTE_ADDR="203.0.9.7"), 429)


def test_known_client_is_recognized_by_the_normalized_address(acme_client, ann):
    shown = session_of(ann)
    for number in range(5):
        log_in(acme_client, PLAIN, "wrong battery", REMOTE_ADDR=f"203.0.{number}.7")

    known = {"refresh": shown["refresh"], "REMOTE_ADDR": "203.0.9.7"}
    assert log_in(acme_client, SPELT, **known).status_code == 200


@pytest.mark.parametrize(("typed", "subject"), [(SPELT, PLAIN), ("änn@x", ""), ("s3cret@", "")])
def test_failed_login_is_recorded_with_the_normalized_address(acme_client, acme, typed, subject):
    log_in(acme_client, typed, "wrong battery")

    with tenant_context(acme):
        assert AuditEvent.objects.get().subject == subject


def test_invitation_has_the_normalized_address(client, acme):
    client.post("/api/users/invitations/", {"email": SPELT, "role": "staff"})

    with tenant_context(acme):
        assert EmailToken.objects.get().email == PLAIN


@transactional
def test_mails_are_sent_to_the_normalized_address(acme, acme_client, platform):
    person(acme, PLAIN)
    acme_client.post("/api/auth/password/reset/", {"email": SPELT})
    acme_client.post("/api/auth/register/", {"email": SPELT, "first_name": "Ann"})
    platform.post("/api/auth/find-shops/", {"email": SPELT})

    assert len(mails_to(PLAIN)) == 3


def test_owner_of_a_new_shop_has_the_normalized_address(platform):
    platform.post("/api/shops/", opening("pear", owner={"email": SPELT}))

    with tenant_context(Tenant.objects.get(code="pear")):
        assert User.objects.get().email == PLAIN


@transactional
def test_create_shop_normalizes_the_address(monkeypatch):
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)

    call_command("create_shop", "pear", "Pear", SPELT)

    with tenant_context(Tenant.objects.get(code="pear")):
        assert User.objects.get().email == PLAIN


@transactional
def test_create_shop_refuses_an_invalid_address(monkeypatch):
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)

    with pytest.raises(CommandError, match="valid email"):
        call_command("create_shop", "pear", "Pear", "änn@pear.example")

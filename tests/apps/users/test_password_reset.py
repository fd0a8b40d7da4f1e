"""Password reset: the same response for all addresses (rows 28, 30, 31)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import EmailToken
from tests.apps.api.assertions import pointers
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.throttling.ageing import age_counters
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    age,
    everything_of,
    issued,
    links_in,
    log_in,
    mail_about,
    mails_to,
    me,
    person,
    secret_in,
    session_of,
    shop_client,
    text_of,
)

EMAIL = "ann@acme.example"
ASK, CONFIRM = "/api/auth/password/reset/", "/api/auth/password/reset/confirm/"
START = datetime(2030, 3, 4, 8, tzinfo=UTC)
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def ann(acme):
    return person(acme, EMAIL)


@pytest.fixture
def secret(ann):
    return issued(ann.tenant, "password_reset", EMAIL, user=ann)


def confirm(client, secret, password=NEW_PASSWORD):
    return client.post(CONFIRM, {"token": secret, "password": password})


def readdress(client, user, email):
    """Use the link that makes `email` the address of `user`."""
    secret = issued(user.tenant, "email_confirmation", email, user=user)
    answer = client.post("/api/auth/email/confirm/", {"token": secret})
    assert answer.status_code == 204, answer.content


@transactional
def test_only_known_addresses_get_a_mail_and_the_response_is_the_same(acme, globex):
    client = shop_client(acme)
    person(acme, EMAIL)
    person(acme, "inactive@acme.example", is_active=False)
    person(globex, "elsewhere@acme.example")
    addresses = [EMAIL, "nobody@acme.example", "inactive@acme.example", "elsewhere@acme.example"]
    answers = [client.post(ASK, {"email": address}) for address in addresses]
    assert {answer.status_code for answer in answers} == {202}
    assert len({str(everything_of(answer)) for answer in answers}) == 1
    assert [len(mails_to(address)) for address in addresses] == [1, 0, 0, 0]


@transactional
def test_mailed_link_sets_a_new_password(acme):
    client = shop_client(acme)
    person(acme, EMAIL)
    assert client.post(ASK, {"email": EMAIL.upper()}).status_code == 202
    message = mail_about(EMAIL, "new password")
    secret = secret_in(message)
    html, _ = message.alternatives[0]
    assert secret in html
    answer = confirm(client, secret)
    assert (answer.status_code, answer.content) == (204, b"")
    assert log_in(client, EMAIL, NEW_PASSWORD).status_code == 200
    assert log_in(client, EMAIL, PASSWORD).status_code == 401
    assert NEW_PASSWORD not in text_of(mail_about(EMAIL, "was changed"))


@transactional
@pytest.mark.parametrize(
    "spoofed",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_PORT": "6666"},
        {"HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_HOST": "acme.localhost:6666"},
        {"HTTP_HOST": "ACME.localhost.:8000"},
        {"HTTP_ORIGIN": "https://evil.example", "HTTP_REFERER": "https://evil.example/"},
    ],
    ids=str,
)
def test_link_has_the_canonical_url(acme, spoofed):
    person(acme, EMAIL)
    Tenant.objects.using("owner").filter(pk=acme.pk).update(canonical_url="https://cups.example/")
    assert shop_client(acme).post(ASK, {"email": EMAIL}, **spoofed).status_code == 202
    [message] = mails_to(EMAIL)
    assert {link.partition("?")[0] for link in links_in(message)} <= {
        "https://cups.example/",
        "https://cups.example/reset-password",
    }
    assert "evil" not in text_of(message)
    assert "6666" not in text_of(message)


@transactional
@pytest.mark.parametrize("host", ["evil.example", "acme.localhost.evil.example", "localhost:8000"])
def test_unknown_host_sends_no_mail(acme, host):
    person(acme, EMAIL)
    assert shop_client(acme).post(ASK, {"email": EMAIL}, HTTP_HOST=host).status_code == 404
    assert mails_to(EMAIL) == []


@transactional
def test_failing_mail_server_does_not_change_the_response(acme, settings):
    person(acme, EMAIL)
    client = shop_client(acme)
    working = client.post(ASK, {"email": EMAIL})
    assert len(mails_to(EMAIL)) == 1
    settings.EMAIL_BACKEND = "tests.apps.users.failing_mail.EmailBackend"
    failing = client.post(ASK, {"email": EMAIL})
    unknown = client.post(ASK, {"email": "nobody@acme.example"})
    assert len(mails_to(EMAIL)) == 1
    assert everything_of(failing) == everything_of(working) == everything_of(unknown)
    assert failing.status_code == 202


@transactional
def test_mails_to_one_address_are_limited_to_three_per_hour(acme):
    person(acme, EMAIL)
    answers = []
    for _ in range(5):
        answers.append(shop_client(acme).post(ASK, {"email": EMAIL}))
        run_all_jobs()
    assert {str(everything_of(answer)) for answer in answers} == {str(everything_of(answers[0]))}
    assert len(mails_to(EMAIL)) == 3
    age_counters(minutes=61)
    shop_client(acme).post(ASK, {"email": EMAIL})
    assert len(mails_to(EMAIL)) == 4


@transactional
def test_only_the_newest_link_works(acme):
    client = shop_client(acme)
    person(acme, EMAIL)
    secrets = []
    for _ in range(2):
        client.post(ASK, {"email": EMAIL})
        secrets.append(secret_in(mails_to(EMAIL)[-1]))
    assert [confirm(client, secret).status_code for secret in secrets] == [400, 204]


def test_link_works_once(acme_client, secret):
    assert confirm(acme_client, secret).status_code == 204
    again = confirm(acme_client, secret, "and another password")
    assert pointers(again) == {"/token"}
    assert everything_of(again) == everything_of(confirm(acme_client, "never" * 8))
    assert log_in(acme_client, EMAIL, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize(("minutes", "status"), [(59, 204), (61, 400)])
def test_link_expires_after_an_hour(acme_client, ann, secret, minutes, status):
    age(ann.tenant, EmailToken, minutes=minutes)
    assert confirm(acme_client, secret).status_code == status


def test_changed_email_voids_the_link(acme_client, ann, secret):
    readdress(acme_client, ann, "new@acme.example")
    assert pointers(confirm(acme_client, secret)) == {"/token"}
    assert log_in(acme_client, "new@acme.example").status_code == 200


def test_link_stays_void_when_the_email_changes_back(acme_client, ann, secret):
    for email in ("new@acme.example", EMAIL):
        readdress(acme_client, ann, email)
    assert confirm(acme_client, secret).status_code == 400


def test_link_is_void_for_a_deactivated_user(acme_client, owner, ann, secret):
    acme_client.as_(owner).delete(f"/api/users/{ann.pk}/")
    assert pointers(confirm(acme_client, secret)) == {"/token"}


@pytest.mark.parametrize("weak", ["short", "password1", EMAIL])
def test_link_stays_valid_after_a_weak_password(acme_client, secret, weak):
    assert pointers(confirm(acme_client, secret, weak)) == {"/password"}
    assert confirm(acme_client, secret).status_code == 204


def test_reset_ends_all_sessions_and_opens_none(acme_client, ann, secret):
    sessions = [session_of(ann) for _ in range(2)]
    answer = confirm(acme_client, secret)
    assert (answer.status_code, answer.content, answer.cookies) == (204, b"", {})
    assert [me(acme_client, shown["access"]) for shown in sessions] == [401, 401]


def test_reset_ends_a_lock_out(acme_client, ann, secret):
    for _ in range(5):
        log_in(acme_client, EMAIL, "wrong battery")
    assert log_in(acme_client, EMAIL).status_code == 429
    assert confirm(acme_client, secret).status_code == 204
    assert log_in(acme_client, EMAIL, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "%", "x" * 65, "ü", "' OR 1=1 --"])
def test_malformed_tokens_are_400(acme_client, secret, token):
    assert pointers(confirm(acme_client, token)) == {"/token"}


@pytest.mark.parametrize("email", ["", "x", "a@b", None, [], {}, "a@b.example\n", "a" * 300])
def test_bad_address_is_400_at_its_pointer(acme_client, email):
    answer = acme_client.post(ASK, {"email": email})
    if email == "a@b.example\n":  # white space around it is trimmed
        assert answer.status_code == 202
    else:
        assert pointers(answer) == {"/email"}


def test_background_mail_sees_committed_rows_only(acme_client, acme, ann):
    """A background job sees committed rows only: nothing of this test's transaction."""
    assert acme_client.post(ASK, {"email": EMAIL}).status_code == 202
    assert mails_to(EMAIL) == mail.outbox == []
    with tenant_context(acme):
        assert list(ann.email_tokens.all()) == []

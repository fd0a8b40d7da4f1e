"""Mail over a limit: the action succeeds or is refused, and the mail is logged."""

from __future__ import annotations

from itertools import pairwise

import pytest

from apps.audit.models import AuditEvent
from apps.mail.actions import MailAction
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.throttling.models import PlatformCounter
from apps.throttling.rate_limits import SENDERS_MAIL_FROM_NETWORK
from apps.users.models import EmailToken
from tests.apps.api.assertions import problem
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.tenants.factories import make_tenant
from tests.apps.throttling.hashers import QUICK
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    issued,
    mails_to,
    person,
    secret_in,
    shop_client,
)
from tests.conftest import PLATFORM, ShopClient

ADA = "ada@acme.example"
RESET, REGISTER = "/api/auth/password/reset/", "/api/auth/register/"
CHANGE = "/api/auth/password/change/"
INVITATIONS = "/api/users/invitations/"

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def ask_for_reset(tenant):
    answer = shop_client(tenant).post(RESET, {"email": ADA})
    run_all_jobs()
    return answer


def subjects(address):
    return [message.subject for message in mails_to(address)]


def withheld(tenant):
    with tenant_context(tenant):
        events = AuditEvent.objects.filter(action=MailAction.WITHHELD)
        return [(event.subject, event.details, event.address) for event in events]


def test_registrations_do_not_use_up_the_limit_of_resets(acme):
    person(acme, ADA)
    for _ in range(4):
        body = {"email": ADA, "password": NEW_PASSWORD, "first_name": "Eve"}
        assert shop_client(acme).post(REGISTER, body).status_code == 202

    assert ask_for_reset(acme).status_code == 202

    assert subjects(ADA) == ["You already have an account at Acme"] * 3 + [
        "Set a new password for Acme"
    ]


def test_withheld_mail_is_recorded_and_logged_without_its_address(acme, caplog):
    person(acme, ADA)

    for _ in range(4):
        assert ask_for_reset(acme).status_code == 202

    assert len(mails_to(ADA)) == 3
    assert withheld(acme) == [(ADA, {"mail": "password_reset"}, None)]
    lines = [record.getMessage() for record in caplog.records if record.name == "apps.mail"]
    assert lines == ["Withheld password_reset for acme: too many mails"]
    assert ADA not in caplog.text


def test_withheld_mail_of_the_platform_is_logged(acme, caplog):
    person(acme, ADA)
    for _ in range(4):
        ShopClient(PLATFORM).post("/api/auth/find-shops/", {"email": ADA})

    assert len(mails_to(ADA)) == 3
    assert "Withheld find_shops for platform: too many mails" in caplog.text


def test_withheld_mail_issues_no_link(acme):
    person(acme, ADA)
    for _ in range(4):
        ask_for_reset(acme)

    assert len(mails_to(ADA)) == 3
    with tenant_context(acme):
        assert EmailToken.objects.count() == 3


def test_last_mailed_link_works_after_one_was_withheld(acme):
    person(acme, ADA)
    for _ in range(4):
        ask_for_reset(acme)
    secret = secret_in(mails_to(ADA)[-1])

    answer = shop_client(acme).post(f"{RESET}confirm/", {"token": secret, "password": NEW_PASSWORD})

    assert answer.status_code == 204


def test_action_succeeds_if_its_notice_is_withheld(acme, settings):
    ada = person(acme, ADA)
    settings.PASSWORD_HASHERS = QUICK
    passwords = [PASSWORD, *(f"{NEW_PASSWORD} {number}" for number in range(5))]

    client = shop_client(acme).as_(ada)
    answers = [
        client.post(CHANGE, {"current_password": old, "new_password": new})
        for old, new in pairwise(passwords)
    ]

    assert [answer.status_code for answer in answers] == [204] * 5
    assert subjects(ADA) == ["Your password for Acme was changed"] * 3
    assert len(withheld(acme)) == 2


def test_unconfirmed_shop_stores_ten_invitations(db):
    tenant = make_tenant(confirmed_at=None)
    client = shop_client(tenant).as_(person(tenant, "owner@acme.example", "owner"))

    answers = [
        client.post(INVITATIONS, {"email": f"stranger-{n}@example.com", "role": "staff"})
        for n in range(12)
    ]

    assert [answer.status_code for answer in answers] == [201] * 10 + [429] * 2
    problem(answers[-1], 429, "too_many_tries")
    assert int(answers[-1].headers["Retry-After"]) > 80_000
    with tenant_context(tenant):
        assert EmailToken.objects.count() == 10


def test_public_requests_do_not_suppress_the_owners_confirmation(db):
    tenant = make_tenant(confirmed_at=None)
    person(tenant, ADA, "owner")
    client = shop_client(tenant)
    for n in range(12):
        body = {"email": f"stranger-{n}@example.com", "first_name": "Eve"}
        client.post(REGISTER, body, REMOTE_ADDR=f"203.0.{n}.7")
    run_all_jobs()
    assert len(withheld(tenant)) == 2

    client.post(RESET, {"email": ADA})
    body = {"token": secret_in(mails_to(ADA)[0]), "password": NEW_PASSWORD}

    assert client.post(f"{RESET}confirm/", body).status_code == 204
    assert Tenant.objects.get(pk=tenant.pk).confirmed_at is not None


def mails_of_the_network():
    """Return how many mails of logged-in users were counted, by network."""
    counters = PlatformCounter.objects.filter(rule=SENDERS_MAIL_FROM_NETWORK.name)
    return list(counters.values_list("attempts", flat=True))


def test_notice_of_a_changed_password_counts_for_the_network(acme):
    client = shop_client(acme).as_(person(acme, ADA))

    client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW_PASSWORD})

    assert len(mails_to(ADA)) == 1
    assert mails_of_the_network() == [1]


def test_notice_of_a_requested_address_counts_for_the_network(acme):
    client = shop_client(acme).as_(person(acme, "owner@acme.example", "owner"))

    client.patch(f"/api/users/{person(acme, ADA).pk}/", {"email": "new@acme.example"})

    assert (len(mails_to(ADA)), len(mails_to("new@acme.example"))) == (1, 1)
    assert mails_of_the_network() == [2]


def test_notice_of_a_changed_address_counts_for_the_network(acme):
    token = issued(acme, "email_confirmation", "new@acme.example", user=person(acme, ADA))

    shop_client(acme).post("/api/auth/email/confirm/", {"token": token})

    assert len(mails_to(ADA)) == 1
    assert mails_of_the_network() == [1]


def test_invitation_counts_once(acme):
    client = shop_client(acme).as_(person(acme, "owner@acme.example", "owner"))

    answers = []
    for _ in range(4):
        answers.append(client.post(INVITATIONS, {"email": ADA, "role": "staff"}))
        run_all_jobs()  # a link that is void is not mailed

    assert [answer.status_code for answer in answers] == [201] * 3 + [429]
    assert len(mails_to(ADA)) == 3

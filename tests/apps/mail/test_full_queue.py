"""Responses while a shop's jobs fill its share of the queue."""

from __future__ import annotations

import pytest
from django.db import transaction

from apps.mail.delivery import send_after_commit, send_mail
from apps.mail.exceptions import MailQueueFull
from apps.tenants.context import tenant_context
from apps.users.models import EmailToken
from tests.apps.api.assertions import problem
from tests.apps.users.support import NEW_PASSWORD, person, shop_client
from tests.conftest import PLATFORM, ShopClient

ADA = "ada@acme.example"
REQUESTS = {
    "/api/auth/password/reset/": {"email": ADA},
    "/api/auth/register/": {"email": ADA, "password": NEW_PASSWORD, "first_name": "Ada"},
}

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def full(acme, settings) -> None:
    """A queue that is full for acme and for the platform."""
    settings.JOB_QUOTAS = {"default": 1, "mail": 1}
    with tenant_context(acme):
        send_mail.enqueue(ADA, "password_changed", {})
    send_mail.enqueue(ADA, "password_changed", {})


def post(client, path, body):
    client.raise_request_exception = False
    return client.post(path, body)


def require_503(answer) -> None:
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "10"


@pytest.mark.parametrize("path", REQUESTS)
def test_full_queue_is_a_503_and_another_shop_is_served(acme, globex, path):
    require_503(post(shop_client(acme), path, REQUESTS[path]))

    assert shop_client(globex).post(path, REQUESTS[path]).status_code == 202


def test_full_queue_of_the_platform_is_a_503():
    require_503(post(ShopClient(PLATFORM), "/api/auth/find-shops/", {"email": ADA}))


def test_invitation_with_a_full_queue_is_a_503_and_not_stored(acme):
    client = shop_client(acme).as_(person(acme, "owner@acme.example", "owner"))

    require_503(post(client, "/api/users/invitations/", {"email": ADA, "role": "staff"}))

    with tenant_context(acme):
        assert EmailToken.objects.count() == 0


def test_dropped_notice_is_logged_and_the_action_succeeds(acme, caplog):
    with transaction.atomic():
        send_after_commit(ADA, "password_changed", {}, tenant=acme)

    [record] = caplog.records
    assert record.getMessage() == "Dropped count_and_send for acme: the queue is full"
    assert ADA not in caplog.text


def test_admitted_mail_raises_if_the_queue_has_filled_up(acme):
    with pytest.raises(MailQueueFull), transaction.atomic():
        send_after_commit(ADA, "invitation", {}, tenant=acme, is_admitted=True)

"""What an endpoint answers where a shop's jobs fill its share of the queue."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import transaction

from apps.mail import background
from apps.mail.background import JobQueue, run_in_background, wait_until_idle
from apps.mail.delivery import send_after_commit
from apps.mail.exceptions import MailQueueFull
from apps.tenants.context import tenant_context
from apps.users.models import EmailToken
from tests.apps.api.assertions import problem
from tests.apps.users.support import NEW_PASSWORD, person, shop_client
from tests.conftest import PLATFORM, ShopClient

ADA = "ada@acme.example"
ASKS = {
    "/api/auth/password/reset/": {"email": ADA},
    "/api/auth/register/": {"email": ADA, "password": NEW_PASSWORD, "first_name": "Ada"},
}

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def full(acme, monkeypatch) -> Iterator[None]:
    """A queue in which no further job of acme, nor of the platform, can wait."""
    monkeypatch.setattr(background, "jobs", JobQueue(threads=1, share=1))
    running, go_on = threading.Event(), threading.Event()

    def block() -> None:
        running.set()
        go_on.wait(20)

    run_in_background(block, tenant=acme)
    assert running.wait(10)
    for tenant in (acme, None):
        run_in_background(print, tenant=tenant)
    yield
    go_on.set()
    assert wait_until_idle()


def post(client, path, body):
    client.raise_request_exception = False
    return client.post(path, body)


def require_503(answer) -> None:
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "10"


@pytest.mark.parametrize("path", ASKS)
def test_mail_that_is_asked_for_is_a_503_and_another_shop_is_served(acme, globex, path):
    require_503(post(shop_client(acme), path, ASKS[path]))

    assert shop_client(globex).post(path, ASKS[path]).status_code == 202


def test_list_of_shops_is_a_503():
    require_503(post(ShopClient(PLATFORM), "/api/auth/find-shops/", {"email": ADA}))


def test_invitation_is_a_503_and_not_stored(acme):
    client = shop_client(acme).as_(person(acme, "owner@acme.example", "owner"))

    require_503(post(client, "/api/users/invitations/", {"email": ADA, "role": "staff"}))

    with tenant_context(acme):
        assert EmailToken.objects.count() == 0


def test_notice_is_logged_and_fails_nothing(acme, caplog):
    with transaction.atomic():
        send_after_commit(ADA, "password_changed", {}, tenant=acme)

    [record] = caplog.records
    assert record.getMessage().startswith("Dropped deliver for shop acme: ")
    assert ADA not in caplog.text


def test_admitted_mail_that_cannot_be_queued_any_more_is_raised(acme):
    with pytest.raises(MailQueueFull), transaction.atomic():
        send_after_commit(ADA, "invitation", {}, tenant=acme, is_admitted=True)

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpResponse
from django.urls import path

from apps.jobs.models import JobTicket
from apps.mail.delivery import send_after_commit
from apps.tenants.context import get_active_tenant
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.tenants.factories import make_tenant

from .conftest import addressed

LINK = "https://acme.example.com/reset-password?token=s3cret"

in_real_transactions = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def shop(transactional_db):
    """A shop in the database, where its mails are counted."""
    return addressed(make_tenant("acme", name="Acme"))


def reset(tenant, to="kim@example.com"):
    send_after_commit(to=to, template="password_reset", context={"link": LINK}, tenant=tenant)


def asks_for_mail(request):
    with transaction.atomic():
        reset(addressed(get_active_tenant()))
    return HttpResponse("done")


urlpatterns = [path("ask/", asks_for_mail)]


@in_real_transactions
def test_smtp_server_receives_both_parts_from_the_shop(smtp):
    tenant = addressed(make_tenant("acme", name="Acme, Inc."))
    reset(tenant)
    message = smtp.only_message()
    assert str(message["From"]) == '"Acme, Inc. via Galleria" <no-reply@localhost>'
    assert message["To"] == "kim@example.com"
    assert message["Subject"] == "Set a new password for Acme, Inc."
    assert message["X-Galleria-Shop"] == str(tenant.pk)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@localhost>")
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert all(LINK in part.get_content() for part in message.iter_parts())
    [envelope] = smtp.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@localhost", ["kim@example.com"])


@in_real_transactions
def test_platform_mail_names_no_shop(smtp, settings, platform_shops):
    settings.DEFAULT_FROM_EMAIL = "The Mall <mall@example.com>"
    shops = [vars(shop) for shop in platform_shops]
    send_after_commit("kim@example.com", "find_shops", {"shops": shops}, tenant=None)
    assert str(smtp.only_message()["From"]) == "The Mall <mall@example.com>"
    assert "X-Galleria-Shop" not in smtp.only_message()


@in_real_transactions
def test_mail_is_sent_only_after_the_commit(smtp, shop):
    with transaction.atomic():
        reset(shop)
        assert smtp.received() == []
    assert len(smtp.received()) == 1


@in_real_transactions
def test_rollback_sends_nothing(smtp, shop):
    def fail():
        with transaction.atomic():
            reset(shop)
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 -- raised here, with no message
        fail()
    assert smtp.received() == []
    reset(shop)
    assert len(smtp.received()) == 1


@in_real_transactions
def test_smtp_failure_does_not_fail_the_request(no_smtp, settings, acme_client, caplog):
    settings.SHOP_URLCONF = __name__
    response = acme_client.get("/ask/")
    assert (response.status_code, response.content) == (200, b"done")
    run_all_jobs()
    [record] = [record for record in caplog.records if record.name == "apps.jobs"]
    assert record.getMessage() == (
        "Failed, to be repeated: apps.mail.delivery.send_mail for shop acme"
    )
    assert "ConnectionRefusedError" in caplog.text
    assert "s3cret" not in caplog.text


@in_real_transactions
def test_smtp_server_receives_the_mail_of_a_request(smtp, settings, acme_client):
    settings.SHOP_URLCONF = __name__
    assert acme_client.get("/ask/").status_code == 200
    assert str(smtp.only_message()["From"]) == "Acme via Galleria <no-reply@localhost>"


@in_real_transactions
def test_refused_mail_is_logged(smtp, shop, caplog):
    smtp.answer = "554 No"
    reset(shop)
    run_all_jobs()
    assert "SMTPDataError: (554, b'No')" in caplog.text


@in_real_transactions
@pytest.mark.parametrize(
    "address",
    ["kim@example.com\nBcc: eve@example.com", "kim@example.com, eve@example.com", ""],
)
def test_invalid_recipient_gets_no_mail(smtp, shop, caplog, address):
    reset(shop, to=address)
    assert smtp.received() == []
    assert len(caplog.records) == (1 if address else 0)


@in_real_transactions
def test_template_that_does_not_exist_is_logged(shop, caplog):
    send_after_commit("kim@example.com", "no_such_mail", {}, tenant=shop)
    run_all_jobs()
    assert "TemplateDoesNotExist: mail/no_such_mail.subject.txt" in caplog.text


@in_real_transactions
def test_mail_is_sent_once_the_smtp_server_works_again(smtp, shop):
    smtp.answer = "451 Try again"
    reset(shop)
    assert len(smtp.received()) == 1  # refused, and kept by this test's server
    smtp.answer = "250 OK"
    smtp.envelopes.clear()

    JobTicket.objects.update(run_at=Now())

    assert smtp.only_message()["To"] == "kim@example.com"
    assert JobTicket.objects.count() == 0


@in_real_transactions
def test_context_is_copied_when_queued(shop, mailoutbox):
    context = {"link": LINK}
    with transaction.atomic():
        send_after_commit("kim@example.com", "password_reset", context, tenant=shop)
        context.clear()
    run_all_jobs()
    assert LINK in mailoutbox[0].body

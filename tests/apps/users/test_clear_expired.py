"""`clear_expired` deletes expired rows of all shops."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from apps.throttling.models import PlatformCounter, TenantCounter
from apps.throttling.rate_limits import LOGIN_OVER_ALL_SHOPS
from apps.users.models import EmailToken, LoginSession
from tests.apps.audit.factories import make_audit_event
from tests.apps.throttling.ageing import age_counters
from tests.apps.throttling.factories import make_counter
from tests.apps.users.factories import make_email_token, make_session
from tests.apps.users.support import age

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


def fill(tenant):
    with tenant_context(tenant):
        make_session()
        make_email_token()
        make_counter()
        PlatformCounter.objects.record_attempt(LOGIN_OVER_ALL_SHOPS, tenant.code)


def counts(tenant):
    models = (LoginSession, EmailToken, TenantCounter)
    with tenant_context(tenant):
        return [model.objects.count() for model in models]


@pytest.fixture
def old_and_new(acme, globex):
    """Rows of a hundred days ago and of today, in two shops."""
    for tenant in (acme, globex):
        fill(tenant)
        age(tenant, LoginSession, days=100)
        age(tenant, EmailToken, days=100)
    age_counters(days=100)
    for tenant in (acme, globex):
        fill(tenant)
    return acme, globex


def test_expired_rows_are_deleted_in_all_shops(old_and_new):
    # A counter that was tried again is a new one: the second fill counts on the first's row only
    # where the subject is the same, as it is for the networks.
    assert [counts(tenant) for tenant in old_and_new] == [[2, 2, 2], [2, 2, 2]]
    output = StringIO()
    call_command("clear_expired", stdout=output)
    assert [counts(tenant) for tenant in old_and_new] == [[1, 1, 1], [1, 1, 1]]
    assert PlatformCounter.objects.count() == 2
    assert output.getvalue().splitlines()[-1] == "Deleted 6 rows."


def test_expired_network_counter_is_deleted(db):
    PlatformCounter.objects.record_attempt(LOGIN_OVER_ALL_SHOPS, "198.51.100.0/24")
    age_counters(days=1)
    PlatformCounter.objects.record_attempt(LOGIN_OVER_ALL_SHOPS, "203.0.113.0/24")
    call_command("clear_expired", stdout=StringIO())
    assert PlatformCounter.objects.count() == 1


def test_ended_session_is_kept_for_a_month(acme):
    with tenant_context(acme):
        session = make_session()
        LoginSession.objects.filter(pk=session.pk).end()
        call_command("clear_expired", stdout=StringIO())
        assert LoginSession.objects.count() == 1
        age(acme, LoginSession, days=31)
        call_command("clear_expired", stdout=StringIO())
        assert LoginSession.objects.count() == 0


def test_old_audit_events_are_deleted(acme, globex, settings):
    for tenant in (acme, globex):
        for days in (99, 101):
            with tenant_context(tenant):
                event = make_audit_event()
            with connections["owner"].cursor() as cursor:
                cursor.execute(
                    "UPDATE audit_events SET created_at = now() - %s WHERE id = %s",
                    [timedelta(days=days), event.pk],
                )
    settings.AUDIT_RETENTION = timedelta(days=100)

    call_command("clear_expired", stdout=StringIO())

    for tenant in (acme, globex):
        with tenant_context(tenant):
            [event] = AuditEvent.objects.all()
            assert (timezone.now() - event.created_at).days == 99


def test_audit_events_are_kept_without_the_owners_role(acme, monkeypatch, settings):
    settings.AUDIT_RETENTION = timedelta(0)
    with tenant_context(acme):
        make_audit_event()
    monkeypatch.delitem(connections.settings, "owner")

    call_command("clear_expired", stdout=StringIO())

    with tenant_context(acme):
        assert AuditEvent.objects.count() == 1

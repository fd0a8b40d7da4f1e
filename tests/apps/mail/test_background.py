from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import pytest
from django.db import connection

from apps.mail import background
from apps.mail.background import JobQueue, run_in_background, wait_until_idle
from apps.mail.exceptions import MailQueueFull
from apps.tenants.context import get_active_tenant, tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import make_user

BUSY, OTHER = Tenant(code="busy"), Tenant(code="other")

marker: ContextVar[str] = ContextVar("marker", default="")


@pytest.fixture
def one_thread(monkeypatch) -> JobQueue:
    """A queue with a single thread, so that jobs run one after the other."""
    jobs = JobQueue(threads=1, share=3, capacity=5)
    monkeypatch.setattr(background, "jobs", jobs)
    return jobs


def test_tenant_is_active_in_the_job(shop):
    seen = []
    run_in_background(lambda: seen.append(get_active_tenant()), tenant=shop)
    assert wait_until_idle()
    assert seen == [shop]
    assert get_active_tenant() is None


def test_job_without_tenant_inherits_none(shop):
    seen = []
    with tenant_context(shop):
        run_in_background(lambda: seen.append(get_active_tenant()), tenant=None)
        assert wait_until_idle()
    assert seen == [None]


def test_job_leaves_no_state_for_the_next(one_thread, shop, caplog):
    """Neither the tenant, nor a context variable that a job set, nor an exception."""
    seen = []

    def leave_behind():
        marker.set("dirty")
        tenant_context(shop).__enter__()
        raise SystemExit

    run_in_background(leave_behind, tenant=shop)
    run_in_background(
        lambda: seen.append((threading.get_ident(), get_active_tenant(), marker.get())),
        tenant=None,
    )
    run_in_background(lambda: seen.append(threading.get_ident()), tenant=None)
    assert wait_until_idle()
    (thread, tenant, mark), same_thread = seen
    assert (tenant, mark) == (None, "")
    assert thread == same_thread != threading.get_ident()
    assert [record.getMessage() for record in caplog.records] == ["A background job was aborted."]


def test_arguments_are_passed_to_the_job():
    seen = []
    run_in_background(lambda *args: seen.append(args), 1, "two", tenant=None)
    assert wait_until_idle()
    assert seen == [(1, "two")]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_job_sees_only_rows_of_its_tenant():
    tenants = [make_tenant("acme"), make_tenant("globex")]
    for tenant in tenants:
        with tenant_context(tenant):
            make_user(f"owner@{tenant.code}.example")
    seen = []
    for tenant in tenants:
        run_in_background(
            lambda: seen.extend(User.objects.values_list("email", flat=True)), tenant=tenant
        )
    assert wait_until_idle()
    assert sorted(seen) == ["owner@acme.example", "owner@globex.example"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_connection_of_a_job_is_closed(one_thread):
    seen = []

    def query():
        seen.append(connection.connection)
        connection.ensure_connection()
        seen.append(connection.connection)

    run_in_background(query, tenant=None)
    run_in_background(query, tenant=None)
    assert wait_until_idle()
    assert seen[0] is seen[2] is None
    assert [made.closed for made in (seen[1], seen[3])] == [1, 1]


def test_failure_is_logged_with_its_tenant_and_without_arguments(caplog, shop):
    def refuse(secret):
        raise ValueError("refused")

    run_in_background(refuse, "the-secret", tenant=shop)
    assert wait_until_idle()
    [record] = caplog.records
    assert (record.name, record.levelname) == ("apps.mail", "ERROR")
    assert record.getMessage().endswith("refuse for shop acme")
    assert "ValueError: refused" in caplog.text
    assert "the-secret" not in caplog.text


@contextmanager
def held_up() -> Iterator[None]:
    """Keep the only thread busy for the block, and then wait for the queued jobs."""
    running, go_on = threading.Event(), threading.Event()

    def block() -> None:
        running.set()
        go_on.wait(10)

    run_in_background(block, tenant=None)
    assert running.wait(10)
    try:
        yield
    finally:
        go_on.set()
        assert wait_until_idle()


def is_queued(function, *args, tenant) -> bool:
    try:
        run_in_background(function, *args, tenant=tenant)
    except MailQueueFull:
        return False
    return True


@pytest.mark.parametrize("code", [None, "acme"])
def test_job_over_the_tenants_share_is_refused_and_logged(one_thread, caplog, code):
    done = []
    tenant = code and Tenant(code=code)

    with held_up():
        queued = [is_queued(done.append, number, tenant=tenant) for number in range(5)]

    assert queued == [True] * 3 + [False] * 2
    assert done == [0, 1, 2]
    whose = f"shop {code}" if code else "the platform"
    assert [record.getMessage() for record in caplog.records] == [
        f"Dropped list.append for {whose}: {MailQueueFull()!r}"
    ] * 2


def test_full_share_of_one_tenant_does_not_affect_others(one_thread):
    done = []

    with held_up():
        while is_queued(done.append, "busy", tenant=BUSY):
            pass
        queued = is_queued(done.append, "other", tenant=OTHER)

    assert queued
    assert sorted(done) == ["busy"] * 3 + ["other"]


def test_tenants_take_turns(one_thread):
    done = []

    with held_up():
        for number in range(2):
            run_in_background(done.append, f"busy {number}", tenant=BUSY)
        for number in range(2):
            run_in_background(done.append, f"other {number}", tenant=OTHER)

    assert done == ["busy 0", "other 0", "busy 1", "other 1"]


def test_queue_has_a_total_bound(one_thread):
    with held_up():
        queued = [is_queued(print, tenant=Tenant(code=f"shop-{n}")) for n in range(6)]

    assert queued == [True] * 4 + [False] * 2


def test_thread_that_cannot_start_is_logged_and_raised(one_thread, caplog, monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        assert not is_queued(print, tenant=None)
    assert "Dropped print for the platform" in caplog.text
    seen = []
    run_in_background(seen.append, 1, tenant=None)
    assert wait_until_idle()
    assert seen == [1]


def test_invalid_tenant_is_logged_and_runs_no_job(one_thread, caplog):
    seen = []
    run_in_background(seen.append, 1, tenant=SimpleNamespace(pk="acme", code="acme"))
    run_in_background(seen.append, 2, tenant=None)
    assert wait_until_idle()
    assert seen == [2]
    assert "TypeError: tenant_context() takes a Tenant" in caplog.text


def test_no_thread_is_started_before_the_first_job():
    jobs = JobQueue()
    assert jobs.wait_until_idle(0)
    assert jobs._started == []


def test_shop_is_named_by_its_code():
    assert background._title(print, Tenant(code="acme")) == "print for shop acme"

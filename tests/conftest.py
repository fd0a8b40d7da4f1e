"""Two shops, their people, and clients at their hosts; on a PostgreSQL that pytest starts."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.core.management.commands import flush
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from apps.products.managers import catalogue_versions
from apps.products.views.caching import rendered_responses
from apps.tenants.cache import tenant_cache
from apps.tenants.context import get_active_tenant, tenant_context
from apps.tenants.listener import tenant_listener
from apps.tenants.models import Tenant
from apps.users.models import User
from middleware.public_reads import public_responses
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import make_tokens, make_user

PLATFORM = "localhost:8000"
#: In the environment, so that the workers of pytest-xdist share it.
SEED = os.environ.setdefault("TEST_SEED", str(random.randrange(10**6)))


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, in the process that all workers answer to."""
    postgres = settings.EMBEDDED_POSTGRES
    if postgres and not hasattr(config, "workerinput"):
        # Durability is not what these tests are about, and the cluster is theirs alone.
        running = postgres.running(settings={"fsync": "off"})
        running.__enter__()
        config.add_cleanup(lambda: running.__exit__(None, None, None))


def pytest_report_header() -> str:
    return f"random values: TEST_SEED={SEED}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    if exitstatus:
        terminalreporter.write_line(f"TEST_SEED={SEED} repeats the random values of this run.")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    random.seed(f"{SEED} {item.nodeid}")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database as its owner; the application's alias is a mirror of it."""
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        tenant_listener.stop()
        connections["default"].close()
        teardown_databases(databases, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """Empty the few rows that a test leaves by DELETE, 5 ms; Django's TRUNCATE takes 130.

    What migrations fill, content types and permissions, stays, and so nothing has to be filled.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", _delete_statements)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *args, **options: None)
        yield


def _delete_statements(
    style: object, connection: BaseDatabaseWrapper, **options: object
) -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    filled = {"django_content_type", "auth_permission"}
    deletions = (f"DELETE FROM {table}" for table in {*tables} - filled)
    return ["; ".join(["SET CONSTRAINTS ALL DEFERRED", *deletions])]


@pytest.fixture(autouse=True)
def _clean_process() -> Iterator[None]:
    """No tenant, and nothing cached of one, is left behind by any test."""
    tenant_cache.forget()
    tenant_cache._entries.clear()  # last seen in another test
    catalogue_versions.forget()
    rendered_responses.clear()
    public_responses.clear()
    cache.clear()
    caches["platform"].clear()
    assert get_active_tenant() is None
    yield
    assert get_active_tenant() is None


class ShopClient(APIClient):
    """An API client at one host; `as_(user)` is the same host with that user's token."""

    def __init__(self, host: str, tenant: Tenant | None = None, **defaults: str) -> None:
        super().__init__(HTTP_HOST=host, **defaults)
        self.host = host
        self.tenant = tenant

    def as_(self, user: User) -> ShopClient:
        token = make_tokens(user)["access"]
        return ShopClient(self.host, self.tenant, HTTP_AUTHORIZATION=f"Bearer {token}")


@pytest.fixture
def platform(db: None) -> ShopClient:
    return ShopClient(PLATFORM)


@pytest.fixture
def acme(db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def globex(db: None) -> Tenant:
    return make_tenant("globex")


@pytest.fixture
def in_acme(acme: Tenant) -> Iterator[Tenant]:
    """For tests below HTTP: a request enters its tenant by itself."""
    with tenant_context(acme):
        yield acme


@pytest.fixture
def owner(acme: Tenant) -> User:
    with tenant_context(acme):
        return make_user("owner@acme.example", role="owner")


@pytest.fixture
def globex_owner(globex: Tenant) -> User:
    with tenant_context(globex):
        return make_user("owner@globex.example", role="owner")


@pytest.fixture
def acme_client(acme: Tenant) -> ShopClient:
    """An anonymous client at acme's host."""
    return ShopClient(f"acme.{PLATFORM}", acme)


@pytest.fixture
def globex_client(globex: Tenant) -> ShopClient:
    return ShopClient(f"globex.{PLATFORM}", globex)

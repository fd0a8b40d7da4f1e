"""Notices of changed shops. Without one, a test would wait in vain: entries live ten minutes."""

from __future__ import annotations

import os
import resource
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from apps.tenants.cache import TenantCache
from apps.tenants.exceptions import UnknownTenant
from apps.tenants.listener import TenantListener, tenant_listener
from apps.tenants.models import Tenant
from apps.tenants.resolvers import resolve_tenant
from tests.apps.tenants.factories import make_tenant
from tests.apps.tenants.proxy import postgres_proxy
from tests.load.parallel import in_parallel
from tests.processes import DEADLINE, ROOT, environment, until, variables_of_test_database


def is_open(code: str) -> bool:
    try:
        return resolve_tenant(code).code == code
    except UnknownTenant:
        return False


def set_status(code: str, status: str) -> None:
    assert Tenant.objects.using("owner").filter(code=code).update(status=status) == 1


end_to_end = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


@pytest.fixture
def cached(acme: Tenant) -> Iterator[Tenant]:
    """A shop that is in the cache, with a connected listener."""
    tenant_listener.stop()  # a running one may still have notices to receive
    tenant_listener.ensure_started()
    until(lambda: tenant_listener.is_listening)
    assert is_open("acme")
    yield acme
    tenant_listener.stop()


@end_to_end
def test_open_shop_is_resolved_from_the_cache(cached, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert all(is_open("acme") for _ in range(100))


@end_to_end
def test_unknown_code_is_resolved_from_the_cache(cached, django_assert_num_queries):
    assert not is_open("never-opened")
    with django_assert_num_queries(0):
        assert not any(is_open("never-opened") for _ in range(100))


@end_to_end
def test_suspension_takes_effect_at_once(cached):
    set_status("acme", "suspended")
    until(lambda: not is_open("acme"))
    set_status("acme", "open")
    until(lambda: is_open("acme"))


@end_to_end
def test_control_cache_without_listener_keeps_a_suspended_shop(cached):
    """The control: a cache without a listener still returns the open shop."""
    unconnected = TenantCache()
    unconnected.store("acme", cached, generation=unconnected.generation)
    set_status("acme", "suspended")
    until(lambda: not is_open("acme"))
    assert unconnected.get("acme") == (True, cached)


@end_to_end
def test_operator_commands_take_effect_at_once(cached, capsys):
    call_command("suspend_shop", "acme")
    until(lambda: not is_open("acme"))
    call_command("resume_shop", "acme")
    until(lambda: is_open("acme"))


@end_to_end
def test_opened_shop_is_resolved_at_once(cached):
    assert not is_open("initech")
    make_tenant("initech")
    until(lambda: is_open("initech"))


@end_to_end
def test_change_of_one_shop_keeps_others_cached(cached, django_assert_num_queries):
    make_tenant("initech")
    until(lambda: is_open("initech"))
    is_open("acme")
    set_status("initech", "suspended")
    until(lambda: not is_open("initech"))
    with django_assert_num_queries(0):
        assert is_open("acme")


@end_to_end
def test_suspended_shop_is_404_at_once(cached, acme_client):
    assert acme_client.get("/api/shop/").status_code == 200
    set_status("acme", "suspended")
    until(lambda: acme_client.get("/api/shop/").status_code == 404)


def disconnect_listener() -> None:
    """End the listener's connection, as a restart of the server would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            " AND usename = current_user"
        )
        assert cursor.fetchall() == [(True,)]


@end_to_end
def test_cache_is_not_used_while_the_listener_is_disconnected(cached, django_assert_num_queries):
    disconnect_listener()
    until(lambda: not tenant_listener.is_listening)
    set_status("acme", "suspended")
    with django_assert_num_queries(2):
        assert not is_open("acme")
        assert not is_open("acme")


@end_to_end
def test_listener_reconnects_and_clears_the_cache(cached):
    disconnect_listener()
    until(lambda: not tenant_listener.is_listening)
    assert is_open("acme")
    set_status("acme", "suspended")
    until(lambda: tenant_listener.is_listening)
    assert not is_open("acme")


@pytest.fixture
def _many_files_open() -> Iterator[None]:
    """Open more than 1023 files, as the connections of a busy server are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2_000, hard), hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_100)]
    with pytest.raises(ValueError, match="out of range"):
        select.select([files[-1]], [], [], 0)
    yield
    for file in files:
        os.close(file)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@end_to_end
@pytest.mark.usefixtures("_many_files_open")
def test_listener_works_with_descriptors_above_1023(cached):
    set_status("acme", "suspended")
    until(lambda: not is_open("acme"))


@end_to_end
def test_stopped_listener_is_restarted_by_the_next_look_up(cached):
    tenant_listener.stop()
    assert not tenant_listener.is_listening
    assert "tenant-listener" not in threads_by_name()
    assert is_open("acme")
    until(lambda: tenant_listener.is_listening)


@end_to_end
def test_concurrent_look_ups_start_one_listener(cached):
    in_parallel(20, lambda _: tenant_listener.ensure_started())

    names = [thread.name for thread in threading.enumerate()]
    assert names.count("tenant-listener") == 1


@end_to_end
@pytest.mark.parametrize("is_pooler", [True, False])
def test_cache_is_not_used_behind_a_pooler(acme, monkeypatch, is_pooler):
    """A pooler shares connections. The control is a proxy that does not."""
    tenant_listener.stop()
    with postgres_proxy(connection.get_connection_params(), is_pooler=is_pooler) as parameters:
        monkeypatch.setattr(connection, "get_connection_params", lambda: parameters)
        other = TenantListener(TenantCache())
        other.ensure_started()
        until(lambda: other.is_listening or "tenant-listener" not in threads_by_name())
        assert other.is_listening is not is_pooler
        other.stop()


def threads_by_name() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


# --- In another process ----------------------------------------------------------------------

OTHER_PROCESS = """
import os, sys
import django
django.setup()
from django.db import connection
from django.test.utils import CaptureQueriesContext
from apps.tenants.exceptions import UnknownTenant
from apps.tenants.listener import tenant_listener
from apps.tenants.resolvers import resolve_tenant

def look_up():
    with CaptureQueriesContext(connection) as queries:
        try:
            resolve_tenant("acme")
            answer = "open"
        except UnknownTenant:
            answer = "unknown"
    return f"{answer} from {'the database' if len(queries) else 'memory'}"

if FORKED:
    import time
    look_up()
    while not tenant_listener.is_listening:
        time.sleep(0.01)
    connection.close()
    if os.fork():
        os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
for _ in sys.stdin:
    print(look_up(), flush=True)
"""


@pytest.fixture(params=[False, True], ids=["spawned", "forked"])
def other_process(request: pytest.FixtureRequest, acme: Tenant) -> Iterator[Callable[[], str]]:
    """Return a function that looks acme up in another process."""
    variables = {"DJANGO_SETTINGS_MODULE": "multitenant.settings", **variables_of_test_database()}
    process = subprocess.Popen(
        [sys.executable, "-c", f"FORKED = {request.param}\n{OTHER_PROCESS}"],
        cwd=ROOT,
        env=environment(**variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def ask() -> str:
        process.stdin.write("?\n")
        return process.stdout.readline().strip()

    yield ask
    process.stdin.close()
    process.stdout.close()
    assert process.wait(DEADLINE) == 0


@end_to_end
def test_suspension_takes_effect_at_once_in_another_process(other_process):
    until(lambda: other_process() == "open from memory")
    set_status("acme", "suspended")
    until(lambda: other_process().startswith("unknown"))
    until(lambda: other_process() == "unknown from memory")
    set_status("acme", "open")
    until(lambda: other_process().startswith("open"))

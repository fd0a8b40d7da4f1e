from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from apps.tenants.context import (
    get_active_tenant,
    get_active_tenant_id,
    require_active_tenant,
    tenant_context,
)
from apps.tenants.exceptions import NoActiveTenant
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.users.factories import make_user

ACME = Tenant(code="acme")
GLOBEX = Tenant(code="globex")


def test_active_tenant_is_none_outside_any():
    assert get_active_tenant() is None
    assert get_active_tenant_id() is None
    with pytest.raises(NoActiveTenant):
        require_active_tenant()


def test_context_activates_and_restores():
    with tenant_context(ACME) as entered:
        assert entered is ACME
        assert get_active_tenant() is ACME
        assert get_active_tenant_id() == ACME.pk
        assert require_active_tenant() is ACME
    assert get_active_tenant() is None


def test_nested_context_restores_the_previous_tenant():
    with tenant_context(ACME):
        with tenant_context(GLOBEX):
            with tenant_context(ACME):
                assert get_active_tenant() is ACME
            assert get_active_tenant() is GLOBEX
        assert get_active_tenant() is ACME
    assert get_active_tenant() is None


def test_exception_restores_the_previous_tenant():
    with tenant_context(ACME):
        with pytest.raises(ZeroDivisionError), tenant_context(GLOBEX):
            1 / 0  # noqa: B018 -- for its error
        assert get_active_tenant() is ACME
    assert get_active_tenant() is None


@pytest.mark.parametrize(
    "impostor", [None, "acme", uuid4(), object(), Tenant, type("Fake", (), {"pk": "acme"})()]
)
def test_anything_but_a_tenant_is_refused(impostor):
    with pytest.raises(TypeError), tenant_context(impostor):
        pass
    assert get_active_tenant() is None


# --- Threads, executors, tasks ---------------------------------------------------------------


def test_thread_sees_no_tenant():
    seen = []
    with tenant_context(ACME):
        thread = threading.Thread(target=lambda: seen.append(get_active_tenant()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_tenant_of_a_thread_does_not_affect_others():
    entered, leave = threading.Event(), threading.Event()

    def stay_in_globex() -> None:
        with tenant_context(GLOBEX):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=stay_in_globex)
    thread.start()
    entered.wait(10)
    with tenant_context(ACME):
        assert get_active_tenant() is ACME
    assert get_active_tenant() is None
    leave.set()
    thread.join()


def test_pooled_thread_sees_no_tenant_before_or_after_a_job():
    def work() -> Tenant | None:
        with tenant_context(GLOBEX):
            return get_active_tenant()

    with ThreadPoolExecutor(max_workers=1) as pool, tenant_context(ACME):
        seen = [pool.submit(job).result() for job in (get_active_tenant, work, get_active_tenant)]
    assert seen == [None, GLOBEX, None]


def test_pooled_thread_after_a_failed_job_sees_no_tenant():
    def fail() -> None:
        with tenant_context(GLOBEX):
            raise ValueError

    with ThreadPoolExecutor(max_workers=1) as pool:
        assert isinstance(pool.submit(fail).exception(), ValueError)
        assert pool.submit(get_active_tenant).result() is None


def test_run_in_executor_sees_no_tenant():
    async def main() -> Tenant | None:
        with tenant_context(ACME):
            return await asyncio.get_running_loop().run_in_executor(None, get_active_tenant)

    assert asyncio.run(main()) is None


def test_thread_of_asyncio_sees_the_tenant_and_leaks_none():
    def work() -> list[Tenant | None]:
        before = get_active_tenant()
        with tenant_context(GLOBEX):
            return [before, get_active_tenant()]

    async def main() -> list[Tenant | None]:
        with tenant_context(ACME):
            inside = await asyncio.to_thread(work)
            inside.append(get_active_tenant())
        return [*inside, get_active_tenant(), await asyncio.to_thread(get_active_tenant)]

    assert asyncio.run(main()) == [ACME, GLOBEX, ACME, None, None]
    assert get_active_tenant() is None


def test_sync_to_async_sees_the_tenant_and_leaks_none():
    async def main() -> list[Tenant | None]:
        with tenant_context(ACME):
            inside = await sync_to_async(get_active_tenant)()
        return [inside, await sync_to_async(get_active_tenant)()]

    assert async_to_sync(main)() == [ACME, None]
    assert get_active_tenant() is None


def test_task_keeps_the_tenant_it_was_created_in():
    async def main() -> list[Tenant | None]:
        async def late() -> Tenant | None:
            await asyncio.sleep(0)
            return get_active_tenant()

        with tenant_context(ACME):
            first = asyncio.create_task(late())
        with tenant_context(GLOBEX):
            second = asyncio.create_task(late())
        return [await first, await second, get_active_tenant()]

    assert asyncio.run(main()) == [ACME, GLOBEX, None]


# --- Limits of a context manager -------------------------------------------------------------


def held_open(tenant: Tenant) -> Iterator[Tenant | None]:
    """A generator that yields inside tenant_context(), which its docstring forbids."""
    with tenant_context(tenant):
        yield get_active_tenant()


def test_suspended_generator_leaks_its_tenant_into_the_consumer():
    generator = held_open(ACME)
    assert next(generator) is ACME
    assert get_active_tenant() is ACME
    generator.close()
    assert get_active_tenant() is None


def test_generator_that_enters_for_each_item_leaks_nothing():
    def items() -> Iterator[Tenant | None]:
        for _ in range(2):
            with tenant_context(ACME):
                item = get_active_tenant()
            yield item

    assert [(item, get_active_tenant()) for item in items()] == [(ACME, None), (ACME, None)]


def test_exit_in_another_context_raises():
    manager = tenant_context(ACME)
    copy_context().run(manager.__enter__)
    assert get_active_tenant() is None
    with pytest.raises(ValueError, match="different Context"):
        manager.__exit__(None, None, None)


# --- One connection, many contexts ----------------------------------------------------------


@pytest.fixture
def one_user_each(acme, globex) -> dict[str, Tenant]:
    for tenant in (acme, globex):
        with tenant_context(tenant):
            make_user(f"user@{tenant.code}.example")
    return {tenant.code: tenant for tenant in (acme, globex)}


def emails() -> list[str]:
    return list(User.objects.values_list("email", flat=True))


def test_interleaved_contexts_on_one_connection_see_their_tenants(one_user_each):
    contexts = {code: copy_context() for code in one_user_each}
    managers = {code: tenant_context(tenant) for code, tenant in one_user_each.items()}
    for code, context in contexts.items():
        context.run(managers[code].__enter__)
    for code in ("acme", "globex", "globex", "acme", "acme", "globex"):
        assert contexts[code].run(emails) == [f"user@{code}.example"]
    with pytest.raises(NoActiveTenant):
        emails()
    for code, context in contexts.items():
        context.run(managers[code].__exit__, None, None, None)


def test_interleaved_tasks_on_one_connection_see_their_tenants(one_user_each):
    async def visit(tenant: Tenant) -> set[tuple[str, ...]]:
        seen = set()
        with tenant_context(tenant):
            for _ in range(5):
                await asyncio.sleep(0)
                seen.add(tuple([user.email async for user in User.objects.all()]))
        return seen

    async def main() -> list[set[tuple[str, ...]]]:
        return await asyncio.gather(*(visit(tenant) for tenant in one_user_each.values()))

    assert async_to_sync(main)() == [{(f"user@{code}.example",)} for code in one_user_each]
    assert get_active_tenant() is None

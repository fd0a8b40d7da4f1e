from __future__ import annotations

import time

from apps.tenants.cache import TenantCache
from apps.tenants.models import Tenant
from tests.load.parallel import in_parallel
from tests.processes import until

ACME = Tenant(code="acme")


def store(cache: TenantCache, code: str, tenant: Tenant | None = None) -> None:
    cache.store(code, tenant, generation=cache.generation)


def test_cache_returns_stored_tenants_and_absences():
    cache = TenantCache()
    assert cache.get("acme") == (False, None)
    store(cache, "acme", ACME)
    assert cache.get("acme") == (True, ACME)
    store(cache, "acme", None)
    assert cache.get("acme") == (True, None)


def test_entry_expires():
    cache = TenantCache(lifetime=0.02)
    store(cache, "acme", ACME)
    time.sleep(0.03)
    assert cache.last_seen("acme") is ACME
    assert cache.get("acme") == (False, None)


def test_read_does_not_extend_an_entrys_lifetime():
    cache = TenantCache(lifetime=0.05)
    store(cache, "acme", ACME)
    until(lambda: not cache.get("acme")[0])


def test_cache_is_bounded_and_drops_the_oldest():
    cache = TenantCache(capacity=3)
    for code in ("a", "b", "c", "a", "d"):
        store(cache, code, ACME)
    assert [code for code in "abcd" if cache.get(code)[0]] == ["a", "c", "d"]


def test_least_recently_used_tenant_is_evicted():
    cache = TenantCache(capacity=3)
    for code in "abc":
        store(cache, code, ACME)

    cache.get("a")
    store(cache, "d", ACME)

    assert [code for code in "abcd" if cache.get(code)[0]] == ["a", "c", "d"]


def test_unknown_codes_evict_no_tenant():
    cache = TenantCache(capacity=3, absent_capacity=2)
    for code in "abc":
        store(cache, code, ACME)

    for number in range(10):
        store(cache, f"made-up-{number}")

    assert [cache.get(code) for code in "abc"] == [(True, ACME)] * 3


def test_code_was_absent_until_stored_or_forgotten():
    cache = TenantCache(lifetime=0.0)
    for code in ("opened", "forgotten", "absent"):
        store(cache, code)

    store(cache, "opened", ACME)
    cache.forget("forgotten")

    codes = ("opened", "forgotten", "absent", "unseen")
    assert [cache.was_absent(code) for code in codes] == [False, False, True, False]


def test_flood_of_unknown_codes_stays_bounded():
    cache = TenantCache(absent_capacity=100)
    for number in range(10_000):
        store(cache, f"code-{number}")
    assert sum(cache.get(f"code-{number}")[0] for number in range(10_000)) == 100


def test_one_code_or_all_are_forgotten():
    cache = TenantCache()
    for code in ("acme", "globex", "initech"):
        store(cache, code, ACME)
    cache.forget("acme")
    assert [cache.get(code)[0] for code in ("acme", "globex", "initech")] == [
        False,
        True,
        True,
    ]
    cache.forget()
    assert [cache.get(code)[0] for code in ("globex", "initech")] == [False, False]


def look_up_slowly(cache: TenantCache, *, generation_first: bool) -> None:
    """Look acme up while it is suspended between the look-up and the storing of its result."""
    generation = cache.generation
    found = ACME
    cache.forget("acme")
    cache.store("acme", found, generation=generation if generation_first else cache.generation)


def test_slow_reader_does_not_restore_a_forgotten_entry():
    cache = TenantCache()
    look_up_slowly(cache, generation_first=True)
    assert cache.get("acme") == (False, None)


def test_control_late_generation_restores_a_forgotten_entry():
    """The control: with the generation of after the look-up, the suspended shop is back."""
    cache = TenantCache()
    look_up_slowly(cache, generation_first=False)
    assert cache.get("acme") == (True, ACME)


def test_cache_is_thread_safe():
    cache = TenantCache(capacity=10)

    def use(_: int) -> None:
        for number in range(2_000):
            store(cache, f"code-{number % 20}", ACME)
            cache.get(f"code-{(number + 7) % 20}")
            cache.forget(f"code-{(number + 3) % 20}" if number % 50 else None)

    in_parallel(4, use)

    assert sum(cache.get(f"code-{number}")[0] for number in range(20)) <= 10

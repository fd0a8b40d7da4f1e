# ruff: noqa: E402 -- models can be imported only after django.setup()
"""Measure the time of failed log-ins by cause: `python -m bench.login_timing [ROUNDS]`.

Interleaved, because a machine drifts: one try of each kind a round, in another order each time.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings
from django.core.cache import cache
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

from apps.tenants import listener
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.throttling.models import PlatformCounter, TenantCounter
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import PASSWORD, make_user
from tests.conftest import PLATFORM, ShopClient

ROUNDS = 100
WARM_UP = 5
LIMIT = 0.05
EMAILS = {
    "wrong password": "ann@acme.example",
    "unknown e-mail": "nobody@acme.example",
    "inactive": "inactive@acme.example",
    "other shop only": "elsewhere@acme.example",
    "unusable password": "keyless@acme.example",
}


def make_people() -> Tenant:
    acme, globex = make_tenant("acme"), make_tenant("globex")
    with tenant_context(acme):
        make_user(EMAILS["wrong password"])
        make_user(EMAILS["inactive"], is_active=False)
        keyless = make_user(EMAILS["unusable password"])
        keyless.set_unusable_password()
        keyless.save()
    with tenant_context(globex):
        make_user(EMAILS["other shop only"])
    return acme


def clear_counters(tenant: Tenant) -> None:
    """Delete all counters, so that the lock-out is not measured."""
    cache.clear()
    PlatformCounter.objects.all().delete()
    with tenant_context(tenant):
        TenantCounter.objects.all().delete()


def measure(tenant: Tenant, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each try by its kind."""
    client = ShopClient(f"acme.{PLATFORM}", tenant)
    taken: dict[str, list[float]] = {kind: [] for kind in EMAILS}
    for number in range(WARM_UP + rounds):
        for kind in random.sample(list(EMAILS), len(EMAILS)):
            clear_counters(tenant)
            password = "wrong battery" if kind == "wrong password" else PASSWORD
            body = {"email": EMAILS[kind], "password": password}
            started = time.perf_counter()
            response = client.post("/api/auth/login/", body)
            elapsed = time.perf_counter() - started
            assert response.status_code == 401, response.content
            if number >= WARM_UP:
                taken[kind].append(1000 * elapsed)
    return taken


def main(rounds: int) -> int:
    setup_test_environment(debug=False)
    with settings.EMBEDDED_POSTGRES.running(settings={"fsync": "off"}):
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        try:
            taken = measure(make_people(), rounds)
        finally:
            listener.tenant_listener.stop()
            django.db.connections.close_all()
            teardown_databases(databases, verbosity=0)
    medians = {kind: statistics.median(times) for kind, times in taken.items()}
    print(f"{'failed log-in':<20}{'median ms':>10}{'p10':>8}{'p90':>8}   {rounds} rounds")
    for kind, times in taken.items():
        tenths = statistics.quantiles(times, n=10)
        print(f"{kind:<20}{medians[kind]:>10.2f}{tenths[0]:>8.2f}{tenths[-1]:>8.2f}")
    spread = max(medians.values()) / min(medians.values()) - 1
    print(f"medians are within {100 * spread:.1f} % (limit {100 * LIMIT:.0f} %)")
    return int(spread > LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))

"""Shops whose every text carries their canary: `python -m tests.proof.shops 100` prints them.

A shop's canary is its code, so that links and hostnames carry it too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

import django

from tests.processes import DEADLINE, ROOT, environment

PUBLISHED = 5


@dataclass(frozen=True, eq=False)
class Shop:
    """The expected content of every response. `published` are ids, the oldest first."""

    id: str
    canary: str
    owner: str
    users: list[str]
    published: list[str]
    draft: str
    changing: str

    @property
    def host(self) -> str:
        return f"{self.canary}.localhost"

    @property
    def name(self) -> str:
        return f"Shop of {self.canary}"

    @property
    def email(self) -> str:
        return f"owner@{self.canary}.example"


def make_shops(number: int, **variables: Any) -> list[Shop]:
    """Make shops in the database of the environment, in a separate process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.shops", str(number)],
        cwd=ROOT,
        env=environment(DJANGO_SETTINGS_MODULE="multitenant.settings", **variables),
        capture_output=True,
        text=True,
        timeout=4 * DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Shop(**shop) for shop in json.loads(done.stdout)]


def _make_shop(number: int) -> Shop:
    from apps.audit.models import AuditEvent
    from apps.tenants.context import tenant_context
    from apps.users.actions import UserAction
    from tests.apps.products.factories import make_product
    from tests.apps.tenants.factories import make_tenant
    from tests.apps.users.factories import make_user

    canary = f"canary-{number:03}"
    with tenant_context(make_tenant(canary, name=f"Shop of {canary}")) as tenant:
        owner = make_user(f"owner@{canary}.example", first_name=canary)
        staff = [
            make_user(f"staff-{n}@{canary}.example", role="staff", first_name=canary)
            for n in range(2)
        ]
        products = [
            make_product(f"mug-{n}", name=f"Mug of {canary}", added_by=owner, published=is_public)
            for n, is_public in enumerate([True] * PUBLISHED + [False, False])
        ]
        for n in range(3):
            AuditEvent.objects.create(
                action=UserAction.LOGGED_IN, subject=f"event {n} of {canary}", actor=owner
            )
    ids = [str(product.pk) for product in products]
    return Shop(
        id=str(tenant.pk),
        canary=canary,
        owner=str(owner.pk),
        users=sorted(str(user.pk) for user in [owner, *staff]),
        published=ids[:PUBLISHED],
        draft=ids[PUBLISHED],
        changing=ids[PUBLISHED + 1],
    )


if __name__ == "__main__":
    django.setup()
    json.dump([asdict(_make_shop(number)) for number in range(int(sys.argv[1]))], sys.stdout)

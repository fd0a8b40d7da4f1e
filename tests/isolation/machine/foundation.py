"""Many shops, a model of each in memory, and a comparison after every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any, ClassVar
from uuid import UUID

from django.core.cache import cache, caches
from django.db import connections
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from apps.tenants.context import get_active_tenant, tenant_context
from apps.tenants.models import Tenant
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.products.factories import make_product
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import make_user
from tests.isolation.fixtures import tenant_owned_models
from tests.isolation.machine.memory import COLUMNS, MODELS, Contents, Row, Shop

MOST_SHOPS = 6
#: Few, so that every shop has rows that are named like another's.
codes = st.sampled_from(["bowl", "vase", "mug", "tile"])
texts = st.sampled_from(["Red", "Green", "Blue"])


def known(of: Callable[[Any], list[Any]]) -> Any:
    """Return a strategy for what the running machine knows."""
    return st.runner().flatmap(lambda machine: st.sampled_from(of(machine)))


shops = known(lambda machine: machine.shops)
users = known(lambda machine: machine.known["users"])
products = known(lambda machine: machine.known["products"])
rows = users | products
#: The shop that is active during a rule, or none.
any_or_none = shops | shops | shops | st.none()


def operation(kind: str, **strategies: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule of the machine, counted by its kind."""

    def as_rule(run: Callable[..., None]) -> Any:
        @wraps(run)
        def counted(self: Foundation, **drawn: Any) -> None:
            self.steps[kind] += 1
            run(self, **drawn)

        return rule(**strategies)(counted)

    return as_rule


class Foundation(RuleBasedStateMachine):
    """Compares what is in the database with what should be, after every rule.

    A rule names the one shop that it may change. No other shop's rows may have changed in any
    column, and all of them have to equal the model, as the owner and the shop itself see them.
    """

    #: Of the class, because Hypothesis makes a machine for every run.
    steps: ClassVar[Counter[str]]
    comparisons: ClassVar[int]
    most_shops: ClassVar[int]

    #: As whom raw SQL runs.
    alias = "default"

    def __init_subclass__(cls) -> None:
        cls.steps, cls.comparisons, cls.most_shops = Counter(), 0, 0

    def __init__(self) -> None:
        super().__init__()
        cache.clear()
        caches["platform"].clear()
        self.may_change: Shop | None = None
        self.shops: list[Shop] = []
        self.known: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        for _ in range(3):
            self._open_shop_with_rows()
        self.before = fingerprints()

    def objects(self, table: str) -> Any:
        """Return the manager of the rows in a table."""
        return MODELS[table].objects

    def add_shop(self, tenant: Tenant) -> Shop:
        shop = Shop(tenant)
        self.shops.append(shop)
        type(self).most_shops = max(self.most_shops, len(self.shops))
        return shop

    def add(self, shop: Shop, table: str, row: Any) -> None:
        values = {column: getattr(row, column) for column in COLUMNS[table]}
        self.known[table].append(shop.add(table, row.pk, **values))

    def foresee_text(self, active: Shop | None, changed: Any, text: str) -> None:
        self.may_change = active
        for row in changed:
            if row.is_in(active):
                row.write(text)

    def foresee_end(self, active: Shop | None, row: Row) -> None:
        self.may_change = active
        if row.is_in(active):
            row.vanish()

    def learn_made(self, active: Shop | None, made: Any) -> None:
        self.may_change = active
        self.add(active, "products", made)

    @invariant()
    def shops_are_as_foreseen(self) -> None:
        assert get_active_tenant() is None
        run_all_jobs()  # mails are counted, and recorded, in their shop
        acting, self.may_change = self.may_change, None
        now, before = fingerprints(), self.before
        changed = {shop for shop in now | before if now.get(shop) != before.get(shop)}
        assert changed <= ({acting.tenant.pk} if acting else set())
        assert contents() == {shop.tenant.pk: shop.contents() for shop in self.shops}
        if acting:
            with tenant_context(acting.tenant):
                assert seen() == acting.contents()
        self.before = now
        type(self).comparisons += len(now)

    def teardown(self) -> None:
        with connections["owner"].cursor() as cursor:
            # With the counters: one network may open so many shops an hour, and all are ours.
            tables = [*TABLES, "platform_counters"]
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))

    def _open_shop_with_rows(self) -> None:
        shop = self.add_shop(make_tenant())
        with tenant_context(shop.tenant):
            for role in ("owner", "manager", "staff", "customer"):
                self.add(shop, "users", make_user(f"{role}@example.com", role=role))
            self.add(shop, "products", make_product("bowl"))
            self.add(shop, "products", make_product("vase", published=False))


def inside(shop: Shop | None) -> AbstractContextManager[object]:
    """Have a shop active for the block, or none."""
    return tenant_context(shop.tenant) if shop else nullcontext()


def seen() -> Contents:
    """Return what the active shop sees of the columns that the machine foresees."""
    return {
        table: {id_: tuple(values) for id_, *values in model.objects.values_list("id", *names)}
        for (table, names), model in zip(COLUMNS.items(), MODELS.values(), strict=True)
    }


def contents() -> dict[UUID, Contents]:
    """Return the same of every shop, bypassing all isolation."""
    found: dict[UUID, Contents] = {}
    with connections["owner"].cursor() as cursor:
        for table, names in COLUMNS.items():
            cursor.execute(f"SELECT tenant_id, id, {', '.join(names)} FROM {table}")
            for tenant_id, id_, *values in cursor.fetchall():
                shop = found.setdefault(tenant_id, {name: {} for name in COLUMNS})
                shop[table][id_] = tuple(values)
    return found


#: What refers to others first.
TABLES = [*(model._meta.db_table for model in reversed(tenant_owned_models())), "tenants"]
_OWNERS = {table: "id" if table == "tenants" else "tenant_id" for table in TABLES}
_FINGERPRINTS = " UNION ALL ".join(
    f"SELECT {column}, '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text))"
    f" FROM {table} t GROUP BY {column}"
    for table, column in _OWNERS.items()
)


def fingerprints() -> dict[UUID, dict[str, tuple[int, str]]]:
    """Return the number and a digest of every shop's rows, by table, bypassing all isolation."""
    found: dict[UUID, dict[str, tuple[int, str]]] = {}
    with connections["owner"].cursor() as cursor:
        cursor.execute(_FINGERPRINTS)
        for tenant_id, table, number, digest in cursor.fetchall():
            found.setdefault(tenant_id, {})[table] = (number, digest)
    return found

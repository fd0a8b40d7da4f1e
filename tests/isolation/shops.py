"""The shops of the attack matrix: a new one for each attacker, and the one that is attacked.

Every text that the attacked shop keeps is marked with a canary, which no other client may see.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.storefront.factories import make_storefront
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import make_user
from tests.conftest import PLATFORM, ShopClient
from tests.isolation.fixtures import ROWS, tenant_owned_models, unique_key

CANARY = "canary9f2d7c61e8"
#: What an attacker may search for: it stands next to the canary in every text.
WORD = "findable"
TEXT = f"{WORD} {CANARY}"
_LONG_ENOUGH_TO_TELL = 32


class Shop:
    """A shop, and the one of its people who is at work."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.host = f"{tenant.code}.{PLATFORM}"
        self.actor = self.new_user("owner")
        with tenant_context(tenant):
            make_storefront()

    def new_user(self, role: str) -> User:
        with tenant_context(self.tenant):
            return make_user(role=role)

    def row(self, label: str) -> str:
        """Return the id of a new row of a model."""
        with tenant_context(self.tenant):
            return str(ROWS[label].make().pk)

    def client(self) -> ShopClient:
        """Return a client that has not logged in."""
        return ShopClient(self.host, self.tenant)


class MarkedShop(Shop):
    """The shop that is attacked. What an attack needs of it is made once, and marked."""

    def __init__(self) -> None:
        super().__init__(
            make_tenant(
                f"globex-{CANARY}", name=TEXT, storefront_origins=[f"https://{CANARY}.example"]
            )
        )
        self._kept: dict[object, Any] = {}
        self._rows: dict[str, str] = {}
        with tenant_context(self.tenant):
            for label, rows in ROWS.items():
                rows.make()
                self._rows[label] = _mark_wholly(rows.make())
            self._mark()

    def row(self, label: str) -> str:
        """Return the id of the row of a model that is marked in every text."""
        return self._rows[label]

    def unmarked_rows(self, label: str) -> int:
        """Return how many rows of a model with a text to mark have no canary."""
        model = apps.get_model(label)
        has_canary = models.Q()
        for field in texts(model):
            has_canary |= models.Q(**{f"{field.name}__icontains": CANARY})
        rows = model.objects.using("owner")
        with tenant_context(self.tenant):
            assert rows.filter(has_canary).exists()
            return rows.exclude(has_canary).count() if free_texts(model) else 0

    def keep(self, key: object, make: Any) -> Any:
        """Return what `make()` returned when this was first asked for."""
        if key not in self._kept:
            with tenant_context(self.tenant):
                self._kept[key] = make()
                self._mark()
        return self._kept[key]

    def _mark(self) -> None:
        found = {CANARY, str(self.tenant.pk)}
        for model in tenant_owned_models():
            # As the owner: the application may not rewrite its audit log.
            rows = model.objects.using("owner")
            if marked := {field.name: _marked(field) for field in free_texts(model)}:
                rows.update(**marked)
            kept = [field.name for field in texts(model) if field not in free_texts(model)]
            for pk, *values in rows.values_list("pk", *kept):
                found |= {str(pk), *(text for text in values if _tells_a_row(text))}
        self.secrets = frozenset(found)


def texts(model: Any) -> list[Any]:
    """Return the fields that can hold any text of some length."""
    kinds = models.CharField | models.TextField | models.JSONField
    fields = [f for f in model._meta.concrete_fields if isinstance(f, kinds) and not f.choices]
    return [f for f in fields if f.max_length is None or f.max_length >= len(TEXT)]


def free_texts(model: Any) -> list[Any]:
    """Return those whose value nothing depends on: no key of a row, no address and no hash."""
    kept = {"password", *unique_key(model)}
    return [
        field
        for field in texts(model)
        if field.name not in kept
        and not isinstance(field, models.EmailField)
        and not field.name.endswith("_hash")
    ]


def _mark_wholly(row: models.Model) -> str:
    """Mark what other rows keep for their use, too; return the id."""
    model: Any = type(row)
    marked = {field.name: _marked(field, CANARY) for field in texts(model)}
    model.objects.using("owner").filter(pk=row.pk).update(**marked)
    return str(row.pk)


def _marked(field: Any, text: str = TEXT) -> Any:
    if isinstance(field, models.JSONField):
        return {"note": text}
    return f"{CANARY}@example.com" if isinstance(field, models.EmailField) else text


def _tells_a_row(text: Any) -> bool:
    return isinstance(text, str) and ("@" in text or len(text) >= _LONG_ENOUGH_TO_TELL)

"""Rows for tests. Each factory works in the tenant that is active when it is called."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password

from apps.products.models import Product
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User

#: Everybody's password. Hashed once, because hashing is slow on purpose.
PASSWORD = "correct horse battery"
_hashes: dict[str, str] = {}
_numbers = count(1)


def make_tenant(code: str | None = None, **fields: Any) -> Tenant:
    """Open a shop as the application's role does: inside itself."""
    code = code or f"shop-{next(_numbers)}-x"
    tenant = Tenant(code=code, name=fields.pop("name", code.title()), **fields)
    with tenant_context(tenant):
        tenant.save(force_insert=True)
    return tenant


def make_user(email: str | None = None, role: str = "owner", **fields: Any) -> User:
    if PASSWORD not in _hashes:
        _hashes[PASSWORD] = make_password(PASSWORD)
    email = email or f"person-{next(_numbers)}@example.com"
    return User.objects.create(
        email=email, role=role, password=_hashes[PASSWORD], **{"first_name": "Kim", **fields}
    )


def make_product(code: str | None = None, **fields: Any) -> Product:
    code = code or f"product-{next(_numbers)}"
    if "added_by" not in fields:
        fields["added_by"] = User.objects.first() or make_user()
    return Product.objects.create(code=code, **{"name": code.title(), "published": True, **fields})

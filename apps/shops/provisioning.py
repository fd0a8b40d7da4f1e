from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.shops.actions import ShopAction
from apps.shops.exceptions import CodeTaken
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.tenants.validators import code_skeleton
from apps.users.emails import request_confirmation
from apps.users.models import Role, User


def open_shop(
    *,
    code: str,
    name: str,
    owner: dict[str, Any],
    language: str = "en",
    request: Any = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Tenant:
    """Create a tenant and its owner (email, password, names) in one transaction; raise CodeTaken.

    With a `request`, record it in the audit log and mail the owner a link that confirms the shop.
    Without, the shop is confirmed. The new tenant is active, so its policies apply.
    """
    confirmed_at = timezone.now() if request is None else None
    tenant = Tenant(code=code, name=name, language=language, confirmed_at=confirmed_at)
    if is_taken(code, using):
        raise CodeTaken(code)
    with tenant_context(tenant):
        user = User(role=Role.OWNER, **{**owner, "password": ""})
        user.set_password(owner["password"])  # slow, hence before the transaction
        try:
            with transaction.atomic(using=using):
                tenant.save(using=using, force_insert=True)
                user.save(using=using)
                if request is not None:
                    events = AuditEvent.objects.db_manager(using)
                    events.record(ShopAction.OPENED, request, subject=code)
                    request_confirmation(user, user.email)
        except IntegrityError as error:
            if is_taken(code, using):  # by a concurrent opening
                raise CodeTaken(code) from error
            raise
    return tenant


def is_taken(code: str, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Return True if a shop has or had this code, or one that looks the same."""
    return Tenant.objects.using(using).filter(code_skeleton=code_skeleton(code)).exists()

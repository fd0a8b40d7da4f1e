"""Addresses that count once a link mailed to them was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.functions import Now

from apps.mail.delivery import send_after_commit
from apps.mail.links import shop_link
from apps.tenants.context import require_active_tenant
from apps.tenants.models import Tenant

if TYPE_CHECKING:
    from apps.api.devices import Device
    from apps.users.models import User

EMAIL_CONFIRMATION = "email_confirmation"


def request_confirmation(user: User, email: str, *, device: Device | None = None) -> None:
    """Mail a link to `email` that makes it the address of `user`, in place of any earlier link.

    A change, which admit_mail() has admitted from `device`, is announced at the address that
    counts until then. With the address that the user has already, the link confirms the shop that
    the user has opened.
    """
    tenant = require_active_tenant()
    links: Any = user.mailed_tokens
    links.filter(purpose=EMAIL_CONFIRMATION).void()
    _, secret = links.issue(EMAIL_CONFIRMATION, email)
    template = "shop_confirmation" if email == user.email else EMAIL_CONFIRMATION
    context = {"link": shop_link(tenant, "confirm-email", secret)}
    send_after_commit(email, template, context, tenant=tenant, is_admitted=device is not None)
    if email != user.email:
        notice = "email_change_requested"
        send_after_commit(user.email, notice, {"new": email}, tenant=tenant, device=device)


def confirm(user: User, email: str, device: Device) -> None:
    """Make `email` the address of `user`, and announce a change at the one before.

    A change confirms no tenant: its link takes no password, and the one before may be another's.
    """
    before = user.email
    user.change(email=email)
    if before == email:
        confirm_tenant(user)
    else:
        context = {"new": email}
        send_after_commit(before, "email_changed", context, tenant=user.tenant, device=device)


def confirm_tenant(user: User) -> None:
    """Record, once, that mail reaches an owner of the tenant; other users confirm nothing."""
    if user.is_owner:
        tenants = Tenant.objects.filter(pk=require_active_tenant().pk, confirmed_at=None)
        tenants.update(confirmed_at=Now())

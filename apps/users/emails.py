"""The mails of accounts.

The functions `mail_password_reset()`, `mail_verification()` and `mail_shops()` run in the
background, so that the response time does not reveal if an account exists.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from apps.mail.delivery import deliver, send_after_commit
from apps.mail.links import shop_link
from apps.tenants.context import require_active_tenant
from apps.tenants.models import Tenant
from apps.tenants.validators import validate_name
from apps.throttling.client import Client
from apps.users.models import EmailToken, User

Purpose = EmailToken.Purpose
#: Shops listed in one mail; the template mentions that there may be more.
MAX_SHOPS = 20


def mail_password_reset(email: str) -> None:
    """Mail a link to reset the password, if an active user has this address."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None:
        link = partial(_issue_link, "reset-password", Purpose.PASSWORD_RESET, email, user=user)
        deliver(email, "password_reset", link, require_active_tenant())


def mail_verification(email: str, account: dict[str, str]) -> None:
    """Mail a link that creates a customer with the names in `account`, or a hint if one exists."""
    tenant = require_active_tenant()
    if User.objects.filter(email=email).exists():
        deliver(email, "already_registered", {"link": tenant.canonical_url}, tenant)
        return
    link = partial(_issue_link, "verify-email", Purpose.EMAIL_VERIFICATION, email, account=account)
    deliver(email, "email_verification", link, tenant)


def mail_invitation(email: str, role: str, inviter: User) -> EmailToken:
    """Mail an invitation that admit_mail() has admitted, void earlier ones, and return it."""
    invitation, secret = EmailToken.objects.issue(
        Purpose.INVITATION, email, role=role, invited_by=inviter
    )
    tenant = require_active_tenant()
    link = shop_link(tenant, "accept-invitation", secret)
    name = f"{inviter.first_name} {inviter.last_name}".strip()
    try:
        validate_name(name)
    except ValidationError:  # empty, or reserved when joined
        name = inviter.email
    context = {"link": link, "role": role, "inviter": name}
    send_after_commit(email, "invitation", context, tenant=tenant, is_admitted=True)
    return invitation


def mail_shops(email: str) -> None:
    """Mail a list of the open shops where an active user has this address. On the platform."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shops_of_address(%s)", [email])
        ids = [tenant_id for (tenant_id,) in cursor.fetchall()]
    # New shops must not displace older ones.
    oldest_first = F("confirmed_at").asc(nulls_last=True)
    shops = list(Tenant.objects.filter(pk__in=ids).order_by(oldest_first, "code")[:MAX_SHOPS])
    if shops:
        deliver(email, "find_shops", {"shops": shops}, None)


def request_confirmation(user: User, email: str, *, client: Client | None = None) -> None:
    """Mail a link to `email` that makes it the address of `user`, and void earlier links.

    A change, which admit_mail() has admitted for `client`, is also announced to the present
    address. With the present address, the link confirms the shop that the user opened.
    """
    tenant = require_active_tenant()
    EmailToken.objects.filter(user=user, purpose=Purpose.EMAIL_CONFIRMATION).void()
    _, secret = EmailToken.objects.issue(Purpose.EMAIL_CONFIRMATION, email, user=user)
    template = "shop_confirmation" if email == user.email else Purpose.EMAIL_CONFIRMATION.value
    context = {"link": shop_link(tenant, "confirm-email", secret)}
    send_after_commit(email, template, context, tenant=tenant, is_admitted=client is not None)
    if email != user.email:
        notice = "email_change_requested"
        send_after_commit(user.email, notice, {"new": email}, tenant=tenant, client=client)


def confirm_email(user: User, email: str, client: Client) -> None:
    """Make `email` the address of `user`, and announce a change to the previous one.

    A change does not confirm the tenant: its link sets no password, and the present one may be
    known to another person.
    """
    before = user.email
    user.change(email=email)
    if before == email:
        confirm_tenant(user)
    else:
        context = {"new": email}
        send_after_commit(before, "email_changed", context, tenant=user.tenant, client=client)


def confirm_tenant(user: User) -> None:
    """Confirm the active tenant if `user` is its owner, as a mailed link has just proven."""
    if user.is_owner:
        tenants = Tenant.objects.filter(pk=require_active_tenant().pk, confirmed_at=None)
        tenants.update(confirmed_at=Now())


def _issue_link(page: str, purpose: str, email: str, **fields: Any) -> dict[str, str]:
    _, secret = EmailToken.objects.issue(purpose, email, **fields)
    return {"link": shop_link(require_active_tenant(), page, secret)}

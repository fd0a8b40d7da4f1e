"""Mails with a secret in them. Run in the background, so that time tells nobody who exists."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F

from apps.identity.models import MailedToken
from apps.mail.delivery import deliver, send_after_commit
from apps.mail.links import shop_link
from apps.tenants.context import require_active_tenant
from apps.tenants.models import Tenant
from apps.tenants.validators import validate_name
from apps.users.models import User

Purpose = MailedToken.Purpose
#: Shops in one mail; the templates of `find_shops` say when there may be more.
MOST_SHOPS = 20


def mail_password_reset(email: str) -> None:
    """Mail a link to reset the password, if somebody active has this address."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None:
        link = partial(_issue_link, "reset-password", Purpose.PASSWORD_RESET, email, user=user)
        deliver(email, "password_reset", link, require_active_tenant())


def mail_verification(email: str, account: dict[str, str]) -> None:
    """Mail a link that makes a customer with the names in `account`, or a hint if one exists."""
    tenant = require_active_tenant()
    if User.objects.filter(email=email).exists():
        deliver(email, "already_registered", {"link": tenant.canonical_url}, tenant)
        return
    link = partial(_issue_link, "verify-email", Purpose.EMAIL_VERIFICATION, email, account=account)
    deliver(email, "email_verification", link, tenant)


def mail_invitation(email: str, role: str, inviter: Any) -> MailedToken:
    """Mail an admitted invitation, in place of any earlier one to its address, and return it."""
    invitation, secret = MailedToken.objects.issue(
        Purpose.INVITATION, email, role=role, invited_by=inviter
    )
    tenant = require_active_tenant()
    link = shop_link(tenant, "accept-invitation", secret)
    name = f"{inviter.first_name} {inviter.last_name}".strip()
    try:
        validate_name(name)
    except ValidationError:  # empty, or the platform's name in two parts
        name = inviter.email
    context = {"link": link, "role": role, "inviter": name}
    send_after_commit(email, "invitation", context, tenant=tenant, is_admitted=True)
    return invitation


def mail_shops(email: str) -> None:
    """Mail a list of open shops where an active user has this address. On the platform."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shops_of_address(%s)", [email])
        ids = [tenant_id for (tenant_id,) in cursor.fetchall()]
    # So that new shops cannot crowd the others out.
    oldest_first = F("confirmed_at").asc(nulls_last=True)
    shops = list(Tenant.objects.filter(pk__in=ids).order_by(oldest_first, "code")[:MOST_SHOPS])
    if shops:
        deliver(email, "find_shops", {"shops": shops}, None)


def _issue_link(page: str, purpose: str, email: str, **fields: Any) -> dict[str, str]:
    _, secret = MailedToken.objects.issue(purpose, email, **fields)
    return {"link": shop_link(require_active_tenant(), page, secret)}

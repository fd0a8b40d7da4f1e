"""Mails with a secret in them. Run in the background, so that time tells nobody who exists."""

from __future__ import annotations

from typing import Any

from django.db import connection

from apps.identity.models import MailedToken
from apps.limits.guard import may_mail_from_platform_to, may_mail_to
from apps.mail.delivery import send_after_commit
from apps.mail.links import shop_link
from apps.tenants.context import require_active_tenant
from apps.tenants.models import Tenant
from apps.users.models import User

Purpose = MailedToken.Purpose


def mail_password_reset(email: str) -> None:
    """Mail a link to reset the password, if somebody active has this address."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None and may_mail_to(email):
        _, secret = MailedToken.objects.issue(Purpose.PASSWORD_RESET, email, user=user)
        _send(email, "password_reset", {"link": _link("reset-password", secret)})


def mail_verification(email: str, account: dict[str, str]) -> None:
    """Mail a link that makes a customer with the names in `account`, or a hint if one exists."""
    if not may_mail_to(email):
        return
    if User.objects.filter(email=email).exists():
        _send(email, "already_registered", {"link": require_active_tenant().canonical_url})
        return
    _, secret = MailedToken.objects.issue(Purpose.EMAIL_VERIFICATION, email, account=account)
    _send(email, "email_verification", {"link": _link("verify-email", secret)})


def mail_invitation(email: str, role: str, inviter: Any) -> MailedToken:
    """Mail an invitation, in place of any earlier one to this address, and return it."""
    invitation, secret = MailedToken.objects.issue(
        Purpose.INVITATION, email, role=role, invited_by=inviter
    )
    context = {"link": _link("accept-invitation", secret), "role": role, "inviter": inviter}
    _send(email, "invitation", context)
    return invitation


def mail_shops(email: str) -> None:
    """Mail the list of open shops where somebody active has this address. On the platform."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shops_of_address(%s)", [email])
        ids = [tenant_id for (tenant_id,) in cursor.fetchall()]
    shops = list(Tenant.objects.filter(pk__in=ids).order_by("name"))
    if shops and may_mail_from_platform_to(email):
        send_after_commit(email, "find_shops", {"shops": shops}, tenant=None)


def _link(page: str, secret: str) -> str:
    return shop_link(require_active_tenant(), page, secret)


def _send(email: str, template: str, context: dict[str, Any]) -> None:
    send_after_commit(email, template, context, tenant=require_active_tenant())

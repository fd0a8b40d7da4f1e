"""The mails of accounts.

The tasks `mail_password_reset()`, `mail_verification()` and `mail_shops()` look the account up, so
that the response time does not reveal if it exists. They count a mail and enqueue another task
that sends it, which may be repeated. A link is issued when it is sent: no job stores a secret.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from apps.jobs.tasks import JobContext, task
from apps.mail.delivery import (
    MAX_ATTEMPTS,
    PRIORITY,
    QUEUE,
    enqueue_mail,
    is_within_limits,
    send_after_commit,
    send_mail,
)
from apps.mail.links import shop_link
from apps.mail.messages import build_message
from apps.tenants.context import require_active_tenant
from apps.tenants.models import Tenant
from apps.tenants.validators import validate_name
from apps.throttling.client import Client
from apps.users.models import EmailToken, Role, User

Purpose = EmailToken.Purpose
#: Shops listed in one mail; the template mentions that there may be more.
MAX_SHOPS = 20


@task(queue_name=QUEUE, priority=PRIORITY, takes_context=True, atomic=False)
def mail_password_reset(context: JobContext, email: str) -> None:
    """Mail a link to reset the password, if an active user has this address."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None and is_within_limits(email, "password_reset"):
        with context.fenced_transaction():
            token, _ = EmailToken.objects.issue(Purpose.PASSWORD_RESET, email, user=user)
            send_link.enqueue(str(token.pk), "password_reset", "reset-password", {})


@task(queue_name=QUEUE, priority=PRIORITY, takes_context=True, atomic=False)
def mail_verification(context: JobContext, email: str, account: dict[str, str]) -> None:
    """Mail a link that creates a customer with the names in `account`, or a hint if one exists."""
    if User.objects.filter(email=email).exists():
        if is_within_limits(email, "already_registered"):
            with context.fenced_transaction():
                values = {"link": require_active_tenant().canonical_url}
                send_mail.enqueue(email, "already_registered", values)
    elif is_within_limits(email, "email_verification"):
        with context.fenced_transaction():
            token, _ = EmailToken.objects.issue(Purpose.EMAIL_VERIFICATION, email, account=account)
            send_link.enqueue(str(token.pk), "email_verification", "verify-email", {})


def mail_invitation(email: str, role: str, inviter: User) -> EmailToken:
    """Mail an invitation that admit_mail() has admitted, void earlier ones, and return it."""
    invitation, _ = EmailToken.objects.issue(
        Purpose.INVITATION, email, role=role, invited_by=inviter
    )
    name = f"{inviter.first_name} {inviter.last_name}".strip()
    try:
        validate_name(name)
    except ValidationError:  # empty, or reserved when joined
        name = inviter.email
    values = {"inviter": name}
    enqueue_mail(send_link, str(invitation.pk), "invitation", "accept-invitation", values)
    return invitation


@task(queue_name=QUEUE, priority=PRIORITY, takes_context=True, atomic=False)
def mail_shops(context: JobContext, email: str, language: str) -> None:
    """Mail a list of the open shops where an active user has this address. On the platform."""
    if _shops_of(email) and is_within_limits(email, "find_shops"):
        with context.fenced_transaction():
            send_shops.enqueue(email, language)


@task(queue_name=QUEUE, priority=PRIORITY, atomic=False, max_attempts=MAX_ATTEMPTS)
def send_shops(email: str, language: str) -> None:
    """Send the list of shops, which no job of the platform stores."""
    if shops := _shops_of(email):
        context = {"shops": shops}
        build_message(email, "find_shops", context, tenant=None, language=language).send()


@task(queue_name=QUEUE, priority=PRIORITY, atomic=False, max_attempts=MAX_ATTEMPTS)
def send_link(token_id: str, template: str, page: str, values: dict[str, Any]) -> None:
    """Send the link of a token with a new secret, unless the token was used or voided.

    If the task is repeated, only the link of the last mail works.
    """
    token = EmailToken.objects.filter(pk=token_id).first()
    secret = token and EmailToken.objects.renew_secret(token)
    if token is None or secret is None:
        return
    tenant = require_active_tenant()
    values = {**values, "link": shop_link(tenant, page, secret)}
    if token.role:
        values["role"] = Role(token.role).label  # lazy: in the language of the mail
    build_message(token.email, template, values, tenant=tenant).send()


@task(queue_name=QUEUE, priority=PRIORITY, takes_context=True, atomic=False)
def count_and_send_link(
    context: JobContext, email: str, token_id: str, template: str, page: str
) -> None:
    if is_within_limits(email, template):
        with context.fenced_transaction():
            send_link.enqueue(token_id, template, page, {})


def request_confirmation(user: User, email: str, *, client: Client | None = None) -> None:
    """Mail a link to `email` that makes it the address of `user`, and void earlier links.

    A change, which admit_mail() has admitted for `client`, is also announced to the present
    address. With the present address, the link confirms the shop that the user opened.
    """
    EmailToken.objects.filter(user=user, purpose=Purpose.EMAIL_CONFIRMATION).void()
    token, _ = EmailToken.objects.issue(Purpose.EMAIL_CONFIRMATION, email, user=user)
    template = "shop_confirmation" if email == user.email else Purpose.EMAIL_CONFIRMATION.value
    page = "confirm-email"
    if client is None:
        enqueue_mail(count_and_send_link, email, str(token.pk), template, page)
    else:
        enqueue_mail(send_link, str(token.pk), template, page, {})
    if email != user.email:
        notice = "email_change_requested"
        tenant = require_active_tenant()
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


def _shops_of(email: str) -> list[Tenant]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT shops_of_address(%s)", [email])
        ids = [tenant_id for (tenant_id,) in cursor.fetchall()]
    # New shops must not displace older ones.
    oldest_first = F("confirmed_at").asc(nulls_last=True)
    return list(Tenant.objects.filter(pk__in=ids).order_by(oldest_first, "code")[:MAX_SHOPS])

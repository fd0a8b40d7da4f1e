"""Limits on mail, counted where it is requested and where it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from apps.tenants.context import get_active_tenant
from apps.throttling import rate_limits
from apps.throttling.client import Client
from apps.throttling.models import PlatformCounter, TenantCounter

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

#: The mail that lifts the limit of an unconfirmed shop does not count towards it.
SHOP_CONFIRMATION = "shop_confirmation"
#: The mail that other mail to the same address must not suppress.
PASSWORD_RESET = "password_reset"  # noqa: S105 -- a template's name


def count_mail_request(kind: str, client: Client) -> None:
    """Count a request that makes a tenant, or the platform, send a mail; raise RateLimited."""
    subject = f"{kind} {client.network}"
    PlatformCounter.objects.record_attempt(rate_limits.MAIL_OVER_ALL_SHOPS, subject)
    if get_active_tenant() is not None:
        TenantCounter.objects.record_attempt(rate_limits.MAIL_FROM_NETWORK, subject)


def count_mail(
    to: str, kind: str, *, tenant: Tenant | None, sender: Any = None, client: Client | None = None
) -> None:
    """Count a mail of a kind (its template's name) to an address; raise RateLimited, uncounted.

    `sender` is the user who causes it, None for mail that the public can request and for notices;
    `client` is that of the logged-in user whose request causes either. The limits of one kind, or
    of one origin, leave the others alone. With a tenant, runs in its context.
    """
    with ExitStack() as refunds:
        for counters, limit, subject in _limits(to, kind, tenant, sender, client):
            counters.record_attempt(limit, subject)
            refunds.callback(counters.refund, limit, subject)
        refunds.pop_all()


def _limits(
    to: str, kind: str, tenant: Tenant | None, sender: Any, client: Client | None
) -> Iterator[tuple[Any, rate_limits.RateLimit, str]]:
    """Yield the narrowest limits first: what they refuse does not use up the wider ones."""
    shop, platform = TenantCounter.objects, PlatformCounter.objects
    origin = f"{kind} {'public' if sender is None else 'team'}"
    local, _, domain = to.lower().rpartition("@")
    mailbox = f"{local.partition('+')[0]}@{domain}"
    address = f"{origin} {mailbox}"
    yield platform if tenant is None else shop, rate_limits.MAIL_TO_ADDRESS, address
    if kind != PASSWORD_RESET:
        yield platform, rate_limits.MAIL_TO_ADDRESS_IN_ALL, mailbox
    if tenant is None:
        return
    if sender is not None or tenant.confirmed_at is None:
        yield platform, rate_limits.MAIL_TO_ADDRESS_OVER_ALL_SHOPS, address
    if sender is not None:
        yield shop, rate_limits.MAIL_BY_SENDER, str(sender.pk)
    if client is not None:
        yield platform, rate_limits.SENDERS_MAIL_FROM_NETWORK, client.network
    if tenant.confirmed_at is not None:
        yield shop, rate_limits.MAIL_FROM_SHOP, origin
    elif kind != SHOP_CONFIRMATION:
        yield shop, rate_limits.MAIL_FROM_UNCONFIRMED_SHOP, origin

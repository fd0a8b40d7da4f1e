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

#: Not counted by the limit of an unconfirmed shop, which it lifts.
SHOP_CONFIRMATION = "shop_confirmation"
#: Not counted together with other mail to an address, which must not suppress it.
PASSWORD_RESET = "password_reset"  # noqa: S105 -- a template's name


def count_mail_request(kind: str, client: Client) -> None:
    """Count a request that causes a mail from a tenant or the platform; raise RateLimited."""
    subject = f"{kind} {client.network}"
    PlatformCounter.objects.record_attempt(rate_limits.MAIL_OVER_ALL_SHOPS, subject)
    if get_active_tenant() is not None:
        TenantCounter.objects.record_attempt(rate_limits.MAIL_FROM_NETWORK, subject)


def count_mail(
    to: str, kind: str, *, tenant: Tenant | None, sender: Any = None, client: Client | None = None
) -> None:
    """Count a mail of a kind (its template's name) to an address; raise RateLimited, uncounted.

    `sender` is the user who causes it, or None for notices and for mail that the public can
    request; `client` is the client of the logged-in user who causes it. Kinds and origins (team or
    public) are counted separately. Call it in the tenant's context.
    """
    with ExitStack() as refunds:
        for counters, limit, subject in _limits(to, kind, tenant, sender, client):
            counters.record_attempt(limit, subject)
            refunds.callback(counters.refund, limit, subject)
        refunds.pop_all()


def _limits(
    to: str, kind: str, tenant: Tenant | None, sender: Any, client: Client | None
) -> Iterator[tuple[Any, rate_limits.RateLimit, str]]:
    """Yield the narrowest limits first, so that what they refuse does not count for wider ones."""
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

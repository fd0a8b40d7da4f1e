"""Limits on mail, counted where it is asked for and where it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from apps.limits import rules
from apps.limits.models import NetworkCounter, ShopCounter
from apps.tenants.context import get_active_tenant

if TYPE_CHECKING:
    from apps.api.devices import Device
    from apps.tenants.models import Tenant

#: The mail that lifts the limit of an unconfirmed shop does not count towards it.
SHOP_CONFIRMATION = "shop_confirmation"
#: The mail that other mail to the same address must not suppress.
PASSWORD_RESET = "password_reset"  # noqa: S105 -- a template's name


def count_mail_request(kind: str, device: Device) -> None:
    """Count a request that makes a shop, or the platform, send a mail of a kind; raise Blocked."""
    NetworkCounter.objects.hit(rules.MAIL_OVER_ALL_SHOPS, f"{kind} {device.prefix}")
    if get_active_tenant() is not None:
        ShopCounter.objects.hit(rules.MAIL_FROM_NETWORK, f"{kind} {device.prefix}")


def count_mail(
    to: str, kind: str, *, tenant: Tenant | None, sender: Any = None, device: Device | None = None
) -> None:
    """Count a mail of a kind (its template's name) to an address; raise Blocked, uncounted.

    `sender` is the user who causes it, None for mail that the public can request and for notices;
    `device` is that of the logged-in user whose request causes either. The limits of one kind, or
    of one origin, leave the others alone. With a tenant, runs in its context.
    """
    with ExitStack() as refunds:
        for counters, rule, subject in _limits(to, kind, tenant, sender, device):
            counters.hit(rule, subject)
            refunds.callback(counters.take_back, rule, subject)
        refunds.pop_all()


def _limits(
    to: str, kind: str, tenant: Tenant | None, sender: Any, device: Device | None
) -> Iterator[tuple[Any, rules.Rule, str]]:
    """Yield the narrowest limits first: what they refuse does not use up the wider ones."""
    shop, platform = ShopCounter.objects, NetworkCounter.objects
    origin = f"{kind} {'public' if sender is None else 'team'}"
    local, _, domain = to.lower().rpartition("@")
    mailbox = f"{local.partition('+')[0]}@{domain}"
    address = f"{origin} {mailbox}"
    yield platform if tenant is None else shop, rules.MAIL_TO_ADDRESS, address
    if kind != PASSWORD_RESET:
        yield platform, rules.MAIL_TO_ADDRESS_IN_ALL, mailbox
    if tenant is None:
        return
    if sender is not None or tenant.confirmed_at is None:
        yield platform, rules.MAIL_TO_ADDRESS_OVER_ALL_SHOPS, address
    if sender is not None:
        yield shop, rules.MAIL_BY_SENDER, str(sender.pk)
    if device is not None:
        yield platform, rules.SENDERS_MAIL_FROM_NETWORK, device.prefix
    if tenant.confirmed_at is not None:
        yield shop, rules.MAIL_FROM_SHOP, origin
    elif kind != SHOP_CONFIRMATION:
        yield shop, rules.MAIL_FROM_UNCONFIRMED_SHOP, origin

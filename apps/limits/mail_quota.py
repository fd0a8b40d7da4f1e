"""Limits on mail, counted where it is sent and where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from apps.api.devices import Device
from apps.limits.exceptions import Blocked
from apps.limits.models import NetworkCounter, ShopCounter
from apps.limits.rules import (
    MAIL_BY_SENDER,
    MAIL_FROM_NETWORK,
    MAIL_FROM_SHOP,
    MAIL_FROM_UNCONFIRMED_SHOP,
    MAIL_OVER_ALL_SHOPS,
    MAIL_TO_ADDRESS,
    MAIL_TO_ADDRESS_OVER_ALL_SHOPS,
    SENDERS_MAIL_FROM_NETWORK,
    Rule,
)

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

#: The mail that lifts the limit of an unconfirmed shop does not count towards it.
SHOP_CONFIRMATION = "shop_confirmation"


def count_mail_request(device: Device) -> None:
    """Count a request that makes us send a mail from a shop; raise Blocked."""
    NetworkCounter.objects.hit(MAIL_OVER_ALL_SHOPS, device.prefix)
    ShopCounter.objects.hit(MAIL_FROM_NETWORK, device.prefix)


def count_platform_mail_request(device: Device) -> None:
    """Count a request that makes us send a mail from the platform; raise Blocked."""
    NetworkCounter.objects.hit(MAIL_OVER_ALL_SHOPS, device.prefix)


def count_mail(
    to: str,
    kind: str,
    *,
    tenant: Tenant | None,
    sender: Any = None,
    device: Device | None = None,
) -> None:
    """Count a mail of a kind (its template's name) to an address; raise Blocked, uncounted.

    `sender` is the user who causes it and `device` where from, None for mail that anybody may
    ask for. The limits of one kind, or of one origin, leave the others alone. With a tenant, runs
    in its context.
    """
    counted: list[tuple[Any, Rule, str]] = []
    for counters, rule, subject in _limits(to, kind, tenant, sender, device):
        try:
            counters.hit(rule, subject)
        except Blocked:
            for others, earlier, its_subject in counted:
                others.take_back(earlier, its_subject)
            raise
        counted.append((counters, rule, subject))


def _limits(
    to: str, kind: str, tenant: Tenant | None, sender: Any, device: Device | None
) -> Iterator[tuple[Any, Rule, str]]:
    """Yield the narrowest limits first: what they refuse does not use up the wider ones."""
    shop, platform = ShopCounter.objects, NetworkCounter.objects
    origin = f"{kind} {'public' if sender is None else 'team'}"
    address = f"{origin} {to.lower()}"
    if tenant is None:
        yield platform, MAIL_TO_ADDRESS, address
        return
    yield shop, MAIL_TO_ADDRESS, address
    if sender is not None or tenant.confirmed_at is None:
        yield platform, MAIL_TO_ADDRESS_OVER_ALL_SHOPS, address
    if sender is not None:
        yield shop, MAIL_BY_SENDER, str(sender.pk)
    if device is not None:
        yield platform, SENDERS_MAIL_FROM_NETWORK, device.prefix
    if tenant.confirmed_at is not None:
        yield shop, MAIL_FROM_SHOP, origin
    elif kind != SHOP_CONFIRMATION:
        yield shop, MAIL_FROM_UNCONFIRMED_SHOP, ""

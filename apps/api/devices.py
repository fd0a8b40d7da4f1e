"""Where a request comes from."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_LONGEST_USER_AGENT = 300


@dataclass(frozen=True)
class Device:
    """The client's address ("" if unknown) and what it calls itself."""

    address: str
    user_agent: str

    @property
    def prefix(self) -> str:
        """The network that one customer of a provider can have all of: a /24, or a /64 of IPv6."""
        try:
            address = ip_address(self.address)
        except ValueError:
            return "unknown"
        bits = 24 if isinstance(address, IPv4Address) else 64
        return str(ip_network(f"{address}/{bits}", strict=False))


def device_of(request: HttpRequest) -> Device:
    """Return the device that a request comes from.

    X-Forwarded-For counts only as far as TRUSTED_PROXIES says: that many of its last entries
    were written by proxies of ours, and anything before them by whoever liked to.
    """
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    forwarded = [entry for entry in entries if entry.strip()]
    hops = settings.TRUSTED_PROXIES
    text = forwarded[-hops] if 0 < hops <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    user_agent = request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_USER_AGENT]
    return Device(_plain_address(text.strip()), user_agent.replace("\x00", ""))


def _plain_address(text: str) -> str:
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)

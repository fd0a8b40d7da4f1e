"""Where a request comes from."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_LONGEST_USER_AGENT = 300
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 client, seen through its translator


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
    were written by trusted proxies; anything before them is the client's. Where the proxies name
    no address, that of the connection counts.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    hops = settings.TRUSTED_PROXIES
    text = forwarded[-hops] if 0 < hops <= len(forwarded) else ""
    address = _plain_address(text) or _plain_address(request.META.get("REMOTE_ADDR", ""))
    user_agent = request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_USER_AGENT]
    return Device(address, user_agent.replace("\x00", ""))


def _plain_address(text: str) -> str:
    """Return the address in any form that proxies write; "" for none.

    These may have quotes, brackets, a port, a zone: `"[fe80::1%eth0]:443"`. IPv4 in IPv6 is IPv4.
    """
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    for candidate in (text, text.rpartition(":")[0]):
        with suppress(ValueError):
            address = ip_address(candidate.partition("%")[0])
            if address in _NAT64:
                return str(IPv4Address(int(address) & 0xFFFF_FFFF))
            mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
            return str(mapped or address)
    return ""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Self

from django.conf import settings

_MAX_USER_AGENT = 300
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 client behind a translator


@dataclass(frozen=True)
class Client:
    """The IP address ("" if unknown) and the user agent of a request."""

    ip: str = ""
    user_agent: str = ""

    @classmethod
    def from_meta(cls, meta: Mapping[str, Any]) -> Self:
        """Return the client of a request's META.

        The last TRUSTED_PROXIES entries of X-Forwarded-For come from trusted proxies; earlier
        ones are set by the client and ignored. The fallback is the connection's address.
        """
        forwarded = meta.get("HTTP_X_FORWARDED_FOR", "").split(",")
        hops = settings.TRUSTED_PROXIES
        text = forwarded[-hops] if 0 < hops <= len(forwarded) else ""
        ip = _parse_ip(text) or _parse_ip(meta.get("REMOTE_ADDR", ""))
        user_agent = meta.get("HTTP_USER_AGENT", "")[:_MAX_USER_AGENT]
        return cls(ip, user_agent.replace("\x00", ""))

    @property
    def network(self) -> str:
        """The client's network: a /24 of IPv4, or the /64 of IPv6 that one customer controls."""
        return _network_of(self.ip)


@lru_cache(maxsize=1024)
def _network_of(ip: str) -> str:
    try:
        address = ip_address(ip)
    except ValueError:
        return "unknown"
    bits = 24 if isinstance(address, IPv4Address) else 64
    return str(ip_network(f"{address}/{bits}", strict=False))


@lru_cache(maxsize=1024)
def _parse_ip(text: str) -> str:
    """Return the address in any form that proxies write, or "" if there is none.

    Accepts quotes, brackets, a port, a zone: `"[fe80::1%eth0]:443"`. IPv4 in IPv6 becomes IPv4.
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

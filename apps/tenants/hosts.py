from __future__ import annotations

import re
from dataclasses import dataclass

from apps.tenants.exceptions import ForeignHost, MalformedHost
from apps.tenants.validators import is_well_formed_code, normalize_code

_HOST_HEADER = re.compile(
    r"(?P<name>[a-z0-9.-]{1,254})(?::(?P<port>[0-9]{0,5}))?", re.ASCII | re.IGNORECASE
)
_HIGHEST_PORT = 65535


@dataclass(frozen=True)
class PlatformSite:
    """The site at the base domain, where shops are opened."""


@dataclass(frozen=True)
class ShopSite:
    """The site of one shop, whose code has not been looked up."""

    code: str


Site = PlatformSite | ShopSite


def parse_site(header: str, base_domain: str, api_code: str = "") -> Site:
    """Return the site that a Host header names; at `api.<base domain>`, `api_code` names the shop.

    Raises MalformedHost for an invalid hostname or shop code, and ForeignHost for a name outside
    the base domain or more than one label inside it.
    """
    name, _ = split_host(header)
    prefix, dot, rest = name.partition(".")
    if name == base_domain or (prefix == "www" and rest == base_domain):
        return PlatformSite()
    if not dot or rest != base_domain:
        raise ForeignHost(f"{name} is not a site under {base_domain}.")
    code = normalize_code(api_code if prefix == "api" else prefix)
    if not is_well_formed_code(code):
        raise MalformedHost("No shop can have this code.")
    return ShopSite(code)


def canonical_host(header: str, *, has_port: bool) -> str:
    """Return a Host header for use in links: without `www.`, and without a default port.

    Unless `has_port`, any port is removed. Raises MalformedHost.
    """
    name, port = split_host(header)
    is_default = int(port or 0) in {0, 80}
    return name.removeprefix("www.") + (f":{int(port)}" if has_port and not is_default else "")


def split_host(header: str) -> tuple[str, str]:
    """Return a Host header's name and port ("" if it has none); raise MalformedHost.

    The name is in lower case, without the trailing dot that DNS allows.
    """
    match = _HOST_HEADER.fullmatch(header)
    if match is None or int(match["port"] or 0) > _HIGHEST_PORT:
        raise MalformedHost("The Host header is not a hostname.")
    return match["name"].lower().removesuffix("."), match["port"] or ""

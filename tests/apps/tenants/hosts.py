"""Valid and hostile Host headers, for the tests of the parser and of HTTP."""

from __future__ import annotations

from apps.tenants.exceptions import ForeignHost, MalformedHost
from apps.tenants.hosts import PlatformSite, ShopSite

ACME = ShopSite("acme")
LONGEST = "a" * 63

#: The site that each header names when the base domain is `localhost`.
FRIENDLY = {
    "localhost": PlatformSite(),
    "LOCALHOST": PlatformSite(),
    "localhost.": PlatformSite(),
    "localhost:8000": PlatformSite(),
    "www.localhost": PlatformSite(),
    "WWW.localhost.:80": PlatformSite(),
    "acme.localhost": ACME,
    "acme.localhost:8000": ACME,
    "Acme.LocalHost": ACME,
    "acme.localhost.": ACME,
    "acme.localhost.:8000": ACME,
    "acme.localhost:": ACME,  # RFC 3986, section 3.2.3: a port may be empty
    "acme.localhost.:": ACME,
    "acme.localhost:1": ACME,
    "acme.localhost:65535": ACME,
    "acme.localhost:00080": ACME,
    "a-b.localhost": ShopSite("a-b"),
    "a1-2.localhost": ShopSite("a1-2"),
    "123.localhost": ShopSite("123"),
    "a-b--c.localhost": ShopSite("a-b--c"),
    f"{LONGEST}.localhost": ShopSite(LONGEST),
    # A reserved code is well-formed, but in no row of the table of tenants.
    "admin.localhost": ShopSite("admin"),
}

HOSTILE = {
    # Not a hostname
    "": MalformedHost,
    " ": MalformedHost,
    ":": MalformedHost,
    ":8000": MalformedHost,
    "acme localhost": MalformedHost,
    " acme.localhost": MalformedHost,
    "acme.localhost ": MalformedHost,
    "acme .localhost": MalformedHost,
    "acme\t.localhost": MalformedHost,
    "acme.localhost\n": MalformedHost,
    "acme\n.localhost": MalformedHost,
    "acme.localhost\r\nHost: globex.localhost": MalformedHost,
    "acme\x00.localhost": MalformedHost,
    "acme.localhost\x00": MalformedHost,
    "acme\x7f.localhost": MalformedHost,
    "acme_x.localhost": MalformedHost,
    "_acme.localhost": MalformedHost,
    "acme%2elocalhost": MalformedHost,
    "acme%00.localhost": MalformedHost,
    "acme/.localhost": MalformedHost,
    "acme.localhost/": MalformedHost,
    "acme.localhost?x": MalformedHost,
    "acme.localhost#x": MalformedHost,
    "acme\\.localhost": MalformedHost,
    "acme'.localhost": MalformedHost,
    'acme".localhost': MalformedHost,
    "acme;.localhost": MalformedHost,
    "*.localhost": MalformedHost,
    "http://acme.localhost": MalformedHost,
    # Two names
    "acme.localhost,globex.localhost": MalformedHost,
    "acme.localhost, globex.localhost": MalformedHost,
    "acme@globex.localhost": MalformedHost,
    "globex.localhost@acme.localhost": MalformedHost,
    "user:password@acme.localhost": MalformedHost,
    # Ports
    "acme.localhost:99999": MalformedHost,
    "acme.localhost:65536": MalformedHost,
    "acme.localhost:100000": MalformedHost,
    "acme.localhost:-1": MalformedHost,
    "acme.localhost:+80": MalformedHost,
    "acme.localhost:80a": MalformedHost,
    "acme.localhost:8 0": MalformedHost,
    "acme.localhost:80:80": MalformedHost,
    "acme.localhost:٨٠": MalformedHost,
    "acme.localhost:²": MalformedHost,
    "acme.localhost:80\n": MalformedHost,
    # Letters that are not ASCII, some of which lower() or IDNA would turn into ASCII
    "ácme.localhost": MalformedHost,
    "\u0430cme.localhost": MalformedHost,
    "\uff41cme.localhost": MalformedHost,
    "acme\u3002localhost": MalformedHost,
    "\u212aiosk.localhost": MalformedHost,
    "\u017fhop.localhost": MalformedHost,
    "acme.localho\u017ft": MalformedHost,
    "ac\u200bme.localhost": MalformedHost,
    "ac\u00adme.localhost": MalformedHost,
    "acme.localhost\u2028": MalformedHost,
    "\u0130cme.localhost": MalformedHost,
    # Addresses
    "[::1]": MalformedHost,
    "[::1]:8000": MalformedHost,
    "::1": MalformedHost,
    "[acme.localhost]": MalformedHost,
    "127.0.0.1": ForeignHost,
    "127.0.0.1:8000": ForeignHost,
    "127.0.0.1.localhost": ForeignHost,
    "2130706433": ForeignHost,
    "0x7f000001": ForeignHost,
    # Labels that are not valid codes
    "-a.localhost": MalformedHost,
    "a-.localhost": MalformedHost,
    "-acme.localhost": MalformedHost,
    "acme-.localhost": MalformedHost,
    "---.localhost": MalformedHost,
    "a.localhost": MalformedHost,
    "ab.localhost": MalformedHost,
    "xn--acme.localhost": MalformedHost,
    "XN--acme.localhost": MalformedHost,
    "ab--cd.localhost": MalformedHost,
    "a---b.localhost": MalformedHost,
    f"{LONGEST}a.localhost": MalformedHost,
    f"{'a' * 254}.localhost": MalformedHost,
    f"{'a' * 100_000}.localhost": MalformedHost,
    f"{'a.' * 100_000}localhost": MalformedHost,
    # Dots
    ".": ForeignHost,
    "..": ForeignHost,
    ".localhost": MalformedHost,
    "..localhost": ForeignHost,
    "acme..localhost": ForeignHost,
    "acme.localhost..": ForeignHost,
    "localhost..": ForeignHost,
    ".acme.localhost": ForeignHost,
    "acme.": ForeignHost,
    # Too deep, or outside the base domain
    "a.acme.localhost": ForeignHost,
    "www.acme.localhost": ForeignHost,
    "acme.www.localhost": ForeignHost,
    "www.www.localhost": ForeignHost,
    "api.api.localhost": ForeignHost,
    "acme.api.localhost": ForeignHost,
    "acme": ForeignHost,
    "example.com": ForeignHost,
    "acme.example.com": ForeignHost,
    "evillocalhost": ForeignHost,
    "acme.evillocalhost": ForeignHost,
    "acmelocalhost": ForeignHost,
    "localhost.evil.com": ForeignHost,
    "acme.localhost.evil.com": ForeignHost,
    "localhost.localdomain": ForeignHost,
    "xlocalhost": ForeignHost,
    "localhos": ForeignHost,
}


def name_of(header: str) -> str:
    """Return a header as a test id."""
    return header if header.isprintable() and len(header) < 40 else ascii(header)[:40]

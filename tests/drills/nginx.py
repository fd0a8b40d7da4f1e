"""A proxy in front, with the configuration that docs/operations.md gives to operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.nginx import running_nginx
from tests.processes import ROOT, free_port


def documented_site() -> str:
    """Return the example of the operators' page."""
    [site] = re.findall(
        r"^```nginx\n(.*?)^```$",
        (ROOT / "docs/operations.md").read_text(),
        re.DOTALL | re.MULTILINE,
    )
    return site


@contextmanager
def proxying(*ports: int) -> Iterator[int]:
    """Run nginx in front of one or two instances for the block; yield its port."""
    port = free_port()
    replacements = {
        "127.0.0.1:8000": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8001": f"127.0.0.1:{ports[-1]}",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "server_name shops.example *.shops.example;": "server_name localhost *.localhost;",
    }
    site = documented_site()
    for written, ours in replacements.items():
        assert site.count(written) == 1, written
        site = site.replace(written, ours)
    with running_nginx(site):
        yield port

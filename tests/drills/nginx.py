"""nginx from Debian, with the configuration that docs/operations.md gives to operators."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import ROOT, free_port, until

_MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def documented_site() -> str:
    """Return the example of the operators' page."""
    [site] = re.findall(
        r"^```nginx\n(.*?)^```$",
        (ROOT / "docs/operations.md").read_text(),
        re.DOTALL | re.MULTILINE,
    )
    return site


@contextmanager
def proxying(folder: Path, *ports: int) -> Iterator[int]:
    """Stand in front of one or two instances for the block; yield the port to ask."""
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
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder))
    log = (folder / "nginx.log").open("w")
    nginx = subprocess.Popen(
        ["nginx", "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        until(lambda: nginx.poll() is not None or (folder / "nginx.pid").exists())
        assert nginx.poll() is None, (folder / "nginx.log").read_text()
        yield port
    finally:
        nginx.terminate()
        nginx.wait(20)
        log.close()

"""nginx from Debian, on the loopback."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.processes import until

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


@contextmanager
def running_nginx(site: str) -> Iterator[None]:
    """Run nginx for the block; `site` is what stands in its `http`, where it listens among it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # its workers are not root
        (folder / "site.conf").write_text(site)
        (folder / "nginx.conf").write_text(_MAIN.format(folder=folder))
        with (folder / "said").open("w") as said:
            process = subprocess.Popen(
                ["nginx", "-p", name, "-e", folder / "error.log", "-c", folder / "nginx.conf"],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            try:
                until(lambda: process.poll() is not None or (folder / "nginx.pid").exists())
                assert process.poll() is None, (folder / "said").read_text()
                yield
            finally:
                process.terminate()
                process.wait(20)

"""PgBouncer as in docs/operations.md, with one shared connection to PostgreSQL."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, DATABASE
from apps.embedded_postgres.system_user import SYSTEM_USER
from tests.processes import DEADLINE, ROOT, free_port, until


@contextmanager
def pooling(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Run PgBouncer for the block; yield the URL of the application's role there."""
    role, port = urlsplit(postgres.url(APP_ROLE)), free_port()
    folder = postgres.data_dir / f"pgbouncer-{port}"
    folder.mkdir(mode=0o700)
    users, configuration = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{role.username}" "{role.password}"\n')
    configuration.write_text(
        _configuration(
            listen_port=port, auth_file=users, default_pool_size=1, query_wait_timeout=60
        ).replace("shops = host=db.internal", f"{DATABASE} = host={postgres.socket_dir}")
        # Where this test's PgBouncer differs: nothing outside its folder, and no second connection.
        + "unix_socket_dir =\nmax_db_connections = 1\n"
    )
    url = f"postgres://{role.username}:{role.password}@127.0.0.1:{port}/{DATABASE}"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", configuration],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **_identity(folder, users, configuration),
        )
        try:
            until(lambda: _is_up(url, process, folder / "log"))
            yield url
        finally:
            process.terminate()
            process.wait(DEADLINE)


def _configuration(**values: object) -> str:
    """Return the block of the documentation, with other values."""
    text = (ROOT / "docs/operations.md").read_text()
    [block] = re.findall(r"^```ini\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    for name, value in values.items():
        block, found = re.subn(rf"^{name} = .*$", f"{name} = {value}", block, flags=re.MULTILINE)
        assert found == 1, name
    return block


def _identity(*paths: Path) -> dict[str, object]:
    """As root, run as PostgreSQL's system user, who alone may open the socket."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(SYSTEM_USER)
    for path in paths:
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _is_up(url: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        with closing(psycopg2.connect(url)):
            return True
    except psycopg2.OperationalError:
        return False

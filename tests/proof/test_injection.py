"""sqlmap finds no parameter that reaches SQL as anything but a value."""

from __future__ import annotations

import json
import re
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE
from tests.processes import manage, new_folder, serving
from tests.proof.openapi.run import UNHURRIED
from tests.proof.wire.nginx import nginx
from tests.report import publish

PASSWORD = "wheel-and-slow-clay"
OWNER = "owner@acme.example"
LIMIT_SECONDS = 600
FOUND = "sqlmap identified the following injection point"
NOT_FOUND = "all tested parameters do not appear to be injectable"
TESTED = re.compile(r"testing for SQL injection on (.+?)'?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Target:
    """A request; `*` stands behind what is tried, or everything in query and body is."""

    path: str
    host: str = "acme.localhost"
    method: str = "GET"
    body: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    role: str = "anonymous"


LIST = "/api/products/?search=bowl&ordering=name&code=bowl&published=true&page_size=5"
TARGETS = {
    "a list": Target(LIST),
    "a list, logged in": Target(LIST, role="owner"),
    "a list's cursor": Target("/api/products/?ordering=name&page_size=1&cursor={cursor}"),
    "a list of users": Target(
        "/api/users/?search=owner&ordering=email&email=owner&role=owner&is_active=true",
        role="owner",
    ),
    "the audit log": Target(
        "/api/audit/?action=session.opened&actor={user}&ordering=created_at", role="owner"
    ),
    "an id": Target("/api/products/{product}*/"),
    "an id of a user": Target("/api/users/{user}*/", role="owner"),
    "a code": Target("/api/shops/availability/?code=acme", host="localhost"),
    "a log-in": Target(
        "/api/auth/login/", method="POST", body={"email": OWNER, "password": "wrong"}
    ),
    "a refresh": Target("/api/auth/refresh/", method="POST", body={"refresh": "{refresh}"}),
    "a token from a mail": Target(
        "/api/auth/email/verify/", method="POST", body={"token": "x*", "password": PASSWORD}
    ),
    "a change": Target(
        "/api/products/{product}/",
        method="PATCH",
        body={"name": "Bowl", "description": "Deep"},
        role="owner",
    ),
    "a new code": Target(
        "/api/products/{product}/", method="PATCH", body={"code": "bowl"}, role="owner"
    ),
    "a host": Target("/api/shop/", host="acme*.localhost"),
    "a header that names a shop": Target(
        "/api/shop/", host="api.localhost", headers={"Tenant-Code": "acme*"}
    ),
    "other headers": Target(
        "/api/auth/me/",
        headers={"User-Agent": "x*", "X-Request-ID": "12345678*", "Origin": "https://a.example*"},
        role="owner",
    ),
    "a token": Target("/api/auth/me/", headers={"Authorization": "{bearer}*"}),
}


def sqlmap(url: str, folder: Path, *options: str) -> str:
    """Run sqlmap against a URL on the loopback; return what it says."""
    done = subprocess.run(
        [
            *("sqlmap", "--batch", "--flush-session", "--disable-coloring", "--technique=BEUST"),
            *(
                "--dbms=PostgreSQL",
                "--level=2",
                "--risk=2",
                "--time-sec=3",
                "--timeout=20",
                "--ignore-code=400,401",
            ),
            *("--output-dir", str(folder), "--url", url, *options),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def server():
    with new_folder() as folder, serving(folder, **UNHURRIED) as running:
        done = manage(
            *("create_shop", "acme", "Acme", OWNER), DATA_DIR=folder, OWNER_PASSWORD=PASSWORD
        )
        assert done.returncode == 0, done.stderr
        yield running


@pytest.fixture(scope="module")
def port(server):
    """The server behind a proxy that gives each request another network, to avoid rate limits."""
    with nginx(server.port, address="$anywhere") as port:
        yield port


@pytest.fixture(scope="module")
def known(server):
    """What is really there, so that requests are good ones but for what is tried."""
    credentials = {"email": OWNER, "password": PASSWORD}
    login = server.request("POST", "acme.localhost", "/api/auth/login/", credentials).json()
    bearer = f"Bearer {login['access']}"

    def ask(method, path, body=None):
        authorization = {"Authorization": bearer}
        return server.request(method, "acme.localhost", path, body, authorization).json()

    made = [
        ask("POST", "/api/products/", {"name": name, "code": name, "status": "active"})
        for name in ("bowl", "cup")
    ]
    page = ask("GET", "/api/products/?ordering=name&page_size=1")
    return {
        "bearer": bearer,
        "refresh": login["refresh"],
        "product": made[0]["id"],
        "user": made[0]["added_by"],
        "cursor": re.search(r"cursor=([^&]+)", page["next"])[1],
    }


@pytest.fixture(scope="module", autouse=True)
def _no_tries_are_counted(server):
    """After five tries a password would not be looked at any more, whatever stands in it."""
    with closing(psycopg2.connect(EmbeddedPostgres(server.data_dir).url(OWNER_ROLE))) as owner:
        owner.cursor().execute(
            "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN NEW.attempts = 0; NEW.blocked_until = NULL; RETURN NEW; END $$;"
            " CREATE TRIGGER forget BEFORE INSERT OR UPDATE ON tenant_counters"
            " FOR EACH ROW EXECUTE FUNCTION forget()"
        )
        owner.commit()


@pytest.fixture(scope="module")
def rows():
    """What was tried, published once all of it was."""
    found = {}
    yield found
    if found.keys() == TARGETS.keys():
        head = ["request", "as", "parameters tried", "injectable", "seconds"]
        publish(
            *("proof", "sqlmap", head, [[name, *row] for name, row in found.items()]),
            summary=f"{len(found)} requests, 0 injectable",
        )


@pytest.mark.parametrize("name", TARGETS)
def test_sqlmap_finds_nothing(name, port, known, rows, tmp_path):
    target = TARGETS[name]
    started = time.monotonic()
    said = sqlmap(
        f"http://127.0.0.1:{port}{target.path.format(**known)}",
        tmp_path,
        *options(target, port, known),
    )
    tried = set(TESTED.findall(said))
    assert "ignoring" not in said, said
    assert FOUND not in said, said
    assert NOT_FOUND in said, said
    assert tried, said
    assert "429" not in said, said
    rows[name] = [target.role, len(tried), 0, round(time.monotonic() - started)]


def options(target: Target, port: int, known: dict[str, str]) -> list[str]:
    headers = {
        "Host": f"{target.host}:{port}",
        **({"Authorization": known["bearer"]} if target.role == "owner" else {}),
        **{name: value.format(**known) for name, value in target.headers.items()},
    }
    given = [f"--method={target.method}"]
    given += [f"--header={name}: {value}" for name, value in headers.items()]
    if target.body is not None:
        body = {name: value.format(**known) for name, value in target.body.items()}
        given += [f"--data={json.dumps(body)}", "--header=Content-Type: application/json"]
    return given


# --- The control: a server that puts SQL together from what it is sent --------------------------


def test_control_sqlmap_finds_an_injection(server, tmp_path):
    url = EmbeddedPostgres(server.data_dir).url(APP_ROLE)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            code = parse_qs(urlsplit(self.path).query)["code"][0]
            try:
                with psycopg2.connect(url) as connection, connection.cursor() as cursor:
                    cursor.execute(f"SELECT code, name FROM tenants WHERE code = '{code}'")
                    status, text = 200, repr(cursor.fetchall())
            except psycopg2.Error as error:
                status, text = 500, str(error)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as injectable:
        Thread(target=injectable.serve_forever).start()
        said = sqlmap(f"http://127.0.0.1:{injectable.server_port}/?code=acme", tmp_path)
        injectable.shutdown()
    assert FOUND in said, said
    assert "Parameter: code (GET)" in said

"""The requirements of docs/security.md: each has a test, or a reason not to have one.

Those that are no feature's own are here, by the number of their row.
"""

from __future__ import annotations

import ast
import os
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from apps.tenants.context import get_active_tenant
from tests.apps.api.assertions import problem
from tests.apps.users.support import person, refresh, tokens
from tests.isolation.fixtures import fingerprint
from tests.isolation.samples import declared
from tests.processes import new_folder, serving
from tests.surface import is_page
from tests.test_architecture import sources

ROOT = Path(__file__).resolve().parent.parent
ROWS = re.findall(
    r"^\| (\d+) \| (.+?) \| (.+?) \|$", (ROOT / "docs/security.md").read_text(), re.MULTILINE
)
NO_TEST = ("later: ", "not applicable: ")


# --- The table -----------------------------------------------------------------------------


def test_table_has_every_row_once():
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 61))


def test_row_has_a_test_that_exists_or_a_reason():
    for number, _, proof in ROWS:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", proof)
        assert [f"{file}::{name}" for file, name in named if name not in names_in(file)] == []
        assert named or proof.startswith(NO_TEST), number
        assert proof.count("tests/") == len(named)


def test_test_of_a_row_here_is_in_the_row():
    proofs = {int(number): proof for number, _, proof in ROWS}
    here = [
        match for name in names_in(f"tests/{Path(__file__).name}") if (match := OWN.match(name))
    ]
    assert [match[0] for match in here if f"::{match[0]}`" not in proofs[int(match[1])]] == []


OWN = re.compile(r"test_row_(\d\d)_\w+")


def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


# --- Permissions --------------------------------------------------------------------------------

#: Plain views, without permissions.
PLAIN_VIEWS = {"media", "livez", "readyz"}


def test_row_03_view_not_declared_public_takes_a_token():
    views = [
        view
        for urlconf in ("multitenant.urls", "multitenant.urls_platform", "multitenant.urls_shop")
        for view in views_of(get_resolver(urlconf))
    ]
    classes = {view.cls for view in views if hasattr(view, "cls")}
    others = [view for view in views if not hasattr(view, "cls") and not is_page(view)]
    assert {view.__name__ for view in others} == PLAIN_VIEWS
    unguarded = {view.__name__ for view in classes if is_open(view)}
    assert unguarded == set(declared("PUBLIC_VIEWS"))
    assert django_settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == [
        "rest_framework.permissions.IsAuthenticated"
    ]


def test_closed_view_derives_from_no_open_one():
    """One that is forgotten to be closed by hand would be open."""
    views = [
        view.cls
        for urlconf in ("multitenant.urls", "multitenant.urls_platform", "multitenant.urls_shop")
        for view in views_of(get_resolver(urlconf))
        if hasattr(view, "cls")
    ]
    assert [
        (view.__name__, base.__name__)
        for view in views
        if not is_open(view)
        for base in view.__mro__
        if "permission_classes" in vars(base) and is_open(base)
    ] == []


def is_open(view: Any) -> bool:
    """Return True if an anonymous client passes every permission, at least to read."""
    reads = SimpleNamespace(method="GET", user=AnonymousUser())
    return all(permission().has_permission(reads, view()) for permission in view.permission_classes)


def views_of(resolver: URLResolver) -> Iterator[Any]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from views_of(pattern)


# --- Sessions and cookies ------------------------------------------------------------------


def test_row_25_nothing_is_hashed_by_md5(settings):
    """The library's own check would put a digest of the password's hash into each token."""
    assert settings.SIMPLE_JWT["CHECK_REVOKE_TOKEN"] is False
    assert [path for path in sources() if re.search(r"\b(md5|sha1)\b", path.read_text())] == []


READS = [
    *("/api/shop/", "/api/auth/me/", "/api/auth/sessions/", "/api/users/", "/api/products/"),
    *("/api/users/invitations/", "/api/audit/", "/api/schema/", "/api/docs/", "/", "/readyz"),
]


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_row_37_reading_changes_no_row(method, acme, acme_client, owner):
    client = acme_client.as_(owner)
    before = fingerprint(acme)
    assert before["sessions"][0] == 1
    for path in READS:
        assert getattr(client, method)(path).status_code in {200, 302, 405}
    assert fingerprint(acme) == before
    assert client.post("/api/products/", {"name": "Cup", "code": "cup"}).status_code == 201
    assert fingerprint(acme) != before


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_row_39_redirects_stay_on_the_site(platform, acme_client, target):
    for name in ("next", "return_to", "redirect", "url"):
        assert "Location" not in platform.get("/", {name: target}).headers
        assert "Location" not in acme_client.get("/", {name: target}).headers
    for path in (f"/{target}", target.removeprefix("https:")):
        assert "Location" not in acme_client.get(path).headers


# --- What the server says ------------------------------------------------------------------


@pytest.fixture(scope="module")
def server():
    with new_folder() as folder, serving(folder) as running:
        yield running


HOST = b"Host: acme.localhost\r\n"
# A good request, so that a 400 is for what comes with it.
ASK = b"GET /api/shop/ HTTP/1.1\r\n" + HOST
HIDDEN = b"GET /livez HTTP/1.1\r\n" + HOST + b"\r\n"

#: Requests that two programs could read in two ways, with one more hidden behind them.
SMUGGLED = {
    "length and chunks": ASK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": ASK + b"Content-Length: 0\r\nContent-Length: 9\r\n\r\n",
    "a length with a sign": ASK + b"Content-Length: +0\r\n\r\n",
    "chunks by another name": ASK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "NUL in a header": b"GET /livez HTTP/1.1\r\n" + HOST + b"X-A: a\0b\r\n\r\n",
    "space before a colon": b"GET /livez HTTP/1.1\r\n" + HOST + b"X-A : b\r\n\r\n",
}


def said_by(server: Any, data: bytes) -> bytes:
    """Return all that the server answers to these bytes until it closes or has no more to say."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connected:
        connected.sendall(data)
        received = b""
        try:
            while chunk := connected.recv(65_536):
                received += chunk
                connected.settimeout(3)  # the server keeps the connection
        except TimeoutError:
            pass
        return received


@pytest.mark.parametrize("case", SMUGGLED)
def test_row_43_ambiguous_request_hides_no_other(server, case):
    answers = said_by(server, SMUGGLED[case] + HIDDEN)
    assert answers.startswith(b"HTTP/1.1 400")
    assert answers.count(b"HTTP/1.1 ") == 1


def test_row_43_two_hosts_are_no_shop(server):
    hosts = HOST + b"Host: globex.localhost\r\n"
    answers = said_by(server, b"GET /api/shop/ HTTP/1.1\r\n" + hosts + b"\r\n")
    assert answers.split(b" ", 2)[1] in {b"400", b"404"}


def test_row_43_control_two_plain_requests_get_two_answers(server):
    assert said_by(server, HIDDEN + HIDDEN).count(b"HTTP/1.1 200") == 2


def test_row_51_server_tells_no_version_and_has_no_other_page(server):
    for path in ("/livez", "/api/shop/", "/nothing"):
        headers = server.get("acme.localhost", path).headers
        told = " ".join(f"{name}: {value}" for name, value in headers.items())
        assert not re.search(r"python|django|\d+\.\d+", told, re.IGNORECASE), told
    for path in ("/metrics", "/wp-admin/", "/.git/config", "/.env", "/debug/", "/server-status"):
        assert server.get("acme.localhost", path).status == 404


def test_row_51_debugging_is_off_unless_asked_for():
    environment = {name: value for name, value in os.environ.items() if name != "DEBUG"}
    asked = "from multitenant import settings; print(settings.DEBUG)"
    done = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("name", django_settings.MIDDLEWARE)
def test_row_59_middleware_that_fails_is_a_plain_500(name, acme_client, monkeypatch):
    def fail(*args):
        raise RuntimeError("a secret of ours")

    assert acme_client.get("/api/shop/").status_code == 200
    monkeypatch.setattr(import_string(name), "__call__", fail)
    client = type(acme_client)(acme_client.host)
    client.raise_request_exception = False
    response = client.get("/api/shop/")
    problem(response, 500)
    assert b"secret" not in response.content
    assert b"Traceback" not in response.content
    assert get_active_tenant() is None


# --- The database, the keys and the shelf --------------------------------------------------


@pytest.mark.django_db
def test_row_53_every_wait_for_the_database_has_an_end():
    limits = {}
    with connection.cursor() as cursor:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute("SELECT current_setting(%s)", [name])
            [limits[name]] = cursor.fetchone()
    assert limits == {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
    }
    parameters = connection.connection.get_dsn_parameters()
    assert (parameters["connect_timeout"], parameters["tcp_user_timeout"]) == ("2", "5000")
    assert connection.settings_dict["CONN_HEALTH_CHECKS"] is True
    assert django_settings.EMAIL_TIMEOUT == 10


@pytest.mark.django_db
def test_acknowledged_write_is_on_disk():
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


def test_row_54_changed_secret_key_ends_no_session(acme, acme_client, settings):
    person(acme, "ann@acme.example")
    before = tokens(acme_client, "ann@acme.example")
    settings.SECRET_KEY = "another" * 10
    authorization = f"Bearer {before['access']}"
    me = acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=authorization)
    assert me.status_code == 200
    again = refresh(acme_client, before["refresh"])
    assert again.status_code == 200
    assert refresh(acme_client, again.json()["refresh"]).status_code == 200


#: Below these, what we build on has holes that are known.
OLDEST = {
    "django": "5.2.19",
    "pyjwt": "2.15.1",
    "djangorestframework": "3.15.2",
    "djangorestframework-simplejwt": "5.5.1",
}


@pytest.mark.parametrize("package", OLDEST)
def test_row_60_no_package_has_a_known_hole(package):
    def parts(text: str) -> list[int]:
        return [int(number) for number in text.split(".")]

    assert parts(version(package)) >= parts(OLDEST[package])
    pinned = re.search(rf"^{package}==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert parts(pinned[1]) >= parts(OLDEST[package])


def test_row_60_deployment_has_no_warning():
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "multitenant.settings",
            "BASE_DOMAIN": "shops.example",
            "DATABASE_URL": "postgres://app@localhost/none",
            "EMAIL_URL": "smtp+tls://user:password@mail.shops.example:587",
            "SECRET_KEY": "abcdefghij0123456789-klmnopqrstuvwxyz-ABCDEFGHIJKLM",
            "JWT_KEYS": secrets.token_urlsafe(48),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_row_56_no_answer_is_cached_by_django():
    forbidden = re.compile("UpdateCache" + "Middleware|cache_" + "page")
    assert [path for path in sources() if forbidden.search(path.read_text())] == []

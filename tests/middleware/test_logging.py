"""The fields of log lines, their escaping, and the hiding of secrets."""

import logging
from uuid import UUID

import pytest
from django.test import Client
from django.urls import path

from apps.tenants.context import tenant_context
from middleware.logging import (
    HIDDEN,
    PlainLineFormatter,
    logged_request,
    shown_path,
    without_secrets,
)
from tests.apps.users.factories import PASSWORD
from tests.log_lines import written_lines

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
SECRET = "s3cr3t-Zk9pQvT2xW8yR4uB6nM1cL7dF5gH0jK-_ea"
ALWAYS = {"time", "level", "logger", "message", "tenant", "tenant_id", "user", "request_id"}


def break_down(request, secret):
    raise RuntimeError(f"cannot use token={secret} of Bearer {JWT}")


urlpatterns = [path("break/<str:secret>", break_down)]
handler500 = "apps.api.problems.server_error"


@pytest.fixture
def lines():
    with written_lines() as written:
        yield written


def test_request_has_one_access_line(acme, acme_client, owner, lines):
    response = acme_client.as_(owner).get("/api/auth/me/?page=1")
    [line] = lines.all
    assert UUID(line["request_id"])
    assert response["X-Request-ID"] == line["request_id"]
    assert line["time"].endswith("+00:00")
    assert 0 < line["duration_ms"] < 60_000
    del line["time"], line["request_id"], line["duration_ms"]
    assert line.pop("message").startswith("GET /api/auth/me/ 200 in ")
    assert line == {
        "level": "INFO",
        "logger": "access",
        "tenant": "acme",
        "tenant_id": str(acme.pk),
        "user": str(owner.pk),
        "method": "GET",
        "path": "/api/auth/me/",
        "status": 200,
    }


def test_every_line_names_its_tenant_and_user(acme, acme_client, globex_client, platform, lines):
    acme_client.get("/api/shop/")
    globex_client.get("/api/nothing/")
    platform.get("/api/docs/")
    Client(HTTP_HOST="unknown.localhost:8000").get("/")
    with tenant_context(acme):
        logging.getLogger("apps.anything").warning("in a job")
    logging.getLogger("apps.anything").warning("nowhere")
    assert all(line.keys() >= ALWAYS for line in lines.all)
    assert [line["tenant"] for line in lines.access] == ["acme", "globex", None, None]
    jobs = [line for line in lines.all if line["logger"] == "apps.anything"]
    assert [(line["tenant"], line["request_id"]) for line in jobs] == [("acme", None), (None, None)]


def test_lines_of_one_request_share_its_id(acme_client, lines):
    response = acme_client.get("/api/nothing/")
    assert {line["logger"] for line in lines.all} == {"access", "django.request"}
    assert {line["request_id"] for line in lines.all} == {response["X-Request-ID"]}


def test_error_is_one_line_with_its_traceback(settings, client, lines):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    assert client.get(f"/break/{SECRET}?token={SECRET}").status_code == 500
    error, access = lines.all
    assert (error["level"], error["logger"]) == ("ERROR", "django.request")
    assert error["message"] == f"Internal Server Error: /break/{HIDDEN}"
    assert "RuntimeError" in error["exc_info"]
    assert access["status"] == 500
    assert SECRET not in lines.text
    assert JWT not in lines.text


def test_no_secret_is_logged(acme_client, globex_client, owner, lines):
    member = acme_client.as_(owner)
    token = member._credentials.get("HTTP_AUTHORIZATION") or member.defaults["HTTP_AUTHORIZATION"]
    for client in (acme_client, member, globex_client):
        client.get(f"/api/products/?search={SECRET}&token={SECRET}&password=hunter2")
        client.get(f"/api/products/{SECRET}/")
        client.get(f"/api/nothing/{SECRET}/{JWT}/hunter2")
        client.get(f"/{SECRET}")
        client.get("/api/shop/", HTTP_COOKIE=f"sessionid={SECRET}", HTTP_USER_AGENT=SECRET)
        client.get("/api/shop/", HTTP_X_REQUEST_ID=f"{SECRET}{SECRET}", HTTP_REFERER=SECRET)
        client.post("/api/products/", {"code": SECRET, "password": "hunter2"})
        client.post("/api/products/", data=f'{{"token": "{SECRET}"', content_type="text/plain")
        client.patch("/api/shop/", {"name": SECRET, "storefront_origins": [SECRET]})
    for header in (f"Bearer {SECRET}", f"Bearer {JWT}", f"Basic {SECRET}", SECRET):
        acme_client.get("/api/shop/", HTTP_AUTHORIZATION=header)
    Client(HTTP_HOST=f"{SECRET}.localhost:8000").get("/")
    login = {"email": owner.email, "password": PASSWORD}
    access = acme_client.post("/api/auth/login/", login).json()
    acme_client.post("/api/auth/login/", {**login, "password": "hunter2"})
    acme_client.post("/api/auth/refresh/", {"refresh": access["refresh"]})
    acme_client.post("/api/auth/refresh/", {"refresh": SECRET})
    assert len(lines.access) == 36
    planted = [SECRET, SECRET.lower(), JWT, "hunter2", PASSWORD, token, *access.values()]
    assert [secret for secret in planted if secret in lines.text] == []


@pytest.mark.parametrize(
    "evil",
    [
        "%0a",
        "%0d%0a",
        "%1b%5b31m",
        "%00",
        "%e2%80%a8",
        "%c2%85",
        "%22%7d",
        "%0a%7b%22level%22:1%7d",
    ],
)
def test_hostile_path_stays_in_one_line(acme_client, lines, evil):
    acme_client.get(f"/api/x{evil}y/?q={evil}")
    acme_client.get(f"/api/products/{evil}/")
    access = lines.access
    assert [line["path"] for line in access] == [f"/api/{HIDDEN}/", f"/api/products/{HIDDEN}/"]
    assert len(lines.text.splitlines()) == len(lines.all)
    assert lines.text.isascii()
    assert not set(lines.text) & {"\x1b", "\r", "\x00"}


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_REQUEST_ID", "HTTP_USER_AGENT"])
def test_hostile_header_stays_in_one_line(acme, lines, header):
    evil = 'acme\r\n{"level": "forged"}\x1b[31m\u2028'
    Client(HTTP_HOST="acme.localhost:8000").get("/api/shop/", **{header: evil})
    assert len(lines.access) == 1
    assert "forged" not in lines.text


def test_message_stays_in_one_line(lines):
    logging.getLogger("apps.anything").warning("two\nlines \x1b[31m\u2028 %s", "\r\nthree")
    [line] = lines.all
    assert line["message"] == "two\nlines \x1b[31m\u2028 \r\nthree"
    assert lines.text.count("\n") == 1
    assert lines.text.isascii()


def test_undeclared_extras_are_not_logged(rf, lines):
    request = rf.get(f"/?token={SECRET}")
    logging.getLogger("apps.anything").warning("hm", extra={"request": request, "body": SECRET})
    logging.getLogger("apps.anything").warning({"message": "hm", "body": SECRET})
    assert all(line.keys() == ALWAYS for line in lines.all)
    assert SECRET not in lines.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Bearer {SECRET}", f"Bearer {HIDDEN}"),
        (f"sent {JWT} off", f"sent {HIDDEN} off"),
        ('{"password": "correct horse"}', f'{{"password": "{HIDDEN} horse"}}'),
        ("refresh_token=abc&next=1", f"refresh_token={HIDDEN}&next=1"),
        ("Cookie: a=b; c=d", f"Cookie: {HIDDEN}; c=d"),
        (f"digest {SECRET}", f"digest {HIDDEN}"),
        ("01a2013b-be2d-71fc-a2cf-777b09d5948a", "01a2013b-be2d-71fc-a2cf-777b09d5948a"),
        (
            "The isolation of shops is violated: Table users lacks",
            "The isolation of shops is violated: Table users lacks",
        ),
        (
            "tenants_tenant_storefront_origins_and_more",
            "tenants_tenant_storefront_origins_and_more",
        ),
    ],
)
def test_without_secrets(text, shown):
    assert without_secrets(text) == shown


@pytest.mark.parametrize("unit", ["a-", "token ", "basic ", "eyJ", "a1_", 'secret="'])
def test_long_text_is_searched_in_linear_time(unit):
    text = unit * (1_000_000 // len(unit))  # a quadratic search would take hours

    assert len(without_secrets(text)) > 0


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("/", "/"),
        ("/api/auth/me/", "/api/auth/me/"),
        ("/api/products/01a2013b-be2d-71fc-a2cf-777b09d5948a/", None),
        ("/api/orders/12345/", "/api/orders/12345/"),
        ("/static/swagger-ui-dist/swagger-ui.css", None),
        ("/.well-known/jwks.json", None),
        (f"/api/reset/{SECRET}/", f"/api/reset/{HIDDEN}/"),
        ("/api/reset/hunter2", f"/api/reset/{HIDDEN}"),
        ("/a\n/b", f"/{HIDDEN}/b"),
        ("/" + "a" * 33, f"/{HIDDEN}"),
    ],
)
def test_shown_path(given, shown):
    assert shown_path(given) == (shown or given)


def test_plain_formatter_is_readable(rf, lines):
    lines.handler.setFormatter(PlainLineFormatter())
    with logged_request(rf.get("/"), "12345678"):
        logging.getLogger("apps.anything").warning("password=%s", "hunter2")
    assert lines.text.endswith(f" WARNING apps.anything [None] password={HIDDEN}\n")

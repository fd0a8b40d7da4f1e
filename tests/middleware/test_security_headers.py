"""Security headers on every response: errors, static files, probes and unknown hosts."""

import json
import os
import secrets
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import path

from tests.apps.users.factories import PASSWORD
from tests.pairs import spread

UNIVERSAL = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
STATIC = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"


def break_down(request):
    raise RuntimeError("on purpose")


urlpatterns = [path("break", break_down)]
handler500 = "apps.api.problems.server_error"


def policy(response):
    rules = (rule.strip().split(" ", 1) for rule in response["Content-Security-Policy"].split(";"))
    return dict(rules)


@pytest.mark.parametrize(
    ("host", "url", "status"),
    [
        ("acme.localhost:8000", "/api/shop/", 200),
        ("acme.localhost:8000", "/api/auth/me/", 401),
        ("acme.localhost:8000", "/api/nothing/", 404),
        ("acme.localhost:8000", "/nothing", 404),
        ("acme.localhost:8000", "/api/schema/", 200),
        ("acme.localhost:8000", STATIC, 200),
        ("acme.localhost:8000", "/livez", 200),
        ("acme.localhost:8000", "/readyz", 200),
        ("localhost:8000", "/api/shops/availability/?code=acme", 200),
        ("localhost:8000", STATIC, 200),
        ("unknown.localhost:8000", "/", 404),
        ("unknown.localhost:8000", "/livez", 200),
        ("evil.example", "/api/shop/", 404),
        ("a_b", "/", 404),
    ],
)
def test_every_response_has_security_headers(acme, host, url, status):
    response = Client(HTTP_HOST=host).get(url)
    assert response.status_code == status
    assert {name: response.get(name) for name in UNIVERSAL} == UNIVERSAL
    assert "camera=()" in response["Permissions-Policy"]
    assert policy(response) == STRICT
    assert "Strict-Transport-Security" not in response
    assert "Server" not in response
    response.close()


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "trace"])
def test_refused_methods_have_security_headers(acme_client, method):
    response = getattr(acme_client, method)("/api/docs/")
    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"
    assert policy(response) == STRICT | DOCS


def test_failing_view_has_security_headers(settings, client):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    response = client.get("/break")
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert {name: response.get(name) for name in UNIVERSAL} == UNIVERSAL
    assert policy(response) == STRICT


DOCS = {
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
}


@pytest.mark.parametrize("host", ["acme.localhost:8000", "localhost:8000"])
def test_docs_run_only_local_scripts(acme, host):
    client = Client(HTTP_HOST=host)
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert policy(page) == STRICT | DOCS
    for inline in ("<script>", "<style", "style=", "onload=", "javascript:", "http:", "https:"):
        assert inline not in page.content.decode()
    script = client.get("/api/docs/?script=")
    assert script["Content-Type"] == "application/javascript"
    assert "SwaggerUIBundle({" in script.content.decode()


def test_docs_do_not_reflect_scripts(acme):
    client = Client(HTTP_HOST="acme.localhost:8000")
    attack = "%22});alert(1)//</script><script>alert(1)</script>"
    for url in (f"/api/docs/?lang={attack}", f"/api/docs/?script=&lang={attack}&version={attack}"):
        body = client.get(url).content.decode()
        assert "<script>alert" not in body
        assert '"});alert' not in body


def test_authenticated_responses_are_not_cached(acme_client, owner):
    assert acme_client.get("/api/shop/").get("Cache-Control") is None
    for response in (
        acme_client.as_(owner).get("/api/shop/"),
        acme_client.as_(owner).get("/api/nothing/"),
        acme_client.get("/api/shop/", HTTP_AUTHORIZATION="Bearer nonsense"),
        acme_client.get("/api/shop/", HTTP_AUTHORIZATION=""),
        acme_client.get("/livez", HTTP_AUTHORIZATION="Basic YTpi"),
        acme_client.get("/api/auth/nothing/"),
        acme_client.post("/api/auth/login/", {"email": owner.email, "password": PASSWORD}),
        acme_client.post("/api/auth/login/", {"email": owner.email, "password": "wrong"}),
    ):
        assert response["Cache-Control"] == "no-store"


def test_no_page_sets_a_cookie(acme, acme_client, platform, owner):
    urls = ["/", "/api/docs/", "/api/docs/?script=", "/api/schema/", "/livez", "/nothing"]
    for client in (acme_client, platform, acme_client.as_(owner)):
        for url in urls:
            assert not client.get(url).cookies
    login = acme_client.post("/api/auth/login/", {"email": owner.email, "password": PASSWORD})
    assert not login.cookies


HOSTILE_COOKIES = {
    "bad_token": "csrftoken=bad",
    "quoted": 'a="' + "\\" * 15_000 + '"',
    "many": "a=1;" * 4_000,
    "public": "__Host-csrftoken=bad; __Host-sessionid=bad",
}


@pytest.mark.parametrize(
    ("cookie", "path"),
    spread(list(HOSTILE_COOKIES.values()), ["/api/shop/", "/livez", "/api/docs/", "/nothing"]),
    ids=lambda value: value[:20],
)
def test_cookie_is_ignored(acme_client, cookie, path):
    response = acme_client.get(path, HTTP_COOKIE=cookie)

    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "COOKIES" not in vars(response.wsgi_request)


def test_long_cookies_are_dropped_before_parsing(acme_client):
    long = acme_client.get("/livez", HTTP_COOKIE="a=" + "x" * 4_095)
    short = acme_client.get("/livez", HTTP_COOKIE="a=" + "x" * 4_094)

    assert long.wsgi_request.COOKIES == {}
    assert short.wsgi_request.COOKIES == {"a": "x" * 4_094}


PRINT_SETTINGS = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "multitenant.settings"
import django
django.setup()
from django.conf import settings
from django.test import Client
responses = [Client(HTTP_HOST=host).get(url) for host, url in (
    ("unknown.evil", "/"), ("shops.example", "/livez"), ("shops.example", "/static/nothing"))]
names = [name for name in dir(settings) if name.startswith("SITE_")]
print(json.dumps({
    "settings": {name: getattr(settings, name) for name in names},
    "hsts": [response.get("Strict-Transport-Security") for response in responses],
}))
"""


@pytest.fixture(scope="module")
def in_public():
    """The responses of a process with a public base domain."""
    environment = {
        **os.environ,
        "BASE_DOMAIN": "shops.example",
        "DATABASE_URL": "postgres://app@localhost/none",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_KEYS": secrets.token_urlsafe(48),
    }
    done = subprocess.run(
        [sys.executable, "-c", PRINT_SETTINGS],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_public_site_requires_https(in_public):
    assert in_public["hsts"] == ["max-age=31536000; includeSubDomains; preload"] * 3
    assert in_public["settings"]["SITE_SCHEME"] == "https"
    assert in_public["settings"]["SITE_PORT"] == ""


def test_django_response_cache_is_not_in_use(settings):
    assert not [name for name in settings.MIDDLEWARE if "CacheMiddleware" in name]

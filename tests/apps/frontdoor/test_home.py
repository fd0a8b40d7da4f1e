"""The front door opens a shop and shows what is wrong beside the fields."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.throttling.rate_limits import RateLimit
from apps.users.models import User
from tests.apps.frontdoor.forms import OPENING, get, open_shop, send
from tests.apps.shops.requests import opening
from tests.apps.users.support import mail_about
from tests.conftest import PLATFORM

pytestmark = pytest.mark.django_db

BUDGET = 40_000
ERROR = r'id="field-{}"[^>]*aria-invalid="true".*?<p class="error">([^<]*)</p>'


def error_of(response, field):
    """Return the message below a field, None if it has none."""
    html = response.content.decode()
    [block] = [each for each in html.split('<div class="field">') if f'id="field-{field}"' in each]
    found = re.search(ERROR.format(field), block, re.DOTALL)
    return found and found[1]


def value_of(response, field):
    found = re.search(rf'id="field-{field}"[^>]*', response.content.decode())[0]
    value = re.search(r' value="([^"]*)"', found)
    return value and value[1]


def test_page_has_one_main_and_its_headings_in_order():
    html = get(PLATFORM, "/").content.decode()

    assert html.count("<main") == 1
    assert re.findall(r"<h(\d)", html) == ["1", "2", "2", "3", "3", "3"]
    labels = set(re.findall(r'<label for="([^"]*)"', html))
    assert labels == set(re.findall(r'<input[^>]* id="([^"]*)"', html))


def test_page_with_its_styles_script_and_font_weighs_at_most_40_kb():
    html = get(PLATFORM, "/").content
    names = re.findall(r'="/static/([^"?]+\.(?:css|js|woff2))', html.decode())
    files = [Path(finders.find(name)).read_bytes() for name in names]

    assert len(files) == 5
    assert sum(len(gzip.compress(body)) for body in (html, *files)) <= BUDGET


def test_page_names_no_other_host_and_has_no_inline_style():
    html = get(PLATFORM, "/").content.decode()

    assert re.findall(r'(?:src|href|action|data-url)="(?!/|#)[^"]*"', html) == []
    assert re.findall(r"style=|<style|onclick=", html) == []


def test_form_may_be_redirected_to_the_shops_of_the_platform():
    """Browsers apply form-action to the redirect that answers a form."""
    policy = get(PLATFORM, "/").headers["Content-Security-Policy"]

    assert "form-action 'self' http://*.localhost:*;" in f"{policy};"
    assert "style-src 'self';" in f"{policy};"
    other = get(PLATFORM, "/find-shops").headers["Content-Security-Policy"]
    assert "form-action 'self';" in f"{other};"


def test_form_may_be_redirected_to_public_shops(settings):
    settings.IS_PUBLIC, settings.SITE_SCHEME = True, "https"
    settings.BASE_DOMAIN = "shops.example"

    response = get("shops.example", "/")

    assert "form-action 'self' https://*.shops.example;" in (
        f"{response.headers['Content-Security-Policy']};"
    )
    assert b".shops.example</span>" in response.content


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_form_opens_the_shop_as_the_api_does():
    response = open_shop()

    assert response.status_code == 303
    assert response.headers["Cache-Control"] == "no-store"
    shop = Tenant.objects.get()
    assert (shop.code, shop.name, shop.confirmed_at) == ("pear", "Pear & Co", None)
    with tenant_context(shop):
        owner = User.objects.get()
        assert (owner.email, owner.first_name, owner.role) == ("kim@pear.example", "Kim", "owner")
        assert owner.check_password("korrekte Batterie")
        assert [event.action for event in AuditEvent.objects.all()] == ["shop.opened"]
    assert mail_about("kim@pear.example", "Confirm")


@pytest.mark.parametrize(
    ("accepted", "language"), [("de-AT, de;q=0.9", "de"), ("es", "es"), ("fr", "en"), ("", "en")]
)
def test_shop_has_the_language_of_the_form(accepted, language):
    open_shop(HTTP_ACCEPT_LANGUAGE=accepted)

    assert Tenant.objects.get().language == language


@pytest.mark.parametrize(
    ("field", "value", "id_"),
    [
        ("name", "", "name"),
        ("code", "admin", "code"),
        ("code", "-", "code"),
        ("owner/first_name", "", "owner-first_name"),
        ("owner/email", "kim", "owner-email"),
        ("owner/password", "pear", "owner-password"),
    ],
)
def test_error_stands_beside_its_field_and_keeps_what_was_typed(field, value, id_):
    response = open_shop(**{field: value})

    assert response.status_code == 200
    names = {name: name.replace("/", "-") for name in OPENING}
    assert [name for name in names.values() if error_of(response, name)] == [id_]
    expected = {names[name]: text.replace("&", "&amp;") for name, text in OPENING.items()}
    expected |= {id_: value, "owner-password": None}
    assert {name: value_of(response, name) for name in names.values()} == expected
    assert not Tenant.objects.exists()


def test_taken_code_is_an_error_of_the_address(platform):
    assert platform.post("/api/shops/", opening("pear")).status_code == 201

    response = open_shop()

    assert response.status_code == 200
    assert error_of(response, "code") == "This address is taken. Choose another."
    assert value_of(response, "code") == "pear"
    assert 'role="alert"' not in response.content.decode()


def test_limit_of_openings_is_that_of_the_api(settings, platform):
    settings.SIGNUP_BY_NETWORK = RateLimit.parse("signup_network", "2/hour")
    here = {"REMOTE_ADDR": "203.0.113.7"}
    for code in ("fig", "plum"):
        assert platform.post("/api/shops/", opening(code), **here).status_code == 201

    response = open_shop(**here)

    assert 'role="alert"' in response.content.decode()
    assert not Tenant.objects.filter(code="pear").exists()


@pytest.mark.parametrize("name", ["owner/role", "confirmed_at", "id"])
def test_unknown_field_is_refused_or_ignored_as_by_the_api(name):
    send("/", OPENING | {name: "customer"})

    for shop in Tenant.objects.all():
        assert shop.confirmed_at is None
        with tenant_context(shop):
            assert User.objects.get().role == "owner"


@pytest.mark.parametrize("cookie", ["session=x", f"session={'0' * 32}.secret"])
def test_cookies_have_no_effect_at_the_platform(cookie):
    response = open_shop(HTTP_COOKIE=cookie)

    assert response.status_code == 303
    assert not response.cookies


def test_no_page_of_the_platform_sets_a_cookie():
    for path in ("/", "/find-shops", "/favicon.svg", "/robots.txt"):
        assert not get(PLATFORM, path).cookies


def test_shops_have_not_the_pages_of_the_platform(acme):
    assert get(f"acme.{PLATFORM}", "/find-shops").status_code == 404
    assert b"open-shop" not in get(f"acme.{PLATFORM}", "/").content

"""The style sheet of a shop's look."""

import re

import pytest

from apps.storefront.models import Storefront
from apps.storefront.theme import style_sheet
from apps.tenants.context import tenant_context
from tests.apps.storefront.factories import make_storefront


def properties(look):
    return dict(re.findall(r"([\w-]+):([^;{}]+);", style_sheet(look)))


def test_style_sheet_has_the_accent_of_the_shop(shop, acme_client):
    with tenant_context(shop):
        make_storefront(accent="#123456")

    response = acme_client.get("/theme.css")

    assert response["Content-Type"] == "text/css"
    assert "--accent:#123456;" in response.content.decode()


@pytest.mark.parametrize(
    ("scheme", "value"), [("auto", "light dark"), ("light", "light"), ("dark", "dark")]
)
def test_scheme_is_the_readers_or_the_shops(scheme, value):
    assert properties(Storefront(scheme=scheme))["color-scheme"] == value


@pytest.mark.parametrize(
    ("corners", "radius"), [("square", "0"), ("soft", "6px"), ("round", "14px")]
)
def test_corners_have_a_radius(corners, radius):
    assert properties(Storefront(corners=corners))["--radius"] == radius


def test_every_choice_of_fonts_differs():
    looks = [properties(Storefront(fonts=fonts)) for fonts in Storefront.Fonts]

    pairs = {(look["--font-heading"], look["--font-body"]) for look in looks}
    assert len(pairs) == len(Storefront.Fonts) == 5


@pytest.mark.parametrize("fonts", Storefront.Fonts)
def test_font_is_preloaded_where_it_is_used(shop, visit, fonts):
    with tenant_context(shop):
        look = make_storefront(fonts=fonts)

    is_preloaded = bool(visit("/").all("link", rel="preload"))

    assert is_preloaded == ("--font-sans" in style_sheet(look))


def test_page_links_the_style_sheet_by_its_version(shop, visit, acme_client):
    [address] = [
        link["href"] for link in visit("/").all("link", rel="stylesheet") if "theme" in link["href"]
    ]

    response = acme_client.get(address)

    assert re.fullmatch(r"/theme\.css\?v=[0-9a-f]{12}", address)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000"])
def test_style_sheet_without_its_version_is_revalidated(shop, acme_client, query):
    response = acme_client.get(f"/theme.css{query}")

    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_version_changes_with_the_look(shop, visit):
    def address():
        return [link["href"] for link in visit("/").all("link", rel="stylesheet")][-1]

    before = address()
    with tenant_context(shop):
        make_storefront(accent="#123456")

    assert address() != before


def test_look_of_another_shop_is_its_own(shop, other_shop, acme_client, globex_client):
    with tenant_context(other_shop):
        make_storefront(accent="#654321")

    assert "#654321" not in acme_client.get("/theme.css").content.decode()
    assert "#654321" in globex_client.get("/theme.css").content.decode()


def test_closed_shop_has_its_look(acme, acme_client):
    with tenant_context(acme):
        make_storefront(is_open=False, accent="#123456")

    assert "#123456" in acme_client.get("/theme.css").content.decode()


def test_known_style_sheet_stays_immutable(shop, visit, acme_client):
    address = next(
        link["href"] for link in visit("/").all("link", rel="stylesheet") if "theme" in link["href"]
    )
    first = acme_client.get(address)

    known = acme_client.get(address, HTTP_IF_NONE_MATCH=first.headers["ETag"])

    assert (known.status_code, known.headers["Cache-Control"]) == (
        304,
        first.headers["Cache-Control"],
    )

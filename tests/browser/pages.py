"""The pages that tests visit in Chromium: their paths by name, of which acme knows the ids."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.shops import DemoShop
from tests.processes import Server

STOREFRONT = {
    "home": "/",
    "collection": "/collections/clothes",
    "product": "/products/linen-shirt",
    "search": "/search?q=shirt",
}
#: Other states of these pages.
STOREFRONT_STATES = {
    "all products": "/collections?sort=price&available=1",
    "product without a picture": "/products/long",
    "empty search": "/search?q=qqqqqqqq",
}
ABSENT = {"absent": "/products/absent"}
LOG_IN = {
    "log-in": "/account/login",
    "register": "/account/register",
    "forgot": "/account/forgot",
    "reset": "/reset-password?token=x",
    "verification": "/verify-email?token=x",
    "confirmation": "/confirm-email?token=x",
    "invitation": "/accept-invitation?token=x",
}
ACCOUNT = {
    "account": "/account",
    "password": "/account/password",
    "sessions": "/account/sessions",
}
OFFICE = {
    "overview": "/admin/",
    "products": "/admin/products",
    "new product": "/admin/products/new",
    "product editor": "/admin/products/{product}",
    "collections": "/admin/collections",
    "new collection": "/admin/collections/new",
    "collection editor": "/admin/collections/{collection}",
    "imports": "/admin/imports",
    "import": "/admin/imports/{import}",
    "people": "/admin/people",
    "customers": "/admin/customers",
    "settings": "/admin/settings",
    "look": "/admin/settings/look",
    "audit": "/admin/audit",
}
FRONT_DOOR = {"front door": "/"}
FRONT_DOOR_STATES = {"front door, find shops": "/find-shops"}
CLOSED = {"closed": "/"}


def urls(shop: DemoShop, paths: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of pages of a shop."""
    return {name: shop.url + path.format(**shop.ids) for name, path in paths.items()}


def front_door_urls(server: Server, paths: Mapping[str, str]) -> dict[str, str]:
    return {name: f"http://localhost:{server.port}{path}" for name, path in paths.items()}

"""The storefront of a shop that is not open."""

from __future__ import annotations

import pytest
from django.conf import settings

from apps.tenants.context import tenant_context
from tests.apps.pages.html import page_of
from tests.apps.products.factories import make_product
from tests.apps.storefront.factories import make_storefront
from tests.apps.users.factories import make_cookie, make_user


@pytest.fixture
def closed_shop(acme):
    with tenant_context(acme):
        make_storefront(is_open=False, tagline="Secret tagline")
        make_product("mug", price=1900)
    return acme


@pytest.fixture
def visit_as(closed_shop, acme_client):
    """Return a function that opens the home page as a person with a role."""

    def visit_as(role):
        with tenant_context(closed_shop):
            person = make_user(role=role)
        acme_client.cookies[settings.BROWSER_COOKIE] = make_cookie(person)
        return acme_client.get("/")

    return visit_as


@pytest.mark.parametrize("role", ["owner", "staff"])
def test_team_sees_it_and_no_cache_keeps_it(visit_as, role):
    response = visit_as(role)

    assert page_of(response).one("h1").text == "Secret tagline"
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    assert "Only your team sees this" in response.content.decode()


def test_customer_does_not_see_it(visit_as):
    assert "Secret" not in visit_as("customer").content.decode()


def test_team_of_another_shop_does_not_see_it(closed_shop, acme_client, globex, globex_owner):
    acme_client.cookies[settings.BROWSER_COOKIE] = make_cookie(globex_owner)

    assert "Secret" not in acme_client.get("/").content.decode()


def test_team_sees_an_open_shop_as_shoppers_do(closed_shop, visit_as):
    with tenant_context(closed_shop):
        make_storefront(is_open=True, tagline="Secret tagline")

    response = visit_as("owner")

    assert "Only your team sees this" not in response.content.decode()
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"

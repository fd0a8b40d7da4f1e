"""Forms that no page of the back office sends."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.backoffice.product_form import product_data
from apps.backoffice.views.collections import chosen_products, collection_data
from apps.pages.parsers import form_of
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.products.factories import make_collection
from tests.apps.users.support import FORM

FIELDS = [
    "options",
    "options/0",
    "options/0/name",
    "options/0/name/x",
    "options/0/values",
    "options/0/values/0/x",
    "options/0/values:list",
    "options/0/values:words",
    "options/1/values:words",
    "variants",
    "variants/0",
    "variants/0/id",
    "variants/0/id:list",
    "variants/0/price:money",
    "variants/0/options/a",
    "variants/x/price",
    "images",
    "images/0",
    "images/0/id",
    "images/0/id/x",
    "images/0/position",
    "images/0/position:int",
    "tags",
    "tags/0/a",
    "name",
    "name/0",
    "code/a",
    "kind:list",
    "status:list",
    "rules",
    "rules/conditions",
    "rules/conditions/0",
    "rules/conditions/0/field",
    "rules/conditions/0/field:list",
    "rules/conditions/0/value:list",
    "_value/0/0",
    "_values/0",
    "_remove",
    "_do",
    "_position/1",
    "_product",
    "_etag",
    "id",
    "id:list",
    "role:list",
    "0",
    "",
    "/",
    "a/" * 20,
]
VALUES = ["", "x", "1", "a, b", '"', "price_min", "variants", "\0", "\N{SUPERSCRIPT TWO}", "-1"]
FORMS = st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(VALUES)), max_size=12)
PATHS = [
    "/admin/products/new",
    "/admin/collections/new",
    "/admin/people",
    "/admin/settings",
    "/admin/settings/look",
    "/admin/products",
]
OF_ROWS = ["/admin/products/{product}", "/admin/collections/{collection}"]


@pytest.fixture
def keys(acme, mug):
    with tenant_context(acme):
        collection = make_collection()
    return {"product": mug.pk, "collection": collection.pk}


@pytest.mark.parametrize("parse", [product_data, collection_data, chosen_products])
@given(form=FORMS)
@settings(max_examples=200, deadline=None, suppress_health_check=[*HealthCheck])
def test_form_is_parsed_whatever_it_has(parse, form, db):
    with tenant_context(Tenant(code="acme", currency="EUR")), suppress(BadRequest):
        parse(form_of(RequestFactory().post("/", urlencode(form), content_type=FORM)))


@given(form=FORMS, path=st.sampled_from([*PATHS, *OF_ROWS]))
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[*HealthCheck])
def test_form_is_answered_whatever_it_has(office, keys, form, path):
    response = office.submit(path.format(**keys), form)

    assert response.status_code in {200, 303, 400, 404}


@pytest.mark.parametrize("path", PATHS)
def test_body_that_is_no_form_is_a_bad_request(office, path):
    response = office.post(path, b"name=%ff", content_type=FORM)

    assert response.status_code == 400


def test_too_large_form_is_refused(office, events):
    response = office.submit("/admin/products/new", {"name": "x" * 3_000_000})

    assert response.status_code in {400, 413}
    assert events() == []


@pytest.mark.parametrize("path", PATHS)
def test_form_of_a_sibling_shop_is_refused(office, events, path):
    response = office.submit(path, {"name": "Mine"}, HTTP_SEC_FETCH_SITE="same-site")

    assert (response.status_code, response.json()["code"]) == (403, "cross_origin")
    assert events() == []

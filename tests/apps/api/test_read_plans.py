"""Lists that are read by a plan, and without one, have the same bytes."""

from datetime import UTC, datetime

import pytest
from rest_framework import serializers

from apps.api import viewsets
from apps.api.read_plans import plan_of
from apps.products.models import Product
from apps.products.serializers.products import ProductSerializer, ProductSummarySerializer
from apps.tenants.context import tenant_context
from tests.apps.api.lists import statements
from tests.apps.audit.factories import make_audit_event
from tests.apps.products import factories
from tests.apps.users.factories import make_email_token, make_session, make_user
from tests.surface import operations

#: The lists of the shop's API, with the ids that their paths take.
LISTS = sorted(
    operation.path
    for operation in operations("shop")
    if operation.method == "get" and getattr(operation.view, "actions", {}).get("get") == "list"
)
READERS = ["owner", "customer", None]
#: Lists whose serializers need instances.
WITHOUT_PLAN = {
    "/api/auth/sessions/": "marks the session that asks",
    "/api/collections/": "rules are a serializer of their own",
    "/api/products/{product_pk}/images/": "the team sees more",
    "/api/products/{product_pk}/variants/": "the team sees more",
}


@pytest.fixture
def rows(acme, owner):
    """Rows of every list, with null columns, quotes, and times with and without microseconds."""
    with tenant_context(acme):
        variant = factories.make_variant(stock=3, compare_at_price=2_500, sku='"q"')
        product = variant.product
        Product.objects.update(default_variant=variant, added_on=datetime(2026, 1, 2, tzinfo=UTC))
        factories.make_product("bare", name='Näme "<b>" \u2028', description="<p>x</p>")
        for name in ("b", "a", "Z", "é"):
            product.tags.create(name=name)
        factories.make_image(product, alt="b", position=2)
        factories.make_image(product, alt="a", position=1)
        factories.make_image(product, status="failed", position=0, error_code="not_image")
        collection = factories.make_collection()
        collection.set_products(list(Product.objects.values_list("pk", flat=True)))
        factories.make_stock_movement()
        factories.make_import()
        make_audit_event()
        make_session(owner)
        make_email_token()
        return {
            "product_pk": product.pk,
            "variant_pk": variant.pk,
            "collection_pk": collection.pk,
            "owner": owner,
            "customer": make_user("customer@example.com", role="customer"),
        }


def read(client, path, rows):
    return client.get(path.format(**rows), {"page_size": 100})


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("path", LISTS)
def test_list_has_the_bytes_of_rest_framework(acme_client, rows, monkeypatch, path, reader):
    client = acme_client.as_(rows[reader]) if reader else acme_client
    planned = read(client, path, rows)
    monkeypatch.setattr(viewsets, "plan_of", lambda _: None)
    plain = read(client, path, rows)

    assert planned.status_code == plain.status_code
    if planned.status_code == 200:
        assert planned.content == plain.content
        assert reader != "owner" or planned.json()["results"]


@pytest.mark.parametrize("ordering", ["name", "-name", "added_on", "-added_on", "price", "-price"])
def test_pages_lead_to_the_pages_of_rest_framework(acme_client, rows, monkeypatch, ordering):
    query = {"ordering": ordering, "page_size": 1}
    first = acme_client.get("/api/products/", query).json()
    second = acme_client.get(first["next"])
    monkeypatch.setattr(viewsets, "plan_of", lambda _: None)

    assert acme_client.get("/api/products/", query).json() == first
    assert acme_client.get(first["next"]).content == second.content


def test_lists_without_a_plan_are_known(acme_client, rows, monkeypatch):
    without = set()
    path = ""
    monkeypatch.setattr(
        viewsets,
        "plan_of",
        lambda serializer: plan_of(serializer) or without.add(path),
    )
    for path in LISTS:
        read(acme_client.as_(rows["owner"]), path, rows)

    assert without == WITHOUT_PLAN.keys()


def test_products_are_read_by_one_statement(acme_client, rows):
    acme_client.get("/api/products/")

    with statements() as sent:
        acme_client.get("/api/products/")

    assert len(sent) == 1


def test_first_page_of_the_team_is_not_that_of_the_public(acme_client, rows, acme):
    with tenant_context(acme):
        factories.make_product("hidden", published=False)
    for reader, is_shown in (("owner", True), (None, False), ("customer", False), ("owner", True)):
        client = acme_client.as_(rows[reader]) if reader else acme_client
        codes = {row["code"] for row in client.get("/api/products/").json()["results"]}
        assert ("hidden" in codes) is is_shown


def test_first_page_of_one_shop_is_not_that_of_another(acme_client, globex_client, globex, rows):
    with tenant_context(globex):
        factories.make_product("of-globex")
    codes = [
        {row["code"] for row in client.get("/api/products/").json()["results"]}
        for client in (acme_client, globex_client)
    ]

    assert "bare" in codes[0]
    assert codes[1] == {"of-globex"}


def test_serializer_that_needs_instances_has_no_plan():
    class OwnMethod(ProductSummarySerializer):
        price = serializers.SerializerMethodField()

    class OwnForm(ProductSummarySerializer):
        def to_representation(self, instance):
            return {}

    class OwnField(serializers.CharField):
        def to_representation(self, value):
            return value.upper()

    class WithOwnField(ProductSummarySerializer):
        name = OwnField()

    assert plan_of(ProductSummarySerializer) is not None
    for serializer in (OwnMethod, OwnForm, WithOwnField, ProductSerializer):
        assert plan_of(serializer) is None


def test_first_image_is_that_of_the_product(acme_client, rows):
    client = acme_client.as_(rows["owner"])
    [listed] = [
        row["image"]
        for row in client.get("/api/products/").json()["results"]
        if row["id"] == str(rows["product_pk"])
    ]
    images = client.get(f"/api/products/{rows['product_pk']}/").json()["images"]
    [first] = [image for image in images if image["alt"] == "a"]

    assert listed == first
    assert list(listed) == list(first)

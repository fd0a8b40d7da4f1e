"""The endpoints of variants and of their stock."""

import pytest

from apps.products.exceptions import InsufficientStock
from apps.products.models import Product, StockItem, StockMovement, Variant
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import pointers, problem
from tests.apps.products.factories import make_product, make_variant
from tests.apps.users.factories import make_user
from tests.conftest import ShopClient
from tests.load.parallel import in_parallel


@pytest.fixture
def mug(acme, staff):
    with tenant_context(acme):
        return make_product("mug", price=1900, stock=5, added_by=staff)


def variants_path(product):
    return f"/api/products/{product.pk}/variants/"


def path(variant):
    return f"/api/products/{variant.product_id}/variants/{variant.pk}/"


def stock_path(variant):
    return f"{path(variant)}stock/"


def quantity(tenant, variant):
    with tenant_context(tenant):
        return StockItem.objects.get(variant=variant).quantity


def test_variants_are_listed_in_order(client, acme, mug):
    with tenant_context(acme):
        make_variant(mug, price=2100)

    rows = client.get(variants_path(mug)).json()["results"]

    assert [row["price"] for row in rows] == [1900, 2100]


def test_new_variant_comes_last(client, acme, mug):
    response = client.post(variants_path(mug), {"sku": "BIG", "price": 2500, "stock": 2})

    assert response.status_code == 201
    body = response.json()
    assert (body["sku"], body["price"], body["stock"]) == ("BIG", 2500, 2)
    assert client.get(f"{variants_path(mug)}{body['id']}/").json() == body
    with tenant_context(acme):
        assert [v.price for v in mug.variants.order_by("position")] == [1900, 2500]


def test_variant_is_changed_and_removed(client, acme, mug):
    with tenant_context(acme):
        other = make_variant(mug, price=2100)

    assert client.patch(path(other), {"price": 1}).json()["price"] == 1
    assert client.delete(path(other)).status_code == 204

    with tenant_context(acme):
        assert list(Variant.objects.values_list("price", flat=True)) == [1900]


def test_last_variant_stays(client, acme, mug):
    problem(client.delete(path(mug.default_variant)), 409, "last_variant")

    with tenant_context(acme):
        assert Variant.objects.count() == 1


def test_next_variant_becomes_the_default(client, acme, mug):
    with tenant_context(acme):
        other = make_variant(mug)

    client.delete(path(mug.default_variant))

    with tenant_context(acme):
        assert Product.objects.get().default_variant == other


def test_if_match_of_an_older_variant_is_412(client, mug):
    etag = client.get(path(mug.default_variant))["ETag"]
    assert (
        client.patch(path(mug.default_variant), {"price": 5}, HTTP_IF_MATCH=etag).status_code == 200
    )

    response = client.patch(path(mug.default_variant), {"price": 6}, HTTP_IF_MATCH=etag)

    problem(response, 412)


@pytest.mark.parametrize("role", ["", "customer"])
def test_variants_of_a_draft_are_hidden(acme_client, acme, client, mug, role):
    with tenant_context(acme):
        Product.objects.update(status="draft")
        reader = acme_client.as_(make_user(role=role)) if role else acme_client
    assert client.get(variants_path(mug)).status_code == 200

    problem(reader.get(variants_path(mug)), 404)
    problem(reader.get(path(mug.default_variant)), 404)


def test_stock_changes_by_a_delta_with_a_reason(client, acme, staff, mug):
    response = client.post(stock_path(mug.default_variant), {"delta": -2, "reason": "broken"})

    assert response.status_code == 201
    body = response.json()
    assert (body["delta"], body["quantity"], body["reason"]) == (-2, 3, "broken")
    assert body["user"] == str(staff.pk)
    assert client.get(stock_path(mug.default_variant)).json()["results"] == [body]
    assert quantity(acme, mug.default_variant) == 3


def test_more_than_there_is_cannot_be_removed(client, acme, mug):
    response = client.post(stock_path(mug.default_variant), {"delta": -6, "reason": "sold"})

    problem(response, 409, "insufficient_stock")
    assert quantity(acme, mug.default_variant) == 5
    with tenant_context(acme):
        assert not StockMovement.objects.exists()


def test_variant_that_is_sold_on_may_fall_below_zero(client, acme, mug):
    client.patch(path(mug.default_variant), {"stock_policy": "continue"})

    response = client.post(stock_path(mug.default_variant), {"delta": -6, "reason": "sold"})

    assert (response.status_code, quantity(acme, mug.default_variant)) == (201, -1)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"delta": 0, "reason": "x"}, "/delta"),
        ({"delta": "1", "reason": "x"}, "/delta"),
        ({"delta": 1.0, "reason": "x"}, "/delta"),
        ({"delta": 10**10, "reason": "x"}, "/delta"),
        ({"delta": 1, "reason": ""}, "/reason"),
        ({"delta": 1}, "/reason"),
    ],
)
def test_bad_movement_is_400(client, mug, body, pointer):
    assert pointers(client.post(stock_path(mug.default_variant), body)) == {pointer}


def test_stock_is_the_teams(acme_client, acme, mug):
    with tenant_context(acme):
        customer = acme_client.as_(make_user(role="customer"))

    problem(acme_client.get(stock_path(mug.default_variant)), 401)
    problem(customer.get(stock_path(mug.default_variant)), 403)
    problem(customer.post(stock_path(mug.default_variant), {"delta": 1, "reason": "x"}), 403)


@pytest.fixture
def sold(acme_client, acme, transactional_db):
    """Sell one of five mugs fifty times at once; return the statuses of the responses."""
    with tenant_context(acme):
        user = make_user(role="staff")
        variant = make_variant(make_product(added_by=user), stock=5)
        token = acme_client.as_(user)._base_environ()["HTTP_AUTHORIZATION"]

    def sell(number):
        client = ShopClient(acme_client.host, acme, HTTP_AUTHORIZATION=token)
        response = client.post(stock_path(variant), {"delta": -1, "reason": "sold"})
        return response.status_code

    def run():
        return in_parallel(50, sell), quantity(acme, variant)

    return run


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_fifty_sales_at_once_sell_five(sold):
    statuses, left = sold()

    assert (statuses.count(201), statuses.count(409), left) == (5, 45, 0)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_sales_that_read_before_they_write_oversell(sold, monkeypatch):
    """The control: the same without the condition in the statement."""
    adjust = type(StockItem.objects).adjust

    def read_first(self, variant, delta, **fields):
        if self.get(variant=variant).quantity + delta < 0:
            raise InsufficientStock
        variant.stock_policy = "continue"  # the statement has no condition
        return adjust(self, variant, delta, **fields)

    monkeypatch.setattr(type(StockItem.objects), "adjust", read_first)

    statuses, left = sold()

    assert statuses.count(201) > 5
    assert left < 0

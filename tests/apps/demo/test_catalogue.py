"""The data of the demo shops: complete, consistent, and valid for the API."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from rest_framework.exceptions import ErrorDetail

from apps.demo.catalogue import CODES, demo_shop, pictures_of, product_data
from apps.demo.drawing.pictures import GEAR, POTTERY
from apps.products.html import clean_html
from apps.products.serializers.collections import CollectionSerializer
from apps.products.serializers.products import ProductSerializer
from apps.shops.currencies import CURRENCIES
from apps.tenants.models import Tenant

SHOPS = [demo_shop(code) for code in CODES]
PRODUCTS = [
    pytest.param(shop, product, id=f"{shop.code}-{product.code}")
    for shop in SHOPS
    for product in shop.products
]
KINDS = {**POTTERY, **GEAR}


def errors_of(serializer_class, data):
    context = {"request": SimpleNamespace(user=None)}
    serializer = serializer_class(data=data, context=context)
    serializer.is_valid()
    return serializer.errors


@pytest.fixture(params=SHOPS, ids=CODES)
def shop(request):
    return request.param


def test_shop_has_24_products(shop):
    assert len(shop.products) == 24


def test_shop_is_a_valid_tenant(shop):
    tenant = Tenant(
        code=shop.code,
        name=shop.name,
        currency=shop.currency,
        language=shop.language,
        weight_unit=shop.weight_unit,
    )

    tenant.clean_fields()

    assert shop.currency in CURRENCIES


def test_shop_has_a_look(shop):
    texts = (shop.look.announcement, shop.look.footer)

    assert len(shop.look.accent) == len("#c0ffee")
    assert all(text.endswith(".") for text in texts)


def test_codes_and_skus_are_unique(shop):
    codes = [product.code for product in shop.products]
    skus = [variant["sku"] for product in shop.products for variant in product.variants(shop.sku)]

    assert len({*codes}) == len(codes)
    assert len({*skus}) == len(skus)


@pytest.mark.django_db
@pytest.mark.parametrize(("shop", "product"), PRODUCTS)
def test_product_is_valid_for_the_api(in_acme, shop, product):
    data = product_data(shop, product, {uuid4(): each for each in pictures_of(shop, product)})
    for variant in data["variants"]:
        variant["images"] = [str(key) for key in variant["images"]]

    assert errors_of(ProductSerializer, data) == {}
    assert clean_html(data["description"]) == data["description"]


@pytest.mark.parametrize(("shop", "product"), PRODUCTS)
def test_description_has_two_to_four_sentences(shop, product):
    assert 2 <= product.description.count(". ") + 1 <= 4


@pytest.mark.parametrize(("shop", "product"), PRODUCTS)
def test_words_of_a_product_name_its_values(shop, product):
    """A misspelt value in `more`, `sale` or `sold_out` would have no effect."""
    values = {value for values in product.options.values() for value in values}
    combinations = [" / ".join(v["options"].values()) for v in product.variants(shop.sku)]

    assert {*product.more, *product.sale} <= values
    assert {*product.sold_out} <= {*combinations}


@pytest.mark.parametrize(("shop", "product"), PRODUCTS)
def test_product_has_pictures_with_texts(shop, product):
    pictures = pictures_of(shop, product)

    assert len(pictures) >= 2
    assert len({each.picture for each in pictures}) == len(pictures)
    assert all(each.alt.startswith(product.name) for each in pictures)
    assert {each.picture.kind for each in pictures} <= KINDS.keys()


@pytest.mark.parametrize(("shop", "product"), PRODUCTS)
def test_variant_has_the_picture_of_its_colour(shop, product):
    images = {uuid4(): each for each in pictures_of(shop, product)}

    for variant in product_data(shop, product, images)["variants"]:
        [key] = variant["images"]
        assert images[key].colour in {None, *variant["options"].values()}
        assert not images[key].picture.is_close_up


def test_some_variants_are_sold_out_and_some_on_sale(shop):
    variants = [
        variant
        for product in shop.products
        for variant in product.variants(shop.sku)
        if variant["stock_policy"] == "deny"
    ]
    on_sale = [variant for variant in variants if variant["compare_at_price"]]

    assert 3 <= len([variant for variant in variants if variant["stock"] == 0]) <= 10
    assert len(on_sale) >= 3
    assert all(variant["compare_at_price"] > variant["price"] for variant in on_sale)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shop", "collection"),
    [
        pytest.param(shop, collection, id=f"{shop.code}-{collection.code}")
        for shop in SHOPS
        for collection in shop.collections
    ],
)
def test_collection_is_valid_for_the_api(in_acme, shop, collection):
    data = {
        "name": collection.name,
        "code": collection.code,
        "description": collection.html(),
        "kind": "rules" if collection.rules else "manual",
        "rules": collection.rules,
    }

    assert errors_of(CollectionSerializer, data) == {}
    assert {*collection.products} <= {product.code for product in shop.products}
    assert bool(collection.rules) != bool(collection.products)


@pytest.mark.django_db
def test_wrong_product_is_found_by_these_tests(in_acme):
    shop = demo_shop("acme")
    data = product_data(shop, shop.products[0], {}) | {"code": ""}

    assert errors_of(ProductSerializer, data) == {
        "code": [ErrorDetail("This field may not be blank.", code="blank")]
    }

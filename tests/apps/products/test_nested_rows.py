"""Options, variants and images in the body of a product."""

import pytest

from apps.products.models import (
    CatalogueVersion,
    OptionValue,
    Product,
    StockMovement,
    Variant,
)
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import pointers, problem
from tests.apps.products.factories import make_image

SIZES = {
    "name": "Shirt",
    "code": "shirt",
    "status": "active",
    "tags": ["summer", "cotton"],
    "options": [{"name": "Size", "values": ["S", "M"]}, {"name": "Colour", "values": ["red"]}],
    "variants": [
        {"options": {"Size": "S", "Colour": "red"}, "sku": "S-1", "price": 1900, "stock": 5},
        {"options": {"Size": "M", "Colour": "red"}, "sku": "M-1", "price": 2100, "stock": 0},
    ],
}
ELSEWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def shirt(client):
    response = client.post("/api/products/", SIZES)
    assert response.status_code == 201, response.content
    return response.json()


def path(product):
    return f"/api/products/{product['id']}/"


def test_everything_is_created_in_one_request(client, acme, shirt):
    assert shirt["tags"] == ["cotton", "summer"]
    assert shirt["options"] == SIZES["options"]
    assert [v["options"] for v in shirt["variants"]] == [v["options"] for v in SIZES["variants"]]
    assert [(v["price"], v["currency"]) for v in shirt["variants"]] == [
        (1900, "EUR"),
        (2100, "EUR"),
    ]
    assert [(v["stock"], v["in_stock"]) for v in shirt["variants"]] == [(5, True), (0, False)]
    assert client.get(path(shirt)).json() == shirt
    with tenant_context(acme):
        product = Product.objects.get()
        assert str(product.default_variant_id) == shirt["variants"][0]["id"]


@pytest.mark.parametrize(
    "lists",
    [
        {},
        {"tags": ["wool", "b", "a", "a"], "images": [{"source_url": "https://img.example/1.png"}]},
        {
            "variants": [
                {"options": {"Size": "M", "Hue": "red"}},
                {"options": {"Hue": "red", "Size": "S"}},
            ]
        },
        {"variants": [{"stock": -3, "stock_policy": "continue"}, {"sku": "x"}, {"stock": 2}]},
    ],
)
def test_created_product_is_returned_as_it_is_read(client, lists):
    created = client.post("/api/products/", {"name": "Cap", "code": "cap", **lists})

    read = client.get(path(created.json()))

    assert created.content == read.content
    assert created["ETag"] == read["ETag"]


def test_product_without_variants_gets_one(client):
    body = client.post("/api/products/", {"name": "Mug", "code": "mug"}).json()

    [variant] = body["variants"]
    assert (variant["price"], variant["stock"], variant["options"]) == (0, 0, {})


def test_options_may_follow_from_the_variants(client):
    variants = [{"options": {"Size": "S"}}, {"options": {"Size": "L"}}]

    body = client.post(
        "/api/products/", {"name": "Hat", "code": "hat", "variants": variants}
    ).json()

    assert body["options"] == [{"name": "Size", "values": ["S", "L"]}]


def test_several_variants_without_options_and_with_one_sku_are_kept(client):
    variants = [{"sku": "A", "price": 1}, {"sku": "A", "price": 2}]

    body = client.post(
        "/api/products/", {"name": "Hat", "code": "hat", "variants": variants}
    ).json()

    assert [(v["sku"], v["price"]) for v in body["variants"]] == [("A", 1), ("A", 2)]


def test_list_replaces_variants_and_keeps_those_named_by_id(client, acme, shirt):
    small, medium = shirt["variants"]
    new = {"options": {"Size": "L", "Colour": "red"}, "price": 2300}

    body = client.patch(path(shirt), {"variants": [new, {"id": small["id"], "price": 1}]}).json()

    assert [v["price"] for v in body["variants"]] == [2300, 1]
    assert body["variants"][1] == small | {"price": 1}
    assert body["options"][0]["values"] == ["S", "M", "L"]
    with tenant_context(acme):
        assert not Variant.objects.filter(pk=medium["id"]).exists()


def test_variants_can_exchange_their_options(client, shirt):
    first, second = shirt["variants"]
    items = [
        {"id": first["id"], "options": second["options"]},
        {"id": second["id"], "options": first["options"]},
    ]

    body = client.patch(path(shirt), {"variants": items}).json()

    assert [v["options"]["Size"] for v in body["variants"]] == ["M", "S"]


def test_options_can_change_their_order(client, shirt):
    options = [SIZES["options"][1], {"name": "Size", "values": ["M", "S"]}]

    body = client.patch(path(shirt), {"options": options}).json()

    assert body["options"] == options
    assert [v["options"] for v in body["variants"]] == [v["options"] for v in shirt["variants"]]


def test_absent_lists_are_left_as_they_are(client, shirt):
    body = client.patch(path(shirt), {"name": "Blouse"}).json()

    assert body == shirt | {"name": "Blouse", "updated_on": body["updated_on"]}


def test_repeated_body_changes_nothing(client, acme, shirt):
    with tenant_context(acme):
        product = Product.objects.get(pk=shirt["id"])
        make_image(product, position=0)
        make_image(product, position=1, source_url="https://cdn.example/1.jpg")
        before = CatalogueVersion.objects.current()
    shirt = client.get(path(shirt)).json()

    again = {name: shirt[name] for name in ("options", "variants", "tags", "images")}
    body = client.patch(path(shirt), again).json()

    assert body == shirt
    with tenant_context(acme):
        assert CatalogueVersion.objects.current() == before


def test_refused_body_changes_nothing(client, acme, shirt):
    bad = {"name": "Blouse", "variants": [{"options": {"Size": "S"}, "price": 1}]}

    assert pointers(client.patch(path(shirt), bad)) == {"/variants/0/options"}

    assert client.get(path(shirt)).json() == shirt


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"variants": []}, "/variants"),
        ({"variants": [{"price": -1}]}, "/variants/0/price"),
        ({"variants": [{"price": 1.5}]}, "/variants/0/price"),
        ({"variants": [{"price": "5"}]}, "/variants/0/price"),
        ({"variants": [{"price": 10**13}]}, "/variants/0/price"),
        ({"variants": [{"stock": 10**10}]}, "/variants/0/stock"),
        ({"variants": [{"stock_policy": "maybe"}]}, "/variants/0/stock_policy"),
        ({"variants": [{"id": ELSEWHERE}]}, "/variants/0/id"),
        ({"variants": [{"images": [ELSEWHERE]}]}, "/variants/0/images/0"),
        ({"images": [{"id": ELSEWHERE}]}, "/images/0/id"),
        ({"images": [{"alt": "A mug"}]}, "/images/0/id"),
        ({"options": [{"name": "Size"}]}, "/options/0/values"),
        ({"options": [{"name": "A", "values": ["x"]}] * 2}, "/options/1/name"),
        ({"options": [{"name": str(n), "values": ["x"]} for n in range(4)]}, "/options"),
        ({"variants": [{"options": {str(n): "x" for n in range(4)}}]}, "/variants/0/options"),
        ({"variants": [{"options": {"A": "x"}}] * 2}, "/variants/1/options"),
        ({"variants": [{"options": {"A": "x"}}, {}]}, "/variants/1/options"),
        ({"tags": ["x"] * 251}, "/tags"),
        ({"tags": [""]}, "/tags/0"),
    ],
)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_bad_row_is_400_at_its_pointer(client, catalogue, change, pointer, method):
    if method == "post":
        response = client.post("/api/products/", {"name": "Cup", "code": "cup"} | change)
    else:
        response = client.patch(f"/api/products/{catalogue['pot'].pk}/", change)

    assert pointers(response) == {pointer}


def test_rows_of_another_shop_are_like_unknown_ones(client, globex, catalogue, shirt):
    with tenant_context(globex):
        image = make_image(catalogue["theirs"])
        [variant] = Variant.objects.all()[:1] or [catalogue["theirs"].variants.create(position=0)]

    for name, row in (("variants", variant), ("images", image)):
        theirs = client.patch(path(shirt), {name: [{"id": str(row.pk)}]})
        unknown = client.patch(path(shirt), {name: [{"id": ELSEWHERE}]})
        problem(theirs, 400)
        assert theirs.content == unknown.content


def test_variant_of_another_product_is_unknown(client, shirt):
    other = client.post("/api/products/", {"name": "Mug", "code": "mug"}).json()

    response = client.patch(path(shirt), {"variants": [{"id": other["variants"][0]["id"]}]})

    assert pointers(response) == {"/variants/0/id"}


def test_images_are_ordered_described_and_removed(client, acme, shirt):
    with tenant_context(acme):
        product = Product.objects.get()
        first, _, third = (make_image(product) for _ in range(3))

    items = [{"id": str(third.pk), "alt": "Back"}, {"id": str(first.pk)}]
    body = client.patch(path(shirt), {"images": items}).json()

    assert [(i["id"], i["alt"]) for i in body["images"]] == [
        (str(third.pk), "Back"),
        (str(first.pk), ""),
    ]


def test_images_of_a_variant_are_set(client, acme, shirt):
    with tenant_context(acme):
        image = make_image(Product.objects.get())
    small, medium = shirt["variants"]

    items = [{"id": small["id"], "images": [str(image.pk)]}, {"id": medium["id"]}]
    body = client.patch(path(shirt), {"variants": items}).json()

    assert [v["images"] for v in body["variants"]] == [[str(image.pk)], []]


def test_stock_that_is_set_leaves_a_movement(client, acme, staff, shirt):
    small, medium = shirt["variants"]

    client.patch(path(shirt), {"variants": [{"id": small["id"], "stock": 2}, {"id": medium["id"]}]})

    with tenant_context(acme):
        rows = StockMovement.objects.order_by("created_at").values_list("delta", "quantity", "user")
        assert list(rows) == [(5, 5, staff.pk), (-3, 2, staff.pk)]


def test_description_keeps_safe_html_only(client):
    text = '<p onclick="x()">A <b>mug</b><script>alert(1)</script><svg onload=x></p>'

    body = client.post("/api/products/", {"name": "M", "code": "m", "description": text}).json()

    assert body["description"] == "<p>A <b>mug</b></p>"


def test_code_is_stored_in_one_spelling(client):
    composed, decomposed = "caf\u00e9", "cafe\u0301"

    assert (
        client.post("/api/products/", {"name": "C", "code": decomposed}).json()["code"] == composed
    )
    assert pointers(client.post("/api/products/", {"name": "C", "code": composed})) == {"/code"}


def test_options_that_are_gone_leave_no_values(client, acme, shirt):
    variants = [{"id": shirt["variants"][0]["id"], "options": {}}]

    body = client.patch(path(shirt), {"options": [], "variants": variants}).json()

    assert (body["options"], body["variants"][0]["options"]) == ([], {})
    with tenant_context(acme):
        assert not OptionValue.objects.exists()


def test_public_sees_whether_but_not_how_much(client, acme_client, shirt):
    public = acme_client.get(path(shirt)).json()

    assert [v["in_stock"] for v in public["variants"]] == [True, False]
    assert not any("stock" in variant for variant in public["variants"])

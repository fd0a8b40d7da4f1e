"""The choice of a variant by its options."""

import pytest

from apps.products.models import Variant
from apps.tenants.context import tenant_context
from tests.apps.products.factories import (
    make_image,
    make_product,
    make_stock_item,
)


def make_shirt(combinations, code="shirt"):
    """Return a product with variants of size and colour; a quantity for each combination."""
    product = make_product(code)
    values = []
    for position, name in enumerate(("Size", "Colour")):
        option = product.options.create(name=name, position=position)
        names = list(dict.fromkeys(combination[position] for combination in combinations))
        values.append(
            {
                name: option.values.create(name=name, position=place)
                for place, name in enumerate(names)
            }
        )
    for place, ((size, colour), quantity) in enumerate(combinations.items()):
        variant = Variant.objects.create(
            product=product,
            position=place,
            price=1000 + place,
            sku=f"{size}-{colour}",
            value1=values[0][size],
            value2=values[1][colour],
        )
        make_stock_item(variant, quantity=quantity)
    product.default_variant = product.variants.get(position=0)
    product.save()
    return product


SHIRT = {("S", "red"): 5, ("S", "blue"): 0, ("M", "red"): 5}


@pytest.fixture
def shirt(shop):
    with tenant_context(shop):
        return make_shirt(SHIRT)


@pytest.fixture
def ids(shop, shirt):
    with tenant_context(shop):
        return {variant.sku: str(variant.pk) for variant in shirt.variants.all()}


def choices(page):
    """Return the links of each option by the value's name."""
    return {
        option["aria-label"]: {link.children[0]: link for link in option.all("a")}
        for option in page.with_class("option")
    }


def chosen(page):
    return [
        name
        for option in choices(page).values()
        for name, link in option.items()
        if "aria-current" in link.attributes
    ]


def sku(page):
    return page.with_class("product__text")[0].text.partition("Article number: ")[2]


def test_first_variant_is_chosen(shirt, visit):
    page = visit("/products/shirt")

    assert chosen(page) == ["S", "red"]
    assert sku(page) == "S-red"


def test_first_variant_in_stock_is_chosen(shop, visit):
    with tenant_context(shop):
        make_shirt({("S", "red"): 0, ("M", "red"): 0, ("M", "blue"): 1})

    assert sku(visit("/products/shirt")) == "M-blue"


def test_variant_of_the_address_is_chosen(shirt, ids, visit):
    page = visit("/products/shirt", {"variant": ids["S-blue"]})

    assert chosen(page) == ["S", "blue"]
    assert [price.text for price in page.with_class("price")] == ["€10.01"]
    assert page.with_class("stock")[0].text == "Sold out in this version"


def test_values_lead_to_existing_variants(shirt, ids, visit):
    page = visit("/products/shirt")

    targets = {
        name: link["href"] for option in choices(page).values() for name, link in option.items()
    }
    assert targets == {
        "S": f"/products/shirt?variant={ids['S-red']}",
        "M": f"/products/shirt?variant={ids['M-red']}",
        "red": f"/products/shirt?variant={ids['S-red']}",
        "blue": f"/products/shirt?variant={ids['S-blue']}",
    }


def test_value_leads_to_the_nearest_variant_where_the_combination_is_missing(shirt, ids, visit):
    page = visit("/products/shirt", {"variant": ids["M-red"]})

    href = choices(page)["Colour"]["blue"]["href"]

    assert href == f"/products/shirt?variant={ids['S-blue']}"
    assert chosen(visit(href)) == ["S", "blue"]


def test_values_without_a_variant_are_left_out(shop, shirt, visit):
    with tenant_context(shop):
        shirt.options.get(name="Colour").values.create(name="green", position=9)

    assert set(choices(visit("/products/shirt"))["Colour"]) == {"red", "blue"}


def test_sold_out_values_are_struck_through(shirt, visit):
    colours = choices(visit("/products/shirt"))["Colour"]

    assert "value--sold-out" in colours["blue"].classes
    assert colours["blue"].text == "blue, sold out"
    assert "value--sold-out" not in colours["red"].classes
    assert colours["red"].text == "red"


def test_sold_out_value_can_be_chosen(shirt, visit):
    href = choices(visit("/products/shirt"))["Colour"]["blue"]["href"]

    assert sku(visit(href)) == "S-blue"


def test_product_without_options_has_no_picker(shop, visit):
    with tenant_context(shop):
        make_product("mug", price=1900)

    assert choices(visit("/products/mug")) == {}


@pytest.mark.parametrize("variant", ["", "abc", "%00", "00000000-0000-7000-8000-000000000000"])
def test_unknown_variant_has_no_effect(shirt, visit, variant):
    assert sku(visit(f"/products/shirt?variant={variant}")) == "S-red"


def test_variant_of_another_product_has_no_effect(shop, shirt, visit):
    with tenant_context(shop):
        other = make_product("mug", sku="MUG-1", price=4711).default_variant

    page = visit("/products/shirt", {"variant": str(other.pk)})

    assert sku(page) == "S-red"
    assert sku(visit("/products/mug", {"variant": str(other.pk)})) == "MUG-1"


def test_variant_of_another_shop_has_no_effect(other_shop, shirt, visit, globex_client):
    with tenant_context(other_shop):
        other = make_product("shirt", sku="GLOBEX-1", price=4711).default_variant
    path = f"/products/shirt?variant={other.pk}"

    page = visit(path)

    assert sku(page) == "S-red"
    assert "€47.11" not in page.text
    assert "GLOBEX-1" in globex_client.get(path).content.decode()


def test_pictures_of_the_variant_come_first(shop, shirt, ids, visit):
    with tenant_context(shop):
        make_image(shirt, alt="Both")
        blue = make_image(shirt, alt="Blue")
        Variant.objects.get(sku="S-blue").variant_images.create(image=blue)

    def pictures(**query):
        return [image["alt"] for image in visit("/products/shirt", query).all("img")]

    assert pictures(variant=ids["S-blue"]) == ["Blue", "Both"]
    assert pictures(variant=ids["S-red"]) == ["Both", "Blue"]


def test_pictures_of_the_variant_are_in_its_order(shop, shirt, ids, visit):
    with tenant_context(shop):
        images = [make_image(shirt, alt=alt, position=n) for n, alt in enumerate("abc")]
        variant = Variant.objects.get(sku="S-blue")
        for position, image in enumerate(reversed(images[1:])):
            variant.variant_images.create(image=image, position=position)

    page = visit("/products/shirt", {"variant": ids["S-blue"]})

    assert [image["alt"] for image in page.all("img")] == ["c", "b", "a"]

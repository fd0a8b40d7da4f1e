"""Changes that a file makes to an existing product."""

from __future__ import annotations

import pytest

from apps.products.models import Variant
from tests.apps.products.imports.files import (
    SIMPLE,
    counts_of,
    get_product,
    import_rows,
    messages_of,
)

pytestmark = pytest.mark.usefixtures("in_acme", "owner")

TEE = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price"
SIZES = (TEE, "tee,Tee,Size,S,A,10", "tee,,,M,B,11", "tee,,,L,C,12")


def variants_of(code):
    return [
        (variant.value1 and variant.value1.name, variant.sku, variant.price)
        for variant in get_product(code).variants.all()
    ]


def test_absent_column_leaves_a_value_and_an_empty_cell_clears_it():
    import_rows(f"{SIMPLE},Vendor,Tags,Type,Variant SKU,Status", "pot,Pot,5,Kiln,a,Clay,P-1,active")

    done = import_rows("Handle,Title,Vendor,Tags,Status", "pot,Pot,,,")

    pot = get_product("pot")
    assert counts_of(done)["updated"] == 1
    assert (pot.vendor, pot.tags.count(), pot.product_type, pot.status) == ("", 0, "Clay", "active")
    assert variants_of("pot") == [(None, "P-1", 500)]


def test_variants_are_found_by_their_options_in_any_order():
    import_rows(*SIZES)
    ids = {variant.sku: variant.pk for variant in get_product("tee").variants.all()}

    import_rows(TEE, "tee,Tee,Size,L,C2,13", "tee,,,S,A,10", "tee,,,M,B,11")

    tee = get_product("tee")
    assert variants_of("tee") == [("L", "C2", 1300), ("S", "A", 1000), ("M", "B", 1100)]
    assert {variant.pk for variant in tee.variants.all()} == {*ids.values()}


def test_variants_that_the_file_does_not_name_stay():
    import_rows(*SIZES)

    done = import_rows(TEE, "tee,Tee,Size,M,B,99", "tee,,,XL,D,14")

    assert counts_of(done)["updated"] == 1
    assert variants_of("tee") == [
        ("S", "A", 1000),
        ("M", "B", 9900),
        ("L", "C", 1200),
        ("XL", "D", 1400),
    ]


def test_other_options_replace_the_variants():
    import_rows(*SIZES)
    kept = Variant.objects.get(sku="B").pk

    import_rows(TEE, "tee,Tee,Colour,Red,B,20", "tee,,,Blue,D,21")

    assert variants_of("tee") == [("Red", "B", 2000), ("Blue", "D", 2100)]
    assert Variant.objects.get(sku="B").pk == kept
    assert [option.name for option in get_product("tee").options.all()] == ["Colour"]


def test_variants_without_options_are_found_by_sku_and_then_by_place():
    import_rows("Handle,Title,Variant SKU,Variant Price", "pot,Pot,A,1", "pot,,B,2", "pot,,,3")

    done = import_rows("Handle,Variant SKU,Variant Price", "pot,B,20", "pot,,10", "pot,X,30")

    assert counts_of(done)["updated"] == 1
    assert variants_of("pot") == [(None, "B", 2000), (None, "", 1000), (None, "X", 3000)]


def test_price_never_reaches_another_variant():
    import_rows(*SIZES)

    by_sku = import_rows("Handle,Variant SKU,Variant Price", "tee,B,50")
    unknown = import_rows("Handle,Variant SKU,Variant Price", "tee,Z,60")
    nameless = import_rows("Handle,Variant Price", "tee,70")

    assert counts_of(by_sku)["updated"] == 1
    assert messages_of(unknown) == [(2, "", "unknown_variant")]
    assert messages_of(nameless) == [(2, "", "unknown_variant")]
    assert variants_of("tee") == [("S", "A", 1000), ("M", "B", 5000), ("L", "C", 1200)]


def test_new_product_needs_a_title_and_a_price():
    assert messages_of(import_rows("Handle,Variant Price", "pot,5")) == [(2, "", "missing_name")]
    assert messages_of(import_rows("Handle,Title", "pot,Pot")) == [(2, "", "missing_price")]
    assert messages_of(import_rows("Handle,Title,Variant SKU", "pot,Pot,A")) == [
        (2, "", "missing_price")
    ]


def test_images_are_found_by_address_and_others_stay():
    header = f"{SIMPLE},Image Src,Image Alt Text,Image Position,Variant Image"
    url = "https://cdn.example/{}.jpg".format
    import_rows(header, f"pot,Pot,5,{url(1)},One,2,{url(1)}", f"pot,,,{url(2)},Two,1,")
    ids = {image.source_url: image.pk for image in get_product("pot").images.all()}

    import_rows(
        f"{SIMPLE},Image Src,Image Alt Text", f"pot,Pot,5,{url(2)},Zwei", f"pot,,,{url(3)},"
    )

    pot = get_product("pot")
    images = list(pot.images.all())
    assert [(image.source_url, image.alt) for image in images] == [
        (url(2), "Zwei"),
        (url(1), "One"),
        (url(3), ""),
    ]
    assert [image.pk for image in images[:2]] == [ids[url(2)], ids[url(1)]]
    [variant] = pot.variants.all()
    assert [row.image_id for row in variant.variant_images.all()] == [ids[url(1)]]


def test_description_is_cleaned():
    import_rows(
        f"{SIMPLE},Body (HTML)", 'pot,Pot,5,"<b onclick=""x()"">Clay</b><script>y()</script>"'
    )

    assert get_product("pot").description == "<b>Clay</b>"


@pytest.mark.parametrize("stock", ["3", "-2", "0"])
def test_stock_is_set_and_its_movement_recorded(stock, owner):
    header = f"{SIMPLE},Variant Inventory Qty"
    import_rows(header, "pot,Pot,5,7")

    import_rows(header, f"pot,Pot,5,{stock}")

    [variant] = get_product("pot").variants.all()
    assert variant.stock == int(stock)
    moves = variant.movements.order_by("created_at", "id")
    assert [(move.delta, move.reason, move.user) for move in moves] == [
        (7, "import", owner),
        (int(stock) - 7, "import", owner),
    ]

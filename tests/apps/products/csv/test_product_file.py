"""Files of other shop systems, as products: what is imported, what is refused, and why."""

from __future__ import annotations

import io
import sqlite3
import tracemalloc

import pytest

from apps.products.csv.exceptions import FileRefused
from apps.products.csv.product_file import ProductFile
from apps.products.csv.records import ImageRecord
from tests.apps.products.csv.files import import_text, rows_of

SIMPLE = "Handle,Title,Variant Price"


def prices(record):
    return [variant.fields["price"] for variant in record.variants]


def test_absent_column_and_empty_cell_differ():
    text = rows_of("Handle,Title,Vendor,Variant SKU,Variant Price", "pot,Pot,,,12.50")

    [record] = import_text(text).records

    assert record.fields == {"name": "Pot", "vendor": ""}
    assert record.options is None
    [variant] = record.variants
    assert (variant.options, variant.fields) == ({}, {"sku": "", "price": 1250})


def test_rows_of_a_product_come_together():
    text = rows_of(
        "Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Src,Image Position",
        "pot,,,Small,10,https://cdn.example/1.jpg,1",
        "mug,Mug,Title,Default Title,5,,",
        ",,,,,,",
        "pot,Pot,Size,Large,20,,",
        "pot,,,,,https://cdn.example/2.jpg,2",
    )

    imported = import_text(text)

    assert imported.problems == [(2, "Option1 Name", "missing_option_name")]
    pot, mug = imported.records
    assert (pot.code, pot.fields["name"], pot.options) == ("pot", "Pot", ("Size",))
    assert [(v.options, v.fields["price"], v.line) for v in pot.variants] == [
        ({"Size": "Large"}, 2000, 5)
    ]
    assert pot.images == (
        ImageRecord("https://cdn.example/1.jpg", None, 1),
        ImageRecord("https://cdn.example/2.jpg", None, 2),
    )
    assert (mug.options, mug.variants[0].options) == ((), {})


def test_newer_header_is_read():
    text = rows_of(
        "Title,URL handle,Description,Published on online store,Status,SKU,Option1 name,"
        "Option1 value,Price,Compare-at price,Charge tax,Inventory tracker,Inventory quantity,"
        "Continue selling when out of stock,Weight value (grams),Product image URL,Gift card",
        "Pot,pot,<p>Clay</p>,TRUE,Active,A-1,Size,Small,10.00,12.00,TRUE,shopify,-2,CONTINUE,250,"
        "https://cdn.example/1.jpg,FALSE",
    )

    imported = import_text(text)

    assert imported.findings == []
    [record] = imported.records
    assert record.fields == {
        "name": "Pot",
        "description": "<p>Clay</p>",
        "status": "active",
        "gift_card": False,
    }
    assert record.variants[0].fields == {
        "sku": "A-1",
        "price": 1000,
        "compare_at_price": 1200,
        "taxable": True,
        "stock": -2,
        "stock_policy": "continue",
        "weight": 250,
    }


WOOCOMMERCE = (
    "ID,Type,SKU,Name,Published,Visibility in catalog,Short description,Description,In stock?,"
    "Stock,Backorders allowed?,Weight (kg),Sale price,Regular price,Categories,Tags,Images,Parent,"
    "Attribute 1 name,Attribute 1 value(s)"
)


def test_woocommerce_products_and_variations_are_read():
    text = rows_of(
        WOOCOMMERCE,
        "12,variation,TEE-S,Tee - S,1,visible,,,1,4,notify,0.2,8,10,,,"
        "https://cdn.example/s.jpg,id:11,Size,S",
        '11,variable,TEE,Tee,1,visible,Short,Soft\\ncotton,1,,0,,,,"Clothing > Tees, Sale",New,'
        '"https://cdn.example/1.jpg, https://cdn.example/2.jpg",,Size,"S, M"',
        "13,variation,TEE-M,Tee - M,1,visible,,,0,,0,,,10,,,,TEE,Size,M",
        "20,simple,MUG,Mug,0,visible,,,1,,0,0.3,,5,Kitchen,,,,,",
    )

    imported = import_text(text)

    assert imported.findings == []
    tee, mug = imported.records
    assert (tee.code, tee.options) == ("tee", ("Size",))
    assert tee.fields == {
        "name": "Tee",
        "description": "Soft\ncotton",
        "product_type": "Tees",
        "tags": ("New", "Sale"),
        "status": "active",
    }
    assert [image.url[-5:] for image in tee.images] == ["1.jpg", "2.jpg", "s.jpg"]
    small, medium = [variant.fields for variant in tee.variants]
    assert (small["price"], small["compare_at_price"], small["weight"]) == (800, 1000, 200)
    assert (small["stock"], small["stock_policy"]) == (4, "continue")
    assert (medium["stock"], medium["stock_policy"]) == (0, "deny")
    assert (mug.fields["status"], mug.options) == ("draft", ())
    assert mug.variants[0].fields["stock_policy"] == "untracked"


@pytest.mark.parametrize(
    ("rows", "codes", "problems"),
    [
        (["1,simple,A,Pot,5,", "2,simple,B,Pot,6,"], ["pot-1", "pot-2"], []),
        (["1,simple,A,Pot,5,", "1,simple,A,Pot,6,"], ["pot"], [(3, "", "repeated_product")]),
        ([",simple,,Pot,5,", ",simple,,Pot,6,"], ["pot"], [(3, "", "handle_taken")]),
        (["2,variation,B,Pot,5,id:1"], [], [(2, "ID", "unknown_parent")]),
        (["2,variation,B,Pot,5,"], [], [(2, "ID", "missing_parent")]),
        (["1,grouped,A,Pot,,"], [], [(2, "ID", "unsupported_type")]),
        (["1,simple,A,!!!,5,"], [], [(2, "ID", "missing_name")]),
    ],
)
def test_woocommerce_product_is_never_taken_for_another(rows, codes, problems):
    imported = import_text(rows_of("ID,Type,SKU,Name,Regular price,Parent", *rows))

    assert [record.code for record in imported.records] == codes
    assert imported.problems == problems


@pytest.mark.parametrize(
    ("handles", "codes"),
    [
        (["Pot™ 1", "Pot™ 1 "], ["Pot™ 1"]),
        (["cafe\u0301", "caf\u00e9"], ["caf\u00e9"]),
        (["x" * 255], ["x" * 255]),
        (["pot", "Pot"], ["pot", "Pot"]),
    ],
)
def test_spellings_of_a_handle_are_one_product(handles, codes):
    rows = [f"{handle},Pot,{number}" for number, handle in enumerate(handles)]

    imported = import_text(rows_of(SIMPLE, *rows))

    assert [record.code for record in imported.records] == codes
    assert imported.problems == []


def test_handle_is_derived_from_the_title():
    text = rows_of(SIMPLE, ",Blue Pot,5", "mug,Large mug,6", ",Mug,7", ",,8", f"{'x' * 256},X,9")

    imported = import_text(text)

    assert [(record.code, prices(record)) for record in imported.records] == [
        ("blue-pot", [500]),
        ("mug", [600]),
    ]
    assert imported.problems == [
        (5, "Handle", "missing_handle"),
        (6, "Handle", "too_long"),
        (4, "Handle", "ambiguous_handle"),
    ]


def test_bad_variant_is_refused_alone():
    text = rows_of(
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price",
        "pot,Pot,Size,S,A,call us",
        "pot,,,M,A,10",
        "pot,,,M,B,11",
        "pot,,,,C,12",
        "pot,,,L,,",
        "pot,,Colour,XL,,13",
        "pot,,,XXL,,14",
    )

    imported = import_text(text)

    [record] = imported.records
    assert prices(record) == [1000, 1400]
    assert imported.problems == [
        (2, "Variant Price", "not_a_number"),
        (4, "Option1 Value", "duplicate_variant"),
        (5, "Option1 Value", "missing_option_value"),
        (6, "Variant Price", "missing_price"),
        (7, "Option1 Name", "conflicting_options"),
    ]


@pytest.mark.parametrize(
    ("header", "row", "problems"),
    [
        (SIMPLE, "pot,Pot,1.234", [(2, "Variant Price", "ambiguous_number")]),
        (SIMPLE, "pot,,5", [(2, "Title", "missing_name")]),
        (f"{SIMPLE},Status", "pot,Pot,5,live", [(2, "Status", "unknown_status")]),
        (f"{SIMPLE},Gift Card", "pot,Pot,5,maybe", [(2, "Gift Card", "not_a_boolean")]),
    ],
)
def test_product_with_nothing_valid_is_refused(header, row, problems):
    imported = import_text(rows_of(header, row))

    assert imported.records == []
    assert [each for each in imported.problems if each[2] != "no_valid_variant"] == problems


def test_other_prices_of_the_file_decide_the_ambiguous_one():
    decided = import_text(rows_of(SIMPLE, 'pot,Pot,"1,234"', "mug,Mug,9.99"))
    mixed = import_text(rows_of(SIMPLE, 'pot,Pot,"1,234"', "mug,Mug,9.99", 'cup,Cup,"9,99"'))

    assert [prices(record) for record in decided.records] == [[123400], [999]]
    assert [record.code for record in mixed.records] == ["mug", "cup"]


@pytest.mark.parametrize(
    ("published", "status", "expected", "codes"),
    [
        ("true", "active", "active", []),
        ("false", "active", "draft", ["not_published"]),
        ("false", "archived", "archived", []),
        ("true", "unlisted", "draft", ["unlisted"]),
        ("true", "", "active", []),
        ("false", "", "draft", []),
        ("", "", None, []),
    ],
)
def test_unpublished_product_is_never_active(published, status, expected, codes):
    text = rows_of(f"{SIMPLE},Published,Status", f"pot,Pot,5,{published},{status}")

    imported = import_text(text)

    assert imported.records[0].fields["status"] == expected
    assert [finding.code for finding in imported.findings] == codes


def test_cells_that_a_variant_can_do_without_are_left_out_alone():
    text = rows_of(
        f"{SIMPLE},Variant Barcode,Image Src,Variant Image",
        "pot,Pot,5,4.00638E+12,C:\\pot.jpg,pot.jpg",
    )

    imported = import_text(text)

    assert imported.records[0].variants[0].fields == {"price": 500}
    assert imported.problems == [
        (2, "Variant Barcode", "damaged_barcode"),
        (2, "Variant Image", "invalid_url"),
        (2, "Image Src", "invalid_url"),
    ]


def test_columns_that_are_not_imported_are_named_once():
    text = rows_of(f"{SIMPLE},SEO Title,Colour,Handle", "pot,Pot,5,x,,cup", "mug,Mug,6,x,,cup")

    imported = import_text(text)

    assert imported.problems == [
        (1, "Handle", "duplicate_column"),
        (1, "SEO Title", "ignored_column"),
    ]


def test_contradicting_row_is_reported():
    imported = import_text(rows_of(SIMPLE, "pot,Pot,5", "pot,Kettle,6", "pot,Kettle,7"))

    assert imported.records[0].fields["name"] == "Pot"
    assert imported.problems == [(3, "Title", "conflicting_value")]


@pytest.mark.parametrize("header", ["Name,Price", "Handle,Price", "SKU,Regular price", "x"])
def test_other_file_is_refused_by_the_columns_that_it_lacks(header):
    with pytest.raises(FileRefused) as refusal:
        import_text(rows_of(header, "1,2"))

    assert refusal.value.code == "unknown_columns"
    assert "Handle" in refusal.value.detail


def test_many_images_and_too_many_variants():
    images = [f"pot,,,https://cdn.example/{n}.jpg" for n in range(286)]
    variants = [f"mug,Mug,{n}," for n in range(2_049)]

    imported = import_text(
        rows_of(f"{SIMPLE},Image Src", "pot,Pot,5,", *images, *variants, *["cup,Cup,5,"] * 4_097)
    )

    [pot] = imported.records
    assert len(pot.images) == 286
    assert [code for _, _, code in imported.problems] == ["too_many_variants", "too_many_rows"]


def test_large_catalogue_is_read_in_constant_memory():
    text = rows_of(
        "Handle,Title,Body (HTML),Variant Price",
        *[f"pot-{n % 1_500},Pot {n % 1_500},{'x' * 500},{n}" for n in range(3_000)],
    )
    file = io.BytesIO(text.encode())
    tracemalloc.start()

    with ProductFile(file, "EUR") as products:
        findings = sum(1 for _ in products.load())
        variants = sum(len(each.record.variants) for each in products.products())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (findings, variants) == (0, 3_000)
    assert peak < 1_000_000


def test_file_stays_open_and_the_stage_goes():
    file = io.BytesIO(rows_of(SIMPLE, "pot,Pot,5").encode())

    with ProductFile(file, "EUR") as products:
        list(products.load())

    assert not file.closed
    with pytest.raises(sqlite3.ProgrammingError):
        products.count()

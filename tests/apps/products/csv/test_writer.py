"""Exports: what is written is read back unchanged, and runs in no spreadsheet."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.products.csv.product_file import ProductFile
from apps.products.csv.records import ProductRecord, VariantRecord
from apps.products.csv.writer import write_products
from tests.apps.products.csv.catalogues import CATALOGUES, FULL_WIDTH
from tests.apps.products.csv.files import import_text


@settings(max_examples=60, deadline=None)
@given(CATALOGUES, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_export_is_read_back_unchanged(records, currency):
    exported = b"".join(write_products(records, currency))

    imported = import_text(exported, currency)

    assert imported.findings == []
    assert imported.records == list(records)
    assert b"".join(write_products(imported.records, currency)) == exported


@settings(max_examples=20, deadline=None)
@given(CATALOGUES)
def test_no_exported_cell_is_a_formula(records):
    text = b"".join(write_products(records, "EUR")).decode("utf-8-sig")

    cells = {cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row}

    dangerous = {cell for cell in cells if re.match(rf"\s*[=+@\-\t\r{FULL_WIDTH}]", cell)}
    assert {cell for cell in dangerous if not re.fullmatch(r"-\d+", cell)} == set()


def make_product(**fields):
    return ProductRecord(
        "pot",
        {
            "name": "Pot",
            "description": "",
            "vendor": "",
            "product_type": "",
            "tags": (),
            "status": "active",
            "gift_card": False,
        }
        | fields,
        options=(),
        variants=(
            VariantRecord(
                {},
                {
                    "sku": "=1+1",
                    "price": 1250,
                    "compare_at_price": None,
                    "barcode": "",
                    "weight": 300,
                    "stock": -3,
                    "stock_policy": "deny",
                    "requires_shipping": True,
                    "taxable": True,
                    "image_url": "",
                },
            ),
        ),
    )


def test_formulas_are_text_and_numbers_stay_numbers():
    [_, row, _] = b"".join(write_products([make_product()], "EUR")).split(b"\r\n")

    assert row == (
        b"pot,Pot,,,,,true,Title,Default Title,,,,,'=1+1,300,shopify,-3,deny,12.50,,true,true,"
        b",,,,false,,active"
    )


def test_export_is_streamed():
    written = write_products((make_product(name=f"Pot {n}") for n in range(10**9)), "EUR")

    header, first = next(written), next(written)

    assert header.startswith(b"\xef\xbb\xbfHandle,Title,")
    assert first.startswith(b"pot,Pot 0,")


def test_incomplete_record_is_not_exported():
    """It would clear the values that it lacks when the file is imported."""
    with pytest.raises(KeyError):
        list(write_products([ProductRecord("pot", {"name": "Pot"})], "EUR"))


def test_products_can_be_read_again_from_any_number():
    exported = b"".join(write_products([make_product()], "EUR"))
    more = b"".join(exported.partition(b"\r\n")[2].replace(b"pot", b"pot%d" % n) for n in range(5))

    with ProductFile(io.BytesIO(exported + more), "EUR") as file:
        list(file.load())
        every = list(file.products())
        rest = list(file.products(start=4))
        count = file.count()

    assert count == len(every) == 6
    assert [product.number for product in every] == list(range(6))
    assert rest == every[4:]

"""Options and variants in the editor of a product."""

from __future__ import annotations

import pytest

from tests.apps.backoffice.editor import NEW, editor, ids, save, variants
from tests.apps.pages.html import Page


def test_new_product_with_two_values_has_two_variants(office, stored):
    fields = {
        "name": "Shirt",
        "options/0/name": "Size",
        "options/0/values:words": "S, M",
        "variants/0/price:money": "10",
    }

    save(office, changes=fields)

    assert variants(stored("shirt")) == [(["S"], 1000, 0, ""), (["M"], 1000, 0, "")]


def test_removed_row_is_deleted(office, shirt, stored):
    save(office, shirt, {"_remove": ["0"]})

    assert variants(stored("shirt")) == [(["M"], 2000, 2, "M1")]


def test_removed_value_removes_its_rows(office, shirt, stored):
    save(office, shirt, {"options/0/values:words": "M"})

    assert variants(stored("shirt")) == [(["M"], 2000, 2, "M1")]


def test_option_without_values_keeps_those_of_its_rows(office, shirt, stored):
    save(office, shirt, {"options/0/values:words": ""})

    assert variants(stored("shirt")) == variants(shirt)


def test_other_values_get_new_rows(office, shirt, stored):
    save(office, shirt, {"options/0/values:words": "X, Y, Z"})

    assert [values for values, *_ in variants(stored("shirt"))] == [["X"], ["Y"], ["Z"]]


def test_new_rows_have_the_price_of_the_first_and_no_stock(office, shirt, stored):
    response = save(office, shirt, {"options/0/values:words": "S, M, L"}, do="variants")
    office.submit(f"/admin/products/{shirt.pk}", Page(response).by_id["product"].filled(_do="save"))

    assert variants(stored("shirt"))[-1] == (["L"], 1000, 0, "")


@pytest.mark.parametrize("do", ["save", "variants"])
def test_renamed_value_keeps_its_row(office, shirt, stored, do):
    response = save(office, shirt, {"options/0/values:words": "Small, M"}, do=do)
    if do == "variants":
        form = Page(response).by_id["product"]
        office.submit(f"/admin/products/{shirt.pk}", form.filled(_do="save"))

    product = stored("shirt")
    assert ids(product) == ids(shirt)
    assert variants(product) == [(["Small"], 1000, 1, "S1"), (["M"], 2000, 2, "M1")]


def test_renamed_option_keeps_its_rows(office, shirt, stored):
    save(office, shirt, {"options/0/name": "Größe"})

    product = stored("shirt")
    assert ids(product) == ids(shirt)
    assert [option.name for option in product.options.all()] == ["Größe"]


def test_new_value_gets_a_row_by_the_button(office, shirt, stored):
    path, form = editor(office, shirt)
    changes = {"options/0/values:words": "S, L, M", "variants/0/price:money": "12"}
    page = Page(office.submit(path, form.filled(changes, _do="variants")))
    assert variants(stored("shirt")) == variants(shirt)

    office.submit(path, page.by_id["product"].filled({"variants/1/stock:int": "4"}, _do="save"))

    product = stored("shirt")
    assert [ids(product)[0], ids(product)[2]] == ids(shirt)
    assert variants(product) == [
        (["S"], 1200, 1, "S1"),
        (["L"], 1200, 4, ""),
        (["M"], 2000, 2, "M1"),
    ]


def test_button_of_the_variants_saves_nothing(office, stored, events):
    fields = {"name": "Shirt", "options/0/name": "Size", "options/0/values:words": "S, M"}

    response = save(office, changes=fields, do="variants")

    assert response.status_code == 200
    assert Page(response).by_id["product"].values["_value/1/0"] == "M"
    assert events() == []


def test_new_option_keeps_each_row_with_its_value(office, shirt, stored):
    changes = {"options/1/name": "Colour", "options/1/values:words": "Red, Blue"}

    save(office, shirt, changes)

    rows = {tuple(values): sku for values, _, _, sku in variants(stored("shirt"))}
    assert rows == {("S", "Red"): "S1", ("S", "Blue"): "", ("M", "Red"): "M1", ("M", "Blue"): ""}
    assert set(ids(shirt)) <= set(ids(stored("shirt")))


def test_first_option_is_removed_and_the_second_stays(office, shirt, stored):
    save(office, shirt, {"options/1/name": "Colour", "options/1/values:words": "Red"})
    save(office, shirt, {"_remove": ["1"], "options/0/name": "", "options/0/values:words": ""})

    product = stored("shirt")
    assert [option.name for option in product.options.all()] == ["Colour"]
    assert variants(product) == [(["Red"], 1000, 1, "S1")]


def test_value_with_a_comma_survives(office, acme_client, people, shirt, stored):
    body = {
        "options": [{"name": "Size", "values": ["S, slim", 'M "wide"']}],
        "variants": [
            {"id": str(pk), "options": {"Size": size}}
            for pk, size in zip(ids(shirt), ["S, slim", 'M "wide"'], strict=True)
        ],
    }
    acme_client.as_(people["owner"]).patch(f"/api/products/{shirt.pk}/", body)
    before = variants(stored("shirt"))
    assert before[0][0] == ["S, slim"]

    save(office, shirt, {"name": "Shirts"})

    assert (variants(stored("shirt")), stored("shirt").name) == (before, "Shirts")


@pytest.mark.parametrize(
    "changes",
    [
        {"options/1/name": "Size", "options/1/values:words": "X"},
        {"options/0/name": ""},
        {"options/0/name": "x" * 300},
        {"tags:words": "x" * 300},
    ],
)
def test_refused_list_has_a_message(office, shirt, stored, changes):
    response = save(office, shirt, changes)

    assert response.status_code == 200
    assert Page(response).messages
    assert variants(stored("shirt")) == variants(shirt)


def test_too_many_combinations_are_refused_at_once(office):
    names = ["a", "b", "c"]
    fields = {f"options/{n}/name": name for n, name in enumerate(names)}
    words = ", ".join(map(str, range(1000)))
    fields |= {f"options/{n}/values:words": words for n in range(3)}
    fields |= {"name": "Shirt", "variants/0/price:money": "1"}

    for do in ("save", "variants"):
        page = Page(office.submit(NEW, fields | {"_do": do}))
        assert page.messages == ["A product has up to 2048 variants."]
        assert page.by_id["product"].values["options/2/values:words"] == words

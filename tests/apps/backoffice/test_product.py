"""The editor of a product."""

from __future__ import annotations

import pytest

from apps.products.models import Product
from apps.tenants.context import tenant_context
from tests.apps.pages.html import Page
from tests.apps.products.factories import make_product

NEW = "/admin/products/new"


@pytest.fixture
def shirt(acme, acme_client, people, stored):
    """A product with two sizes, with SKUs and barcodes."""
    body = {
        "name": "Shirt",
        "code": "shirt",
        "tags": ["cotton"],
        "options": [{"name": "Size", "values": ["S", "M"]}],
        "variants": [
            {"options": {"Size": "S"}, "price": 1000, "stock": 1, "sku": "S1", "barcode": "0001"},
            {"options": {"Size": "M"}, "price": 2000, "stock": 2, "sku": "M1", "weight": 90},
        ],
    }
    assert acme_client.as_(people["owner"]).post("/api/products/", body).status_code == 201
    return stored("shirt")


def editor(browser, product=None):
    path = f"/admin/products/{product.pk}" if product else NEW
    return path, Page(browser.get(path)).by_id["product"]


def save(browser, product=None, changes=None, do="save"):
    """Open the editor, change fields, and send the form with a button."""
    path, form = editor(browser, product)
    return browser.submit(path, form.filled(changes, _do=do))


def variants(product):
    """Return the variants in order: values, price, stock and SKU."""
    return [
        (
            [value.name for value in (v.value1, v.value2, v.value3) if value],
            v.price,
            v.stock,
            v.sku,
        )
        for v in sorted(product.variants.all(), key=lambda v: v.position)
    ]


def ids(product):
    return [v.pk for v in sorted(product.variants.all(), key=lambda v: v.position)]


def test_new_product_is_saved_with_a_code_of_its_name(office, stored):
    fields = {"name": "Blue Mug", "variants/0/price:money": "24,50", "variants/0/stock:int": "3"}

    response = save(office, changes=fields | {"tags:words": "tea, cup", "status": "active"})

    product = stored("blue-mug")
    assert response["Location"] == f"/admin/products/{product.pk}?done=added"
    assert variants(product) == [([], 2450, 3, "")]
    assert (product.status, {tag.name for tag in product.tags.all()}) == ("active", {"tea", "cup"})


def test_second_product_of_a_name_gets_another_code(office, mug, stored):
    save(office, changes={"name": "Mug", "variants/0/price:money": "1"})

    assert stored("mug-2").name == "Mug"


def test_new_product_with_two_values_has_two_variants(office, stored):
    fields = {
        "name": "Shirt",
        "options/0/name": "Size",
        "options/0/values:words": "S, M",
        "variants/0/price:money": "10",
    }

    save(office, changes=fields)

    assert variants(stored("shirt")) == [(["S"], 1000, 0, ""), (["M"], 1000, 0, "")]


def test_unchanged_form_changes_nothing(office, shirt, stored, events):
    before = events()

    response = save(office, shirt)

    assert response["Location"].endswith("?done=saved")
    assert variants(stored("shirt")) == variants(shirt)
    assert stored("shirt").updated_on == shirt.updated_on
    assert events() == before


def test_changed_row_keeps_its_id_and_what_the_form_does_not_show(office, shirt, stored):
    save(office, shirt, {"variants/0/price:money": "11", "variants/0/stock:int": "7"})

    product = stored("shirt")
    assert ids(product) == ids(shirt)
    assert variants(product) == [(["S"], 1100, 7, "S1"), (["M"], 2000, 2, "M1")]
    assert [v.barcode for v in product.variants.all() if v.sku == "S1"] == ["0001"]


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
    ("field", "text"),
    [
        ("variants/0/price:money", "cheap"),
        ("variants/0/price:money", ""),
        ("variants/1/compare_at_price:money", "-1"),
        ("variants/1/stock:int", "many"),
        ("variants/0/weight:int", "-5"),
        ("name", ""),
        ("code", "x" * 256),
    ],
)
def test_refused_value_has_a_message_and_keeps_all_that_was_typed(
    office, shirt, stored, field, text
):
    path, form = editor(office, shirt)
    typed = {"name": "Shirts", "tags:words": "wool", "variants/1/sku": "M2", field: text}

    response = office.submit(path, form.filled(typed, _do="save"))

    page = Page(response)
    sent = {name: value for name, value in form.filled(typed).items() if isinstance(value, str)}
    values = page.by_id["product"].values
    assert response.status_code == 200
    assert {name: values[name] for name in sent} == sent
    assert page.messages
    [invalid] = [attrs for _, attrs in page.tags if attrs.get("aria-invalid") == "true"]
    assert invalid["name"] == field
    assert variants(stored("shirt")) == variants(shirt)


def test_cleared_weight_is_cleared(office, shirt, stored):
    save(office, shirt, {"variants/1/weight:int": ""})

    assert [v.weight for v in stored("shirt").variants.all()] == [None, None]


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


def test_conflict_keeps_what_was_typed_and_what_the_other_saved(
    office, acme_client, people, shirt, stored
):
    path, form = editor(office, shirt)
    acme_client.as_(people["owner"]).patch(f"/api/products/{shirt.pk}/", {"name": "Other"})

    response = office.submit(path, form.filled({"vendor": "Mill", "name": "Mine"}, _do="save"))

    page = Page(response)
    values = page.by_id["product"].values
    assert response.status_code == 200
    assert (values["name"], values["vendor"]) == ("Mine", "Mill")
    assert values["_etag"] == form.values["_etag"]
    assert page.messages
    assert (stored("shirt").name, stored("shirt").vendor) == ("Other", "")


def test_changed_stock_is_a_conflict(office, acme_client, people, shirt, stored):
    path, form = editor(office, shirt)
    stock = f"/api/products/{shirt.pk}/variants/{ids(shirt)[0]}/stock/"
    acme_client.as_(people["owner"]).post(stock, {"delta": -1, "reason": "sold"})

    response = office.submit(path, form.filled({"name": "Mine"}, _do="save"))

    assert response.status_code == 200
    assert variants(stored("shirt"))[0][2] == 0


def test_product_of_another_tab_that_is_gone_is_a_404(office, acme, shirt):
    path, form = editor(office, shirt)
    with tenant_context(acme):
        Product.objects.filter(pk=shirt.pk).update(default_variant=None)
        Product.objects.filter(pk=shirt.pk).delete()

    assert office.submit(path, form.filled(_do="save")).status_code == 404


def test_product_is_deleted(office, shirt, acme):
    response = office.submit(f"/admin/products/{shirt.pk}/delete")

    assert response["Location"] == "/admin/products?done=deleted"
    with tenant_context(acme):
        assert not Product.objects.exists()


def test_draft_is_previewed_by_the_team_only(acme, office, browser_of):
    with tenant_context(acme):
        draft = make_product("draft", name="Secret", price=100, published=False)
    path = f"/admin/products/{draft.pk}/preview"

    assert b"Secret" in office.get(path).content
    assert browser_of("customer").get(path).status_code == 404

"""The editor of a product."""

from __future__ import annotations

import pytest

from apps.products.models import Product
from apps.tenants.context import tenant_context
from tests.apps.backoffice.editor import editor, ids, save, variants
from tests.apps.pages.html import Page
from tests.apps.products.factories import make_product


def test_new_product_is_saved_with_a_code_of_its_name(office, stored):
    fields = {"name": "Blue Mug", "variants/0/price:money": "24,50", "variants/0/stock:int": "3"}

    response = save(office, changes=fields | {"tags:words": "tea, cup", "status": "active"})

    product = stored("blue-mug")
    assert response["Location"] == f"/admin/products/{product.pk}?done=added"
    assert variants(product) == [([], 2450, 3, "")]
    assert (product.status, {tag.name for tag in product.tags.all()}) == ("active", {"tea", "cup"})


def test_enter_key_saves(office):
    _, form = editor(office)

    assert form.buttons[0] == ("_do", "save")


def test_second_product_of_a_name_gets_another_code(office, mug, stored):
    save(office, changes={"name": "Mug", "variants/0/price:money": "1"})

    assert stored("mug-2").name == "Mug"


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


def test_page_write_is_recorded_as_by_the_api(acme_client, office, people, stored, events):
    client, api = acme_client.as_(people["owner"]), "/api/products/"
    save(office, changes={"name": "Pot", "code": "pot"})
    pot = stored("pot")
    save(office, pot, {"vendor": "Mill"})
    office.submit(f"/admin/products/{pot.pk}/delete")
    of_pages = events()
    pk = client.post(api, {"name": "Pot", "code": "pot"}).json()["id"]
    client.patch(f"{api}{pk}/", {"vendor": "Mill"})
    client.delete(f"{api}{pk}/")

    actions = ["product.created", "product.changed", "product.deleted"]
    assert [action for action, *_ in of_pages] == actions
    assert events()[len(of_pages) :] == of_pages


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

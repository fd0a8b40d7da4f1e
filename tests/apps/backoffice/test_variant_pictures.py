"""The picture of a variant, chosen in the editor of its product."""

from __future__ import annotations

import pytest

from apps.products.models import Product
from apps.tenants.context import tenant_context
from tests.apps.backoffice.editor import editor, save
from tests.apps.pages.html import Page
from tests.apps.products.factories import make_image


@pytest.fixture
def images(acme, shirt):
    """Two pictures of the shirt."""
    with tenant_context(acme):
        return [make_image(shirt, alt=alt) for alt in ("front", "back")]


@pytest.fixture
def chosen(acme):
    """Return the texts of the pictures of each variant of the shirt."""

    def read():
        with tenant_context(acme):
            product = Product.objects.with_details().get(code="shirt")
            return [
                [row.image.alt for row in variant.variant_images.all()]
                for variant in product.variants.all()
            ]

    return read


def keys(*images):
    return [str(image.pk) for image in images]


def choose(browser, product, **pictures):
    changes = {f"_picture/{row.removeprefix('row')}": key for row, key in pictures.items()}
    return save(browser, product, changes)


def test_editor_without_pictures_offers_none(office, shirt):
    _, form = editor(office, shirt)

    assert not [name for name in form.values if name.startswith("_picture")]


def test_picture_is_chosen_for_a_variant(office, shirt, images, chosen):
    front, back = keys(*images)

    choose(office, shirt, row0=back)
    assert chosen() == [["back"], []]
    choose(office, shirt, row0=front, row1=back)
    assert chosen() == [["front"], ["back"]]
    choose(office, shirt, row0="")
    assert chosen() == [[], ["back"]]


def test_form_shows_the_picture_and_keeps_it(office, shirt, images, chosen):
    _, back = keys(*images)
    choose(office, shirt, row1=back)

    _, form = editor(office, shirt)
    save(office, shirt, {"name": "Shirts"})

    assert (form.values["_picture/0"], form.values["_picture/1"]) == ("", back)
    assert chosen() == [[], ["back"]]


def test_other_pictures_of_a_variant_stay(acme_client, people, office, shirt, images, chosen):
    [variant, _] = shirt.variants.all()
    front, back = keys(*images)
    path = f"/api/products/{shirt.pk}/variants/{variant.pk}/"
    client = acme_client.as_(people["owner"])
    assert client.patch(path, {"images": [back, front]}).status_code == 200

    save(office, shirt, {"name": "Shirts"})
    assert chosen()[0] == ["back", "front"]
    choose(office, shirt, row0=front)
    assert chosen()[0] == ["front"]


def test_removed_picture_is_that_of_no_variant(office, shirt, images, chosen):
    front, back = keys(*images)
    choose(office, shirt, row0=front, row1=back)

    response = save(office, shirt, {"_remove_image": [front]})

    assert response.status_code == 303, Page(response).messages
    assert chosen() == [[], ["back"]]


def test_refused_form_keeps_the_choice(office, shirt, images, chosen):
    _, back = keys(*images)

    response = save(office, shirt, {"name": "", "_picture/1": back})

    assert Page(response).by_id["product"].values["_picture/1"] == back
    assert chosen() == [[], []]


def test_new_variant_has_no_picture_of_another(office, shirt, images):
    front, _ = keys(*images)
    choose(office, shirt, row0=front)

    response = save(office, shirt, {"options/0/values:words": "S, M, L"}, do="variants")

    values = Page(response).by_id["product"].values
    assert [values[f"_picture/{row}"] for row in range(3)] == [front, "", ""]


@pytest.mark.parametrize("key", ["x", "00000000-0000-7000-8000-000000000000"])
def test_unknown_picture_is_none(office, shirt, images, chosen, key):
    save(office, shirt, {"_picture/0": key})

    assert chosen() == [[], []]

"""The pictures of a product in its editor."""

from __future__ import annotations

import pytest

from apps.products.models import Image
from apps.tenants.context import tenant_context
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.pages.html import Page
from tests.apps.products.factories import make_image
from tests.apps.products.images.pictures import picture, upload

# A job is due by the clock of the database, which stands still in a transaction.
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


@pytest.fixture
def images(acme, mug):
    with tenant_context(acme):
        return [make_image(mug, alt=alt) for alt in ("front", "back", "side")]


def path(product):
    return f"/admin/products/{product.pk}"


def form_of(browser, product):
    return Page(browser.get(path(product))).by_id["product"]


def save(browser, product, changes):
    form = form_of(browser, product).filled(changes, _do="save")
    return browser.submit(path(product), form)


def alts(acme, product):
    with tenant_context(acme):
        images = Image.objects.filter(product=product).order_by("position")
        return list(images.values_list("alt", flat=True))


def upload_to(browser, product, content, name="mug.jpg"):
    return browser.post(f"{path(product)}/images", {"file": upload(content, name)})


@pytest.mark.parametrize(
    ("places", "order"),
    [
        ({}, ["front", "back", "side"]),
        ({"0": "3"}, ["back", "side", "front"]),
        ({"2": "1"}, ["side", "front", "back"]),
        ({"0": "2"}, ["back", "front", "side"]),
        ({"1": "first"}, ["front", "back", "side"]),
        ({"1": "999999999999999999999"}, ["front", "back", "side"]),
    ],
)
def test_pictures_are_in_the_order_of_their_places(acme, office, mug, images, places, order):
    changes = {f"images/{row}/position:int": place for row, place in places.items()}

    save(office, mug, changes)

    assert alts(acme, mug) == order


def test_description_of_a_picture_is_saved(acme, office, mug, images):
    save(office, mug, {"images/1/alt": "from behind"})

    assert alts(acme, mug) == ["front", "from behind", "side"]


def test_picture_is_removed(acme, office, mug, images):
    save(office, mug, {"_remove_image": [str(images[0].pk), str(images[2].pk)]})

    assert alts(acme, mug) == ["back"]


def test_all_pictures_are_removed(acme, office, mug, images):
    save(office, mug, {"_remove_image": [str(image.pk) for image in images]})

    assert alts(acme, mug) == []


def test_refused_form_keeps_what_was_typed_for_the_pictures(office, mug, images):
    changes = {"images/0/alt": "typed", "images/2/position:int": "1", "name": ""}

    page = Page(save(office, mug, changes | {"_remove_image": [str(images[1].pk)]}))

    values = page.by_id["product"].values
    ids = [value for name, value in values.items() if name.endswith("/id") and "images" in name]
    assert ids == [str(images[2].pk), str(images[0].pk)]
    assert values["images/1/alt"] == "typed"


def test_picture_is_uploaded_recorded_and_shown(acme, office, mug, events):
    response = upload_to(office, mug, picture())

    assert response.status_code == 303
    assert response["Location"] == f"{path(mug)}?done=uploaded#images"
    assert alts(acme, mug) == [""]
    assert events() == [("product.changed", "owner", "mug")]


@transactional
def test_rendered_picture_is_no_conflict(acme, office, mug, stored):
    upload_to(office, mug, picture())
    form = form_of(office, mug)
    run_all_jobs()

    response = office.submit(path(mug), form.filled({"name": "Cup"}, _do="save"))

    assert response.status_code == 303, Page(response).messages
    assert stored().name == "Cup"
    assert b'.webp"' in office.get(path(mug)).content


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "mug.jpg"),
        (b"", "mug.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "mug.svg"),
    ],
)
def test_file_that_is_no_picture_is_refused_with_a_message(acme, office, mug, content, name):
    response = upload_to(office, mug, content, name)

    page = Page(response)
    assert response.status_code == 200
    assert [message for message in page.messages if "image" in message.lower()]
    assert alts(acme, mug) == []


def test_form_without_a_file_is_refused(acme, office, mug):
    response = office.post(f"{path(mug)}/images", {})

    assert Page(response).messages
    assert alts(acme, mug) == []


def test_too_large_file_is_refused(acme, office, mug):
    body = {"file": upload(picture() + bytes(21_000_000))}

    response = office.post(f"{path(mug)}/images", body, HTTP_ACCEPT="text/html")

    assert response.status_code == 413
    page = Page(response)
    assert dict(page.tags)["html"]["lang"] == "en"
    assert page.texts("h1") == ["This file is too large"]
    assert alts(acme, mug) == []


def test_picture_of_another_product_is_refused(acme, office, mug, images, stored):
    form = form_of(office, mug).filled({"images/0/id": "00000000-0000-7000-8000-000000000000"})

    response = office.submit(path(mug), form | {"_do": "save", "name": "Cup"})

    assert response.status_code == 200
    assert Page(response).messages
    assert alts(acme, mug) == ["front", "back", "side"]
    assert stored().name == "Mug"


def test_upload_of_a_customer_is_refused(acme, browser_of, mug):
    assert upload_to(browser_of("customer"), mug, picture()).status_code == 403
    assert alts(acme, mug) == []


def test_upload_from_another_site_is_refused(acme, office, mug):
    body = {"file": upload(picture())}

    response = office.post(f"{path(mug)}/images", body, HTTP_SEC_FETCH_SITE="same-site")

    assert response.status_code == 403
    assert alts(acme, mug) == []

"""The logo of a shop."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEvent
from apps.storefront.models import Storefront
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import problem
from tests.apps.pages.html import page_of
from tests.apps.products.images.pictures import picture
from tests.apps.products.images.pictures import upload as file_of
from tests.apps.users.factories import make_user

# The files of an earlier logo are deleted when the transaction ends.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

PATH = "/api/shop/storefront/logo/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


@pytest.fixture
def client(shop, acme_client, owner):
    return acme_client.as_(owner)


def upload(client, color="red", size=(400, 100)):
    content = picture(size=size, color=color)
    return client.post(PATH, {"file": file_of(content)}, format="multipart")


def shown(client):
    """Return the logo in the head of the home page, None without one."""
    images = page_of(client.get("/")).one("header").all("img")
    return images[0] if images else None


def test_logo_takes_the_place_of_the_name(client, acme_client):
    response = upload(client)

    logo = shown(acme_client)
    assert response.status_code == 201
    assert response.json()["logo"]["width"] == 400
    assert (logo["alt"], logo["width"], logo["height"]) == ("Acme", "400", "100")
    assert acme_client.get(logo["src"]).headers["Content-Type"] == "image/webp"


def test_another_logo_replaces_the_first_and_its_files(client, acme_client):
    upload(client)
    first = shown(acme_client)["src"]

    upload(client, color="blue")

    second = shown(acme_client)["src"]
    assert second != first
    assert acme_client.get(second).status_code == 200
    assert acme_client.get(first).status_code == 404


def test_removed_logo_gives_the_place_back(client, acme_client, shop):
    upload(client)
    source = shown(acme_client)["src"]

    assert client.delete(PATH).status_code == 204

    assert shown(acme_client) is None
    assert acme_client.get(source).status_code == 404
    with tenant_context(shop):
        events = AuditEvent.objects.filter(action="storefront.changed")
        assert [event.details for event in events] == [{"fields": ["logo"]}] * 2


def test_page_is_another_version_with_a_logo(client, acme_client):
    before = acme_client.get("/").headers["ETag"]

    upload(client)

    assert acme_client.get("/").headers["ETag"] != before


def test_file_that_is_no_image_is_refused(client, acme_client):
    upload(client)
    before = shown(acme_client)["src"]

    response = client.post(PATH, {"file": file_of(b"<svg onload=alert(1)>")}, format="multipart")

    [error] = problem(response, 400)["errors"]
    assert error["pointer"] == "/file"
    assert shown(acme_client)["src"] == before


@pytest.mark.parametrize("role", ["manager", "staff", "customer"])
def test_logo_is_the_owners(shop, acme_client, role):
    with tenant_context(shop):
        person = make_user(role=role)

    problem(upload(acme_client.as_(person)), 403)
    problem(acme_client.as_(person).delete(PATH), 403)

    with tenant_context(shop):
        assert Storefront.objects.current().logo_hash == ""


def test_anonymous_client_is_401(shop, acme_client):
    problem(upload(acme_client), 401)


def test_logo_of_another_shop_is_not_served(client, acme_client, other_shop, globex_client):
    upload(client)
    source = shown(acme_client)["src"]
    assert acme_client.get(source).status_code == 200

    assert globex_client.get(source).status_code == 404

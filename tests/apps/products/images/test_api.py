"""Images of products over HTTP: uploads, renditions and their files."""

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.products.images import files
from apps.products.models import Image, Product
from apps.tenants.context import tenant_context
from tests.answers import steady_headers
from tests.apps.api.assertions import pointers, problem
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.products.factories import make_product
from tests.apps.products.images.pictures import picture, upload
from tests.conftest import PLATFORM, ShopClient

# A job is due by the clock of the database, which stands still in a transaction.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    options = {"location": tmp_path}
    storage = settings.STORAGES["default"] | {"OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": storage}


@pytest.fixture
def mug(acme, staff):
    with tenant_context(acme):
        return make_product("mug", price=1900, added_by=staff)


def path(product):
    return f"/api/products/{product.pk}/images/"


def post(client, product, content, **fields):
    body = {"file": upload(content), **fields}
    return client.post(path(product), body, format="multipart")


@pytest.fixture
def image(client, mug):
    """A rendered image."""
    response = post(client, mug, picture(size=(500, 250)), alt="A mug")
    assert response.status_code == 201, response.content
    run_all_jobs()
    return client.get(f"{path(mug)}{response.json()['id']}/").json()


def test_upload_is_pending_until_a_job_has_rendered_it(client, mug):
    body = post(client, mug, picture(), alt="A mug").json()
    assert (body["status"], body["alt"], body["urls"]) == ("pending", "A mug", {})

    run_all_jobs()

    body = client.get(f"{path(mug)}{body['id']}/").json()
    assert (body["status"], body["width"], body["height"]) == ("ready", 300, 200)
    assert list(body["urls"]) == ["160", "300"]


def test_rendition_is_served_for_ever_with_its_type(acme_client, image):
    response = acme_client.get(image["urls"]["480"])

    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content[8:12] == b"WEBP"
    again = acme_client.get(image["urls"]["480"], HTTP_IF_NONE_MATCH=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_file_is_served_at_the_shops_host_only(acme, acme_client, image):
    path = urlsplit(image["urls"]["160"]).path
    at_api = ShopClient(f"api.{PLATFORM}", HTTP_TENANT_CODE=acme.code)

    assert at_api.get("/api/shop/").status_code == acme_client.get(path).status_code == 200
    assert at_api.get(path).status_code == 404


def test_width_that_no_image_has_is_404(acme_client, image):
    path = urlsplit(image["urls"]["160"]).path

    assert acme_client.get(path).status_code == 200
    for width in ("1921", "9" * 300):
        assert acme_client.get(path.replace("160", width)).status_code == 404


def test_file_of_another_shop_is_like_an_unknown_one(acme_client, globex_client, image):
    there = image["urls"]["480"].partition("8000")[2]
    assert acme_client.get(there).status_code == 200

    theirs = globex_client.get(there)
    unknown = globex_client.get(f"/media/{'0' * 64}/480.webp")

    problem(theirs, 404)
    assert (theirs.content, steady_headers(theirs)) == (unknown.content, steady_headers(unknown))


@pytest.mark.parametrize("name", ["..", "x" * 64, "%2e%2e", f"{'0' * 64}%2f.."])
def test_path_out_of_the_folder_is_404(acme_client, name):
    assert acme_client.get(f"/media/{name}/160.webp").status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg onload='x'/>", "unsupported_image"),
        (b"", "unsupported_image"),
        (picture("PNG", (8_000, 7_000), "1"), "too_many_pixels"),
    ],
)
def test_refused_file_is_400_and_leaves_nothing(client, acme, mug, content, code):
    response = post(client, mug, content)

    [error] = problem(response, 400)["errors"]
    assert (error["pointer"], error["code"]) == ("/file", code)
    with tenant_context(acme):
        assert not Image.objects.exists()


def test_body_without_a_file_is_400(client, mug):
    assert pointers(client.post(path(mug), {"alt": "x"}, format="multipart")) == {"/file"}
    problem(client.post(path(mug), {"file": "x"}), 415)


def test_file_over_the_limit_is_413(client, mug):
    problem(post(client, mug, picture() + bytes(20_200_000)), 413, "body_too_large")


def test_damaged_image_fails_with_a_reason(client, mug):
    body = post(client, mug, picture("PNG")[:-30]).json()

    run_all_jobs()

    body = client.get(f"{path(mug)}{body['id']}/").json()
    assert (body["status"], body["error"]) == (
        "failed",
        "The image is damaged, or takes too long to be read.",
    )


def test_public_sees_ready_images_only(client, acme_client, mug, image):
    post(client, mug, picture("PNG"))

    rows = acme_client.get(path(mug)).json()["results"]

    assert [row["id"] for row in rows] == [image["id"]]
    assert not {"status", "error", "source_url"} & set(rows[0])
    detail = acme_client.get(f"/api/products/{mug.pk}/").json()
    assert [row["id"] for row in detail["images"]] == [image["id"]]
    [summary] = acme_client.get("/api/products/").json()["results"]
    assert summary["image"] == rows[0]


def test_same_picture_twice_is_rendered_twice(client, mug):
    for _ in range(2):
        assert post(client, mug, picture()).status_code == 201

    run_all_jobs()

    rows = client.get(path(mug)).json()["results"]
    assert [row["status"] for row in rows] == ["ready", "ready"]


def test_upload_that_is_refused_leaves_no_file(client, acme, mug, monkeypatch, tmp_path):
    monkeypatch.setattr("apps.products.views.images.MAX_IMAGES", 0)

    assert pointers(post(client, mug, picture())) == {"/file"}

    assert [found for found in tmp_path.rglob("*") if found.is_file()] == []


def test_file_of_an_interrupted_attempt_is_replaced(acme):
    with tenant_context(acme):
        name = files.rendition_name("a" * 64, 160)
        default_storage.save(name, ContentFile(b"an im"))

        files.save(name, BytesIO(b"an image"))

        with default_storage.open(name) as stored:
            assert stored.read() == b"an image"


def test_public_cannot_upload(acme_client, acme, mug):
    problem(post(acme_client, mug, picture()), 401)
    with tenant_context(acme):
        assert not Image.objects.exists()


def test_text_is_changed(client, mug, image):
    url = f"{path(mug)}{image['id']}/"

    assert client.patch(url, {"alt": "A cup"}).json()["alt"] == "A cup"


def test_files_go_with_the_last_image_that_has_them(client, acme, mug, image):
    other = post(client, mug, picture(size=(500, 250))).json()
    run_all_jobs()
    with tenant_context(acme):
        name = files.rendition_name(Image.objects.first().content_hash, 480)

    client.delete(f"{path(mug)}{other['id']}/")
    run_all_jobs()
    assert default_storage.exists(name)
    with tenant_context(acme):
        Product.objects.all().delete()
    run_all_jobs()

    assert not default_storage.exists(name)


def test_address_of_an_image_is_kept_where_fetching_is_off(client, mug):
    url = "https://images.example/mug.jpg"

    body = client.patch(f"/api/products/{mug.pk}/", {"images": [{"source_url": url}]}).json()
    run_all_jobs()

    assert [(row["source_url"], row["status"]) for row in body["images"]] == [(url, "pending")]

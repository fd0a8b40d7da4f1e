"""Ids of another shop in paths and forms of the back office are like unknown ones."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import EmailToken
from tests.apps.backoffice.editor import editor
from tests.apps.pages.html import Page
from tests.apps.products.factories import make_collection, make_image, make_import, make_product
from tests.apps.products.images.pictures import picture, upload
from tests.apps.users.support import Browser, issued, person
from tests.isolation.fixtures import fingerprint

# The owner's connection sees what is committed.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

UNKNOWN = "00000000-0000-7000-8000-000000000000"
PAGES = {
    "/admin/products/{product}": "get",
    "/admin/products/{product}/preview": "get",
    "/admin/collections/{collection}": "get",
    "/admin/imports/{import}": "get",
}
WRITES = {
    "/admin/products/{product}": {"name": "Mine", "code": "mine", "_do": "save"},
    "/admin/collections/{collection}": {"name": "Mine", "code": "mine", "kind": "manual"},
}


@pytest.fixture
def theirs(globex, globex_owner):
    """The ids of rows of globex by kind, each of which its owner sees."""
    with tenant_context(globex):
        product = make_product("theirs", name="Theirs", price=1, stock=3, added_by=globex_owner)
        collection = make_collection("theirs")
        collection.set_products([product.pk])
        rows = {
            "product": product,
            "variant": product.default_variant,
            "image": make_image(product),
            "collection": collection,
            "import": make_import(),
            "user": person(globex, "staff@globex.example", "staff"),
        }
    issued(globex, "invitation", "i@globex.example", role="staff", invited_by=globex_owner)
    with tenant_context(globex):
        rows["invitation"] = EmailToken.objects.get()
    return {kind: str(row.pk) for kind, row in rows.items()}


@pytest.fixture
def unchanged(globex, theirs):
    """Assert at the end that globex is as it was."""
    before = fingerprint(globex)
    assert before["products"][0] == 1
    yield
    assert fingerprint(globex) == before


def test_rows_are_there(globex, globex_owner, theirs):
    browser = Browser(globex, globex_owner)

    statuses = {path: browser.get(path.format(**theirs)).status_code for path in PAGES}

    assert set(statuses.values()) == {200}


@pytest.mark.parametrize("path", PAGES)
def test_page_of_another_shop_is_like_an_unknown_one(office, theirs, path):
    there = office.get(path.format(**theirs))
    unknown = office.get(path.format(**dict.fromkeys(theirs, UNKNOWN)))

    assert there.status_code == unknown.status_code == 404
    assert there.content == unknown.content


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.usefixtures("unchanged")
def test_form_for_another_shop_is_a_404(office, theirs, events, path):
    response = office.submit(path.format(**theirs), WRITES[path])

    assert response.status_code == 404
    assert events() == []


@pytest.mark.parametrize("do", ["save", "products", "delete"])
@pytest.mark.usefixtures("unchanged")
def test_collection_of_another_shop_is_not_changed(office, theirs, events, do):
    form = {"name": "Mine", "code": "mine", "kind": "manual", "_do": do}

    response = office.submit(f"/admin/collections/{theirs['collection']}", form)

    assert (response.status_code, events()) == (404, [])


@pytest.mark.usefixtures("unchanged")
def test_product_of_another_shop_is_not_deleted(office, theirs, events):
    response = office.submit(f"/admin/products/{theirs['product']}/delete")

    assert Page(response).messages
    assert events() == []


@pytest.mark.usefixtures("unchanged")
def test_picture_for_a_product_of_another_shop_is_refused(office, theirs, events):
    path = f"/admin/products/{theirs['product']}/images"

    response = office.post(path, {"file": upload(picture())})

    assert Page(response).messages
    assert events() == []


@pytest.mark.parametrize(
    ("field", "kind"), [("variants/0/id", "variant"), ("images/0/id", "image")]
)
@pytest.mark.usefixtures("unchanged")
def test_row_of_another_shop_is_unknown_to_the_editor(office, mug, stored, theirs, field, kind):
    path, form = editor(office, mug)

    response = office.submit(path, form.filled({field: theirs[kind], "name": "Mine"}, _do="save"))

    assert response.status_code == 200
    assert Page(response).messages
    assert stored().name == "Mug"


@pytest.mark.parametrize("name", ["_add", "_product"])
@pytest.mark.usefixtures("unchanged")
def test_product_of_another_shop_is_unknown_to_a_collection(acme, office, theirs, name):
    with tenant_context(acme):
        collection = make_collection()
    form = {name: theirs["product"], "_do": "products"}

    response = office.submit(f"/admin/collections/{collection.pk}", form)

    assert Page(response).messages == ["Unknown product."]
    with tenant_context(acme):
        assert not collection.places.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "product", "_do": "archived"},
        {"_product": "product", "_stock": "variant", "old:int": "3", "new:int": "0"},
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_product_of_another_shop_is_unknown_to_the_list(office, theirs, events, fields):
    form = {name: theirs.get(value, value) for name, value in fields.items()}

    response = office.submit("/admin/products", form)

    assert Page(response).messages
    assert events() == []


@pytest.mark.usefixtures("unchanged")
def test_variant_of_another_shop_is_unknown_to_an_own_product(office, mug, theirs, events):
    form = {"_product": str(mug.pk), "_stock": theirs["variant"], "old:int": "3", "new:int": "0"}

    response = office.submit("/admin/products", form)

    assert Page(response).messages
    assert events() == []


@pytest.mark.parametrize(
    ("kind", "do"),
    [("user", "role"), ("user", "deactivate"), ("invitation", "withdraw")],
)
@pytest.mark.usefixtures("unchanged")
def test_person_of_another_shop_is_unknown_to_the_team(office, theirs, events, kind, do):
    form = {"id": theirs[kind], "role": "manager", "_do": do}

    response = office.submit("/admin/people", form)

    assert Page(response).messages
    assert events() == []


def test_lists_have_no_rows_of_another_shop(office, theirs):
    paths = ["/admin/products", "/admin/collections", "/admin/imports", "/admin/people"]

    for path in [*paths, "/admin/customers", "/admin/audit", "/admin/"]:
        content = office.get(path).content.decode()
        assert (path, [pk for pk in theirs.values() if pk in content]) == (path, [])
        assert "globex" not in content.lower(), path

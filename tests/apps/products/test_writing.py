"""Writes of the endpoints of products."""

from datetime import UTC, datetime

import pytest
from django.utils.dateparse import parse_datetime

from apps.products.models import Location, Product, StockItem
from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.apps.api.assertions import pointers, problem
from tests.apps.api.lists import statements
from tests.apps.users.factories import make_user
from tests.conftest import ShopClient
from tests.load.parallel import in_parallel
from tests.pairs import spread_first

NEW = {"name": "Cup", "code": "cup", "description": "For coffee", "status": "active"}
FIELDS = {
    *NEW,
    *("id", "vendor", "product_type", "tags", "is_gift_card", "currency"),
    *("options", "variants", "images", "added_by", "added_on", "updated_on"),
}
ELSEWHERE = "00000000-0000-7000-8000-000000000000"


def path(product):
    return f"/api/products/{product.pk}/"


def stored(tenant, **lookups):
    with tenant_context(tenant):
        return Product.objects.values().get(**lookups)


def test_created_product_is_returned_and_stored(client, acme, staff):
    before = datetime.now(UTC)
    response = client.post("/api/products/", NEW)
    assert response.status_code == 201
    body = response.json()
    assert set(body) == FIELDS
    assert body | NEW == body
    assert body["added_by"] == str(staff.pk)
    row = stored(acme, pk=body["id"])
    assert (row["tenant_id"], row["added_by_id"]) == (acme.pk, staff.pk)
    assert before <= row["added_on"] == parse_datetime(body["added_on"])
    assert client.get(f"/api/products/{body['id']}/").json() == body


@pytest.mark.parametrize("variants", [1, 3])
def test_creation_takes_three_statements(client, acme, variants):
    body = {"tags": ["tea"], "variants": [{"stock": 5}] * variants, "description": "Glazed."}
    client.post("/api/products/", {"name": "Mug", "code": "first"} | body)

    with statements() as sent:
        client.post("/api/products/", {"name": "Mug", "code": "second"} | body)

    # The session; the beginnings of words; all rows with the event and the version.
    transactions = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    assert len([sql for sql in sent if not sql.startswith(transactions)]) == 3


def test_products_of_a_shop_share_its_location(client, acme):
    for code in ("first", "second"):
        body = {"name": "Mug", "code": code, "variants": [{"stock": 5}]}
        assert client.post("/api/products/", body).status_code == 201

    with tenant_context(acme):
        assert list(Location.objects.values_list("pk", flat=True)) == [acme.pk]
        assert StockItem.objects.filter(location=acme.pk).count() == 2


def test_new_product_defaults_to_unpublished(client):
    response = client.post("/api/products/", {"name": "Cup", "code": "cup"})
    assert (response.status_code, response.json()["status"]) == (201, "draft")


def test_update_changes_what_is_given_and_the_time(client, acme, catalogue):
    before = stored(acme, pk=catalogue["mug"].pk)
    response = client.patch(path(catalogue["mug"]), {"name": "Big mug"})
    assert response.status_code == 200
    after = stored(acme, pk=catalogue["mug"].pk)
    assert after == before | {"name": "Big mug", "updated_on": after["updated_on"]}
    assert after["updated_on"] > before["updated_on"]


def test_replacing_stores_the_whole_body(client, acme, catalogue):
    assert client.put(path(catalogue["mug"]), NEW).status_code == 200
    after = stored(acme, pk=catalogue["mug"].pk)
    assert {name: after[name] for name in NEW} == NEW


def test_delete_removes_one(client, acme, catalogue):
    response = client.delete(path(catalogue["mug"]))
    assert (response.status_code, response.content) == (204, b"")
    problem(client.get(path(catalogue["mug"])), 404)
    problem(client.delete(path(catalogue["mug"])), 404)
    with tenant_context(acme):
        assert set(Product.objects.values_list("code", flat=True)) == {"pot", "draft"}


def test_code_of_a_deleted_product_is_free(client, catalogue):
    client.delete(path(catalogue["mug"]))
    assert client.post("/api/products/", NEW | {"code": "mug"}).status_code == 201


@pytest.mark.parametrize(
    ("field", "method"),
    spread_first(
        [
            ("added_by", "the owner"),
            ("added_by_id", "the owner"),
            ("added_on", "2001-01-01T00:00:00Z"),
            ("updated_on", "2001-01-01T00:00:00Z"),
            ("id", ELSEWHERE),
            ("tenant", "the other"),
            ("tenant_id", "the other"),
        ],
        ["patch", "post", "put"],
    ),
)
def test_read_only_field_is_never_stored(client, globex, owner, catalogue, field, method):
    (name, value), acme = field, client.tenant
    value = {"the owner": str(owner.pk), "the other": str(globex.pk)}.get(value, value)
    mug = catalogue["mug"]
    before = stored(acme, pk=mug.pk)
    if method == "post":
        response = client.post("/api/products/", NEW | {name: value})
        if response.status_code == 400:
            return
        row = stored(acme, code="cup")
        assert str(row["id"]) != ELSEWHERE
    else:
        response = getattr(client, method)(path(mug), NEW | {name: value})
        row = stored(acme, pk=mug.pk)
        assert row["added_on"] == before["added_on"]
    assert response.status_code in {200, 201, 400}
    assert (row["added_by_id"], row["tenant_id"]) == (mug.added_by_id, acme.pk)
    assert min(row["added_on"].year, row["updated_on"].year) > 2001


def test_added_by_stays_when_another_user_changes_the_product(
    acme_client, acme, owner, staff, catalogue
):
    response = acme_client.as_(owner).patch(path(catalogue["mug"]), {"name": "Owner's"})
    assert response.json()["added_by"] == str(staff.pk)
    assert stored(acme, pk=catalogue["mug"].pk)["added_by_id"] == staff.pk


def test_user_with_products_is_deactivated_not_deleted(acme_client, acme, owner, staff, catalogue):
    with tenant_context(acme):
        before = list(Product.objects.order_by("pk").values())
    assert acme_client.as_(owner).delete(f"/api/users/{staff.pk}/").status_code == 204
    with tenant_context(acme):
        assert User.objects.get(pk=staff.pk).is_active is False
        assert list(Product.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("method", ["post", "patch", "put"])
def test_duplicate_code_is_400_at_its_pointer(client, acme, catalogue, method):
    body = NEW | {"code": "mug"}
    target = "/api/products/" if method == "post" else path(catalogue["pot"])
    assert pointers(getattr(client, method)(target, body)) == {"/code"}
    with tenant_context(acme):
        assert sorted(Product.objects.values_list("code", flat=True)) == ["draft", "mug", "pot"]


@pytest.mark.parametrize("code", ["..", "a/../b", "./a"])
def test_code_that_browsers_would_shorten_is_400(client, code):
    [error] = problem(client.post("/api/products/", {"name": "Mug", "code": code}), 400)["errors"]

    assert error["pointer"] == "/code"


def test_own_code_is_not_a_duplicate(client, catalogue):
    assert client.put(path(catalogue["mug"]), NEW | {"code": "mug"}).status_code == 200


def test_code_that_another_shop_uses_is_free_here(client, acme, globex, catalogue):
    with tenant_context(globex):
        their = Product.objects.get(code="mug")
    with tenant_context(acme):
        Product.objects.filter(code="mug").delete()
    before = stored(globex, pk=their.pk)
    assert client.post("/api/products/", NEW | {"code": "mug"}).status_code == 201
    assert stored(globex, pk=their.pk) == before


@pytest.mark.parametrize("field", ["name", "code"])
def test_missing_field_is_400_at_its_pointer(client, field):
    body = {key: value for key, value in NEW.items() if key != field}
    assert pointers(client.post("/api/products/", body)) == {f"/{field}"}


@pytest.mark.parametrize(
    ("change", "method"),
    spread_first(
        [
            ("name", ""),
            ("name", None),
            ("name", []),
            ("name", {}),
            ("name", True),
            ("name", "x" * 100_000),
            ("code", ""),
            ("code", None),
            ("code", ["mug"]),
            ("code", "x" * 10_000),
            ("description", None),
            ("description", ["x"]),
            ("status", "maybe"),
            ("status", None),
            ("status", 2),
            ("status", {}),
        ],
        ["post", "patch"],
    ),
)
def test_bad_value_is_400_at_its_pointer(client, acme, catalogue, change, method):
    field, value = change
    before = stored(acme, code="pot")
    if method == "post":
        response = client.post("/api/products/", NEW | {field: value})
    else:
        response = client.patch(path(catalogue["pot"]), {field: value})
    assert pointers(response) == {f"/{field}"}
    assert stored(acme, pk=before["id"]) == before
    with tenant_context(acme):
        assert Product.objects.count() == 3


@pytest.mark.parametrize(
    "name",
    ["Ü-Tasse ☕", "名前", "'; DROP TABLE products; --", "<script>", "a\u200db", "\U0001d4b3" * 50],
)
def test_any_text_is_stored_unchanged(client, name):
    body = client.post("/api/products/", NEW | {"name": name}).json()
    assert client.get(f"/api/products/{body['id']}/").json()["name"] == name


@pytest.mark.parametrize("path", ["/api/products/", "/api/collections/"])
def test_code_in_use_is_refused_alone_and_beside_other_errors(client, path):
    body = {"name": "Cups", "code": "cups"}
    assert client.post(path, body).status_code == 201

    assert pointers(client.post(path, body)) == {"/code"}
    assert pointers(client.post(path, body | {"name": ""})) == {"/code", "/name"}
    assert pointers(client.post(path, body | {"code": "new", "name": ""})) == {"/name"}
    assert pointers(client.post(path, {"name": ""})) == {"/code", "/name"}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_concurrent_creations_with_one_code_create_one_product(acme_client, acme):
    with tenant_context(acme):
        token = acme_client.as_(make_user(role="staff"))._base_environ()["HTTP_AUTHORIZATION"]

    def create(number):
        client = ShopClient(acme_client.host, acme, HTTP_AUTHORIZATION=token)
        client.raise_request_exception = False
        return client.post("/api/products/", NEW | {"name": f"Cup {number}"})

    responses = in_parallel(10, create)
    assert sorted(response.status_code for response in responses) == [201, *[400] * 9]
    [refused, *_] = [response for response in responses if response.status_code == 400]
    assert pointers(refused) == {"/code"}
    with tenant_context(acme):
        assert Product.objects.count() == 1

"""Searches of GET /api/products/ and suggestions."""

from string import ascii_lowercase
from uuid import uuid4

import pytest

from apps.products.models import Product, SearchSpelling, SearchWord
from apps.products.search import statements as search_statements
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import pointers
from tests.apps.api.lists import pages, statements
from tests.apps.products.factories import index, make_product

PRODUCTS = {
    "mug": {"name": "Stoneware Mug", "description": "<p>Holds tea. Not for <b>soup</b>.</p>"},
    "cafe": {"name": "Café cup", "vendor": "Ångström"},
    "kettle": {"name": "Copper kettle", "sku": "KT-INS114", "price": 1},
    "cplusplus": {"name": "The C++ book"},
    "c": {"name": "The C book"},
    "sale": {"name": "Poster 50% off"},
    "shirt": {"name": "Red shirts"},
    "draft": {"name": "Secret kettle", "published": False},
}


@pytest.fixture
def shelf(acme, staff):
    with tenant_context(acme):
        products = {
            code: make_product(code, added_by=staff, **fields) for code, fields in PRODUCTS.items()
        }
        index(*products.values())
        return products


@pytest.mark.parametrize(
    ("text", "count"),
    [("kettle", 2), ("copper kettle", 2), ("coper ketle", 4), (".".join(ascii_lowercase), 3)],
)
def test_search_takes_two_statements_and_two_to_correct_words(client, shelf, text, count):
    with statements() as sent:
        client.get("/api/products/", {"search": text})

    assert len([sql for sql in sent if "FROM search_" in sql]) == count


def found(client, text, **query):
    response = client.get("/api/products/", {"search": text, **query})
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("mug", ["mug"]),
        ("MUG", ["mug"]),
        ("stone", ["mug"]),
        ("mug stone", ["mug"]),
        ("stoneware kettle", []),
        ("soup", ["mug"]),
        ("cafe", ["cafe"]),
        ("CAFÉ", ["cafe"]),
        ("cafe\u0301", ["cafe"]),
        ("angstrom", ["cafe"]),
        ("KT-INS114", ["kettle"]),
        ("ins114", ["kettle"]),
        ("INS11", ["kettle"]),
        ("ktins114", ["kettle"]),
        ("114", ["kettle"]),
        ("c++", ["cplusplus"]),
        ("50%", ["sale"]),
        ("shirt", ["shirt"]),
        ("ketle", ["kettle"]),
        ("kettel", ["kettle"]),
        ("copper ketlle", ["kettle"]),
        ("stonewear", ["mug"]),
        ("xylophone", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("' OR 1=1 --", []),
    ],
)
def test_search_finds(acme_client, shelf, text, codes):
    assert found(acme_client, text) == codes


def test_whole_word_comes_before_a_longer_one(acme_client, acme, staff):
    with tenant_context(acme):
        index(make_product("long", name="Teapot", added_by=staff))
        index(make_product("whole", name="Tea", added_by=staff))
        index(make_product("newer", name="Teaspoon", added_by=staff))

    assert found(acme_client, "tea") == ["whole", "newer", "long"]


def test_name_counts_more_than_the_description(acme_client, acme, staff):
    with tenant_context(acme):
        index(make_product("named", name="Tea", added_by=staff))
        index(make_product("told", name="Cup", description="For tea", added_by=staff))

    assert found(acme_client, "tea") == ["named", "told"]


def test_drafts_are_found_by_the_team_alone(client, acme_client, shelf):
    assert set(found(client, "kettle")) == {"kettle", "draft"}
    assert found(acme_client, "kettle") == ["kettle"]
    assert found(acme_client, "secret") == []


def test_search_follows_filters_and_the_order_asked_for(client, shelf):
    assert found(client, "kettle", published="false") == ["draft"]
    assert found(client, "book", ordering="name") == ["c", "cplusplus"]


def test_pages_follow_the_rank(acme_client, acme, staff):
    with tenant_context(acme):
        index(*(make_product(f"mug-{n}", name=f"Mug {n}", added_by=staff) for n in range(5)))

    rows = pages(acme_client, "/api/products/", search="mug", page_size=2)

    assert [row["code"] for row in rows] == [f"mug-{n}" for n in (4, 3, 2, 1, 0)]


def test_index_follows_a_change_in_its_transaction(client, shelf):
    path = f"/api/products/{shelf['mug'].pk}/"
    assert found(client, "stoneware") == ["mug"]

    client.patch(path, {"name": "Enamel pan"})

    assert found(client, "stoneware") == []
    assert found(client, "enamel") == ["mug"]
    client.delete(path)
    assert found(client, "enamel") == []


def test_other_shops_are_not_searched(acme_client, globex, shelf):
    with tenant_context(globex):
        index(make_product("theirs", name="Stoneware plate"))
        assert SearchWord.objects.filter(word="plate").exists()

    assert found(acme_client, "plate") == []
    assert found(acme_client, "stoneware") == ["mug"]


def test_words_of_another_shop_correct_nothing(acme_client, globex, shelf):
    with tenant_context(globex):
        index(make_product("theirs", name="Xylophone"))

    assert found(acme_client, "xylophon") == []


def test_suggestions_are_the_best_products(acme_client, shelf):
    rows = acme_client.get("/api/search/suggest/", {"q": "ket"}).json()

    assert [row["code"] for row in rows] == ["kettle"]
    assert acme_client.get("/api/search/suggest/", {"q": "zzz"}).json() == []
    assert acme_client.get("/api/search/suggest/").json() == []


@pytest.mark.parametrize(
    ("path", "name"), [("/api/products/", "search"), ("/api/search/suggest/", "q")]
)
def test_long_search_is_400(acme_client, path, name):
    for text in ("x" * 101, "a b c d e f g h i"):
        assert pointers(acme_client.get(path, {name: text})) == {f"/{name}"}


def test_product_of_many_words_stays_findable(client):
    body = {"name": "Encyclopedia", "code": "e", "description": " ".join(map(str, range(9_000)))}

    assert client.post("/api/products/", body).status_code == 201

    assert found(client, "encyclopedia") == ["e"]
    with tenant_context(client.tenant):
        assert SearchWord.objects.filter(product=Product.objects.get()).count() < 500


def test_word_of_a_deleted_product_is_corrected(acme_client, acme, shelf):
    with tenant_context(acme):
        deleted = make_product("deleted", name="Kettla")
        index(deleted)
        deleted.delete()
        assert SearchSpelling.objects.filter(word="kettla").exists()

    assert found(acme_client, "kettla") == ["kettle"]


@pytest.mark.parametrize("text", ["tassen", "tassen becher"])
def test_words_are_found_before_the_index_has_the_stems_of_a_new_language(
    acme_client, acme, staff, text
):
    with tenant_context(acme):
        index(make_product("cups", name="Tassen Tassenset Becher", added_by=staff))
        acme.language = "de"
        acme.save(update_fields=["language"])

    assert found(acme_client, text) == ["cups"]


@pytest.mark.parametrize("text", ["mug", "mugs tea", "stoneware te", "copper ketlle", "mug soup t"])
def test_frequent_words_find_the_same_products(acme_client, shelf, monkeypatch, text):
    codes = found(acme_client, text)
    monkeypatch.setattr(search_statements, "FREQUENT", 1)

    assert found(acme_client, text) == codes != []


def test_drafts_do_not_displace_products_of_a_frequent_word(acme_client, acme, staff, monkeypatch):
    monkeypatch.setattr(search_statements, "FREQUENT", 3)
    monkeypatch.setattr(search_statements, "_COMPARED", 2)
    with tenant_context(acme):
        index(*(make_product(f"mug-{n}", name="Mug", added_by=staff) for n in range(2)))
        drafts = [f"draft-{n}" for n in range(5)]
        index(*(make_product(c, name="Mug", published=False, added_by=staff) for c in drafts))

    assert found(acme_client, "mug") == ["mug-1", "mug-0"]


def test_search_in_an_unknown_collection_finds_nothing(acme_client, shelf):
    assert found(acme_client, "kettle", collection=uuid4()) == []

"""`manage.py rebuild_search`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.products.models import SearchSpelling, SearchWord
from apps.products.search import index as search_index
from apps.tenants.context import tenant_context
from tests.apps.products.factories import index, make_product


def rows():
    words = SearchWord.objects.values_list("product__code", "word", "weight")
    return {*words}, {*SearchSpelling.objects.values_list("spelling", "word")}


@pytest.fixture
def shelves(acme, globex, staff, globex_owner):
    for tenant, person in ((acme, staff), (globex, globex_owner)):
        with tenant_context(tenant):
            products = [
                make_product("mug", name="Stoneware mugs", sku="KT-INS114", added_by=person),
                make_product("pot", name="Stoneware pot", added_by=person),
                make_product(
                    "cup", name="Running cup", description="<p>Of tin.</p>", added_by=person
                ),
            ]
            index(*products)


def test_lost_index_is_rebuilt(acme, globex, shelves, monkeypatch):
    monkeypatch.setattr(search_index, "REBUILD_BATCH", 2)
    with tenant_context(globex):
        theirs = rows()
    with tenant_context(acme):
        before = rows()
        assert all(before)
        SearchWord.objects.filter(product__code="mug").delete()
        SearchSpelling.objects.filter(word="stoneware").delete()
    out = StringIO()

    call_command("rebuild_search", "acme", stdout=out)

    assert out.getvalue() == "Indexed 3 products.\n"
    with tenant_context(acme):
        assert rows() == before
    with tenant_context(globex):
        assert rows() == theirs


def test_rebuilt_index_has_the_stems_of_a_new_language_and_no_old_words(acme, shelves):
    with tenant_context(acme):
        words, _ = rows()
        assert ("cup", "~run", 100) in words
        SearchSpelling.objects.create(spelling="old", word="old")
        acme.language = "de"
        acme.save(update_fields=["language"])

    call_command("rebuild_search", "acme", stdout=StringIO())

    with tenant_context(acme):
        words, spellings = rows()
    assert ("cup", "~run", 100) not in words
    assert ("cup", "running", 100) in words
    assert "old" not in {word for _, word in spellings}


def test_unknown_shop_is_refused(db):
    with pytest.raises(CommandError, match="There is no shop with the code none"):
        call_command("rebuild_search", "none")

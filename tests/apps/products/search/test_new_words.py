"""Products of the same moment with a word that is new to the shop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from apps.products.models import SearchSpelling
from apps.products.search.index import insert_spellings
from apps.products.search.words import spellings_of
from apps.tenants.batches import StatementBatch
from apps.tenants.context import tenant_context
from tests.apps.api.lists import statements
from tests.load.locks import wait_for_waiters

WORD = "zebra"


@pytest.fixture
def client(acme_client, staff):
    return acme_client.as_(staff)


def spellings(tenant):
    with tenant_context(tenant):
        return {*SearchSpelling.objects.filter(word=WORD).values_list("spelling", flat=True)}


def create_beside(client, acme, *, is_committed):
    """Create a product with the word, beside a transaction that has begun to insert it."""

    def create():
        try:
            return client.post("/api/products/", {"name": WORD, "code": "1"})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with tenant_context(acme), transaction.atomic(), connection.cursor() as cursor:
            insert_spellings([WORD], StatementBatch())  # which is not sent
            created = pool.submit(create)
            wait_for_waiters(cursor, "search_spellings", 1)
            transaction.set_rollback(not is_committed)
        return created.result(timeout=20)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_new_word_of_a_product_that_is_rolled_back_is_inserted_by_the_next(client, acme):
    assert create_beside(client, acme, is_committed=False).status_code == 201

    assert spellings(acme) == spellings_of(WORD)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_new_word_of_a_product_that_is_committed_is_left_to_it(client, acme):
    """The control: had the next inserted it as well, the test above could not fail."""
    assert create_beside(client, acme, is_committed=True).status_code == 201

    assert spellings(acme) == {WORD} < spellings_of(WORD)


def test_words_are_locked_before_the_codes_that_contain_them(client, acme):
    """In this order everywhere: others would wait for each other, as a new product inserts both."""
    created = client.post("/api/products/", {"name": "Mug", "code": "mug"}).json()

    with statements() as sent:
        client.patch(f"/api/products/{created['id']}/", {"code": "zebra-cup"})

    [words] = [i for i, sql in enumerate(sent) if "INSERT INTO search_spellings" in sql][:1]
    [code] = [i for i, sql in enumerate(sent) if 'UPDATE "products"' in sql]
    assert words < code

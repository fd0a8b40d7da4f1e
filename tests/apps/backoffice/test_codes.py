from __future__ import annotations

import pytest

from apps.backoffice.codes import free_code
from apps.products.models import Product
from apps.tenants.context import tenant_context
from tests.apps.api.lists import statements
from tests.apps.products.factories import make_product


@pytest.fixture
def mugs(acme, people):
    """Two products whose codes are taken."""
    with tenant_context(acme):
        return [make_product(code, added_by=people["owner"]) for code in ("mug", "mug-2")]


@pytest.mark.parametrize(("name", "code"), [("Pot", "pot"), ("Mug!", "mug-3"), ("Café", "café")])
def test_code_is_the_first_that_is_free(acme, mugs, name, code):
    with tenant_context(acme):
        assert free_code(Product, name) == code


def test_name_without_a_letter_has_no_code_and_takes_no_query(acme, mugs):
    with tenant_context(acme), statements() as sent:
        assert free_code(Product, "!!!") == ""
    assert sent == []


def test_code_of_another_shop_is_free_here(acme, globex, mugs):
    with tenant_context(globex):
        assert free_code(Product, "Mug") == "mug"

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.products.models import ProductTag, StockMovement
from apps.tenants.batches import StatementBatch
from apps.tenants.context import tenant_context
from apps.tenants.exceptions import CrossTenantWrite, NoActiveTenant
from tests.apps.products.factories import make_product, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(in_acme):
    return make_product("mug")


def names():
    return sorted(ProductTag.objects.values_list("name", flat=True))


def test_rows_are_inserted_in_one_message(mug):
    batch = StatementBatch()
    batch.insert([ProductTag(product=mug, name="tea"), ProductTag(product=mug, name="gift")])
    batch.insert([ProductTag(product=mug, name="new")])

    with CaptureQueriesContext(connection) as sent:
        batch.send()

    assert len(sent) == 1
    assert names() == ["gift", "new", "tea"]


def test_statements_run_in_the_order_of_their_addition(mug):
    batch = StatementBatch()
    batch.add("UPDATE product_tags SET name = %s WHERE name = %s", ["early", "tea"])
    batch.insert([ProductTag(product=mug, name="tea")])
    batch.add("UPDATE product_tags SET name = %s WHERE name = %s", ["late", "tea"])

    batch.send()

    assert names() == ["late"]


def test_rows_of_the_last_statement_are_returned(mug):
    batch = StatementBatch()
    batch.insert([ProductTag(product=mug, name="tea")])
    batch.add("UPDATE product_tags SET name = upper(name) RETURNING name", [])

    assert batch.send() == [("TEA",)]


def test_inserted_row_is_like_one_that_was_read(mug):
    tag = ProductTag(product=mug, name="tea")
    batch = StatementBatch()

    batch.insert([tag])
    batch.send()
    tag.name = "gift"
    tag.save()

    assert names() == ["gift"]


def test_defaults_of_the_database_apply(mug):
    variant = make_variant(mug)
    location = variant.stock_items.get().location
    movement = StockMovement(
        variant=variant, location=location, delta=1, quantity=6, reason="counted"
    )
    batch = StatementBatch()

    batch.insert([movement])
    batch.send()

    assert StockMovement.objects.get(pk=movement.pk).created_at is not None


def test_failure_inserts_nothing(mug):
    batch = StatementBatch()
    batch.insert([ProductTag(product=mug, name="tea")])
    batch.insert([ProductTag(product=mug, name="")])

    with pytest.raises(IntegrityError), transaction.atomic():
        batch.send()

    assert names() == []


def test_row_of_another_tenant_is_refused(mug, globex):
    tag = ProductTag(product=mug, name="tea")
    tag.tenant = mug.tenant

    with tenant_context(globex), pytest.raises(CrossTenantWrite):
        StatementBatch().insert([tag])


def test_without_a_tenant_nothing_is_inserted(acme):
    with pytest.raises(NoActiveTenant):
        StatementBatch().insert([ProductTag(name="tea")])


def test_policies_apply_to_what_a_batch_sends(mug, globex):
    """The rows were added while another tenant was active, which the database refuses."""
    batch = StatementBatch()
    batch.insert([ProductTag(product=mug, name="tea")])

    refused = pytest.raises(ProgrammingError, match="row-level security")
    with tenant_context(globex), refused, transaction.atomic():
        batch.send()

    assert names() == []


def test_empty_batch_sends_nothing(in_acme, django_assert_num_queries):
    batch = StatementBatch()
    batch.insert([])

    with django_assert_num_queries(0):
        batch.send()

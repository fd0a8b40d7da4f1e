"""Files may contain the same values as the models."""

from apps.products import models
from apps.products.csv import cells, money, records, values
from apps.products.csv.assembling import MAX_IMAGES
from apps.products.models.stock import MAX_QUANTITY
from apps.products.serializers import products


def max_length(model, name):
    return model._meta.get_field(name).max_length


def test_limits_are_those_of_the_models():
    assert money.MAX_AMOUNT == models.MAX_AMOUNT
    assert values.MAX_INTEGER == MAX_QUANTITY
    assert tuple(models.Product.Status.values) == values.STATUSES
    assert records.MAX_OPTIONS == models.MAX_OPTIONS
    assert records.MAX_VARIANTS == models.MAX_VARIANTS
    assert max_length(models.Product, "description") == values.MAX_DESCRIPTION
    assert {max_length(models.Product, name) for name in ("name", "code", "vendor")} == {
        values.MAX_TEXT
    }
    assert max_length(models.Image, "source_url") >= values.MAX_URL
    assert max_length(models.Image, "alt") == cells.MAX_ALT
    assert (values.MAX_TAGS, MAX_IMAGES) == (products.MAX_TAGS, products.MAX_IMAGES)

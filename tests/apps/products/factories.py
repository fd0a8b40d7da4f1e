"""Products for tests, in the active tenant."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar, get_type_hints

from django.db import models

from apps.products.models import (
    CatalogueVersion,
    Collection,
    CollectionProduct,
    Image,
    ImportMessage,
    Location,
    Option,
    OptionValue,
    Product,
    ProductImport,
    ProductTag,
    SearchSpelling,
    SearchWord,
    StockItem,
    StockMovement,
    Variant,
    VariantImage,
)
from apps.products.search.index import searchable, write_index
from apps.tenants.batches import StatementBatch
from tests.apps.users.factories import first_user

RowT = TypeVar("RowT", bound=models.Model)

_numbers = count(1)


def make_product(code: str | None = None, *, published: bool = True, **fields: Any) -> Product:
    """Return a product without a variant, or with one that has `price`, `sku` or `stock`."""
    code = code or f"product-{next(_numbers)}"
    of_variant = {name: fields.pop(name) for name in ("price", "sku", "stock") if name in fields}
    if "added_by" not in fields:
        fields["added_by"] = first_user()
    fields = {"status": "active" if published else "draft", "name": code.title()} | fields
    product = Product.objects.create(code=code, **fields)
    if of_variant:
        product.default_variant = make_variant(product, **of_variant)
        product.save(update_fields=["default_variant"])
    return product


def index(*products: Product) -> None:
    """Let the search find the products."""
    rows = Product.objects.filter(pk__in=[p.pk for p in products]).with_details()
    batch = StatementBatch()
    write_index({row.pk: searchable(row).words() for row in rows}, batch)
    batch.send()


def make_variant(product: Product | None = None, *, stock: int = 0, **fields: Any) -> Variant:
    product = product or make_product()
    fields = {"position": product.variants.count(), "price": 1900, **fields}
    variant = Variant.objects.create(product=product, **fields)
    make_stock_item(variant, quantity=stock)
    return variant


def make_stock_item(variant: Variant | None = None, *, quantity: int = 5) -> StockItem:
    location_id = Location.objects.get_default_id()
    if variant is None:
        variant = make_bare_variant()
    return StockItem.objects.create(variant=variant, location_id=location_id, quantity=quantity)


def make_image(product: Product | None = None, **fields: Any) -> Image:
    product = product or first(make_product)
    ready = {
        "content_hash": f"{next(_numbers):064x}",
        "status": "ready",
        "width": 800,
        "height": 600,
        "size": 1000,
        "color": "#c0ffee",
        "position": product.images.count(),
    }
    return Image.objects.create(product=product, **{**ready, **fields})


def make_collection(code: str | None = None, **fields: Any) -> Collection:
    code = code or f"collection-{next(_numbers)}"
    return Collection.objects.create(code=code, **{"name": code.title(), **fields})


# Rows of each model, which share their parents: the first of the shop.


def first(make: Callable[[], RowT]) -> RowT:
    """Return the shop's first row of the model that `make` makes, or make one."""
    model: Any = get_type_hints(make)["return"]
    return model.objects.order_by("pk").first() or make()


def make_product_row() -> Product:
    """Return a product to which nothing refers, but the first of a shop has a variant."""
    product = make_product()
    product.default_variant = first(make_bare_variant)
    product.save(update_fields=["default_variant"])
    return product


def make_bare_variant() -> Variant:
    """Return a variant without stock."""
    product = first(make_product)
    return Variant.objects.create(product=product, position=product.variants.count())


def make_variant_row() -> Variant:
    """Return a variant with a value that no other has, and with two that others may have."""
    value, other = make_option_value(), first(make_option_value)
    return Variant.objects.create(
        product=first(make_product), position=0, value1=value, value2=other, value3=other
    )


def make_location() -> Location:
    return Location.objects.create(name=f"place-{next(_numbers)}")


def make_stock_movement() -> StockMovement:
    variant, location = first(make_bare_variant), first(make_location)
    return variant.movements.create(
        location=location, delta=1, quantity=6, reason="found", user=first_user()
    )


def make_tag() -> ProductTag:
    return first(make_product).tags.create(name=f"tag-{next(_numbers)}")


def make_option() -> Option:
    return first(make_product).options.create(name=f"option-{next(_numbers)}", position=0)


def make_option_value() -> OptionValue:
    return first(make_option).values.create(name=f"value-{next(_numbers)}", position=0)


def make_variant_image() -> VariantImage:
    return make_bare_variant().variant_images.create(image=first(make_image))


def make_place() -> CollectionProduct:
    return make_collection().places.create(product=first(make_product), position=0)


def make_search_word() -> SearchWord:
    return first(make_product).search_words.create(word=f"word-{next(_numbers):06}", weight=1)


def make_search_spelling() -> SearchSpelling:
    return SearchSpelling.objects.create(spelling="wor", word=f"word-{next(_numbers):06}")


def make_import() -> ProductImport:
    return ProductImport.objects.create(filename="products.csv", user=first_user())


def make_import_message() -> ImportMessage:
    return first(make_import).messages.create(line=2, code="bad_price", message="Not a price.")


def make_catalogue_version() -> CatalogueVersion:
    return CatalogueVersion.objects.create(version=next(_numbers))

"""The catalogue of the active tenant, as a product file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO
from uuid import UUID

from django.db.models import Q

from apps.products.csv.records import ImageRecord, ProductRecord, VariantRecord
from apps.products.csv.writer import write_products
from apps.products.images.files import media_urls
from apps.products.models import Image, Product, Variant
from apps.tenants.context import require_active_tenant

_BATCH = 100


def write_export(file: BinaryIO, progress: Callable[[], object] = lambda: None) -> int:
    """Write all products in the order in which they were added, and return their number.

    `progress` is called after each product.
    """
    count = -1  # the header
    for chunk in write_products(_records(), require_active_tenant().currency):
        file.write(chunk)
        count += 1
        if count:
            progress()
    return count


def _records() -> Iterator[ProductRecord]:
    # Consumed within write_export(), so that the tenant stays active.
    last: Product | None = None
    while products := _products_after(last):
        yield from map(record_of, products)
        last = products[-1]


def _products_after(last: Product | None) -> list[Product]:
    products = Product.objects.with_details().order_by("added_on", "pk")
    if last is not None:
        products = products.filter(added_on__gte=last.added_on).filter(
            Q(added_on__gt=last.added_on) | Q(pk__gt=last.pk)
        )
    return list(products[:_BATCH])


def record_of(product: Product) -> ProductRecord:
    """Return the record of a product from `Product.objects.with_details()`."""
    addresses = {image.pk: image_address(image) for image in product.images.all()}
    return ProductRecord(
        code=product.code,
        fields={
            "name": product.name,
            "description": product.description,
            "vendor": product.vendor,
            "product_type": product.product_type,
            "tags": tuple(sorted(tag.name for tag in product.tags.all())),
            "status": product.status,
            "gift_card": product.is_gift_card,
        },
        options=tuple(option.name for option in product.options.all()),
        variants=tuple(_variant(variant, addresses) for variant in product.variants.all()),
        images=tuple(
            ImageRecord(url, image.alt, position)
            for position, (url, image) in enumerate(_images(product).items(), start=1)
        ),
    )


def _images(product: Product) -> dict[str, Image]:
    """Return the images that have an address, by it."""
    images: dict[str, Image] = {}
    for image in product.images.all():
        if url := image_address(image):
            images.setdefault(url, image)
    return images


def image_address(image: Image) -> str:
    """Return where the image can be fetched from: its source, or the shop if it was uploaded.

    The address of an upload that is not ready is "".
    """
    if image.source_url or image.status != Image.Status.READY or image.width is None:
        return image.source_url
    return [*media_urls(image.content_hash, image.width).values()][-1]


def _variant(variant: Variant, addresses: Mapping[UUID, str]) -> VariantRecord:
    urls = (addresses[row.image_id] for row in variant.variant_images.all())
    values = filter(None, (variant.value1, variant.value2, variant.value3))
    return VariantRecord(
        options={value.option.name: value.name for value in values},
        fields={
            "sku": variant.sku,
            "price": variant.price,
            "compare_at_price": variant.compare_at_price,
            "barcode": variant.barcode,
            "weight": variant.weight,
            "stock": variant.stock,
            "stock_policy": variant.stock_policy,
            "requires_shipping": variant.requires_shipping,
            "taxable": variant.is_taxable,
            "image_url": next(filter(None, urls), ""),
        },
    )

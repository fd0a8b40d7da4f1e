"""The rows of a demo shop."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from apps.demo.catalogue import DemoPicture, DemoShop, pictures_of, product_data
from apps.demo.jobs import draw_image
from apps.products.changes import Changes
from apps.products.editing import ProductEditor
from apps.products.models import CatalogueVersion, Collection, Product
from apps.products.quotas import size_of
from apps.users.models import User


def fill_shop(shop: DemoShop, user: User) -> None:
    """Create the products and collections of the active tenant, in the caller's transaction.

    Jobs draw the pictures.
    """
    changes = Changes(user, "initial")
    products: dict[str, Product] = {}
    pictures: list[dict[UUID, DemoPicture]] = []
    for item in reversed(shop.products):  # so that the first is the newest, which lists begin with
        editor = ProductEditor(Product(added_by=user), changes)
        found = pictures_of(shop, item)
        editor.set_images([{"alt": picture.alt} for picture in found])
        images = dict(zip((image.pk for image in editor.images), found, strict=True))
        editor.apply(product_data(shop, item, images))
        products[item.code] = editor.product
        pictures.append(images)
    changes.save()
    _create_collections(shop, products)
    size = sum(size_of(vars(product)) for product in products.values())
    CatalogueVersion.objects.increase(products=len(products), size=size)
    _enqueue(pictures[::-1])


def _create_collections(shop: DemoShop, products: dict[str, Product]) -> None:
    for item in shop.collections:
        kind = Collection.Kind.RULES if item.rules else Collection.Kind.MANUAL
        collection = Collection.objects.create(
            code=item.code,
            name=item.name,
            description=item.html(),
            kind=kind,
            rules=item.rules,
        )
        collection.set_products([products[code].pk for code in item.products])


def _enqueue(pictures: list[dict[UUID, DemoPicture]]) -> None:
    """Enqueue the first pictures of all products, then the second ones, and so on."""
    ranked = [
        (rank, key, image)
        for images in pictures
        for rank, (key, image) in enumerate(images.items())
    ]
    for _, key, image in sorted(ranked, key=lambda each: each[0]):
        draw_image.enqueue(str(key), asdict(image.picture))

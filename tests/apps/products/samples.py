from __future__ import annotations

import random
from io import BytesIO
from typing import Any

from apps.products.images import files
from tests.apps.products import factories
from tests.apps.products.factories import make_product
from tests.apps.products.images.pictures import picture
from tests.isolation.samples import OMITTED, Kind, Plain, Rows, first_cursor, new_code


def product_code(shop: Any, operation: Any) -> str:
    return str(make_product().code)


ROWS = {
    "products.CatalogueVersion": Rows(factories.make_catalogue_version, "version", 1),
    "products.Collection": Rows(factories.make_collection, "name"),
    "products.CollectionProduct": Rows(factories.make_place, "position", 7),
    "products.Image": Rows(factories.make_image, "alt"),
    "products.ImportMessage": Rows(factories.make_import_message, "message"),
    "products.Location": Rows(factories.make_location, "name"),
    "products.Option": Rows(factories.make_option, "name"),
    "products.OptionValue": Rows(factories.make_option_value, "name"),
    "products.Product": Rows(factories.make_product_row, "name"),
    "products.ProductImport": Rows(factories.make_import, "filename"),
    "products.ProductTag": Rows(factories.make_tag, "name"),
    "products.SearchSpelling": Rows(factories.make_search_spelling, "word"),
    "products.SearchWord": Rows(factories.make_search_word, "weight", 7),
    "products.StockItem": Rows(factories.make_stock_item, "quantity", 7),
    "products.StockMovement": Rows(factories.make_stock_movement, "reason"),
    "products.Variant": Rows(factories.make_variant_row, "sku"),
    "products.VariantImage": Rows(factories.make_variant_image, "position", 7),
}


def first(make: Any) -> Any:
    return lambda shop, operation: str(factories.first(make).pk)


def placed_product(shop: Any, operation: Any) -> str:
    """Return the id of a product in the first collection."""
    product = make_product()
    factories.first(factories.make_collection).places.create(product=product, position=0)
    return str(product.pk)


def one_of_two_variants(shop: Any, operation: Any) -> str:
    factories.make_bare_variant()
    return str(factories.make_bare_variant().pk)


def cursor_of_collection(shop: Any, operation: Any) -> str:
    placed_product(shop, operation), placed_product(shop, operation)
    collection = factories.first(factories.make_collection)
    return first_cursor(
        shop, COLLECTION.format(collection_pk=collection.pk), shop.new_user("owner")
    )


def filled_collection(shop: Any, operation: Any) -> str:
    collection = factories.first(factories.make_collection)
    if not collection.places.exists():
        placed_product(shop, operation)
    return str(collection.pk)


def indexed_word(shop: Any, operation: Any) -> str:
    """Return a word that the search finds, in a product that is marked."""
    from tests.isolation.shops import TEXT, WORD

    factories.index(make_product(name=TEXT))
    return WORD


def image(shop: Any, operation: Any) -> str:
    return str(factories.make_image().pk)


def rendition(shop: Any, operation: Any) -> str:
    """Return the digest of an image that is stored with one rendition."""
    digest = f"{random.getrandbits(256):064x}"
    files.save(files.rendition_name(digest, 160), BytesIO(b"an image"))
    return digest


WORDS = Kind(own=lambda shop, operation: "words", taken=lambda shop, operation: "findable")

PRODUCTS, PRODUCT = "/api/products/", "/api/products/{pk}/"
VARIANTS, VARIANT = (
    "/api/products/{product_pk}/variants/",
    "/api/products/{product_pk}/variants/{pk}/",
)
COLLECTION = "/api/collections/{collection_pk}/products/"

KINDS = {
    "code": Kind(own=new_code, taken=product_code),
    **dict.fromkeys(
        ("alt", "barcode", "product_type", "reason", "sku", "tag", "tags", "value", "values"), WORDS
    ),
    "vendor": WORDS,
    "q": Kind(own=lambda shop, operation: "words", taken=indexed_word),
    f"{COLLECTION} collection_pk": Kind(own=filled_collection),
    "/api/products/{product_pk}/images/ file": Plain(picture("PNG")),
    "digest": Kind(own=rendition),
    "width": Plain(160),
    "ids": Kind(own=lambda shop, operation: shop.row("products.Product")),
    "product": Kind(own=lambda shop, operation: shop.row("products.Product")),
    "products": Kind(own=lambda shop, operation: shop.row("products.Product")),
    "images": Kind(own=image),
    "collection": Kind(own=lambda shop, operation: shop.row("products.Collection")),
    "product_pk": Kind(own=first(make_product)),
    "variant_pk": Kind(own=first(factories.make_bare_variant)),
    "collection_pk": Kind(own=first(factories.make_collection)),
    f"{COLLECTION} cursor": Kind(own=cursor_of_collection),
    f"{COLLECTION}{{pk}}/ pk": Kind(own=placed_product),
    "delta": Plain(1),
    "rules/conditions/field": OMITTED,
    "rules/conditions/value": OMITTED,
    # Of the first product. Either an id or an address; and a new product has rows without an id.
    f"{PRODUCT} pk": Kind(own=first(make_product)),
    f"{PRODUCT} variants/id": Kind(own=first(factories.make_bare_variant)),
    f"{PRODUCT} images/id": Kind(own=image),
    f"{PRODUCT} options/name": OMITTED,
    f"{PRODUCT} options/values": OMITTED,
    "images/alt": OMITTED,
    "images/source_url": OMITTED,
    f"{PRODUCTS} variants/id": OMITTED,
    f"{PRODUCTS} variants/images": OMITTED,
    f"{PRODUCTS} images/id": OMITTED,
    f"{VARIANT} pk": Kind(own=one_of_two_variants),
    # The options of the first variant have to be those of the product.
    f"{PRODUCTS} variants/options": Plain({"words": "words"}),
    f"{PRODUCT} variants/options": OMITTED,
    f"{VARIANTS} options": OMITTED,
    f"{VARIANT} options": OMITTED,
}

PUBLIC_VIEWS = {
    "ProductViewSet": "shoppers read the active products",
    "VariantViewSet": "shoppers read the variants of active products",
    "ImageViewSet": "shoppers see the images of active products",
    "SuggestView": "shoppers search the active products",
    "CollectionViewSet": "shoppers read the published collections",
    "CollectionProductViewSet": "shoppers read the active products of a collection",
}

from __future__ import annotations

from typing import Any

from tests.apps.products import factories
from tests.apps.products.factories import make_product
from tests.isolation.samples import Kind, Rows, new_code


def product_code(shop: Any, operation: Any) -> str:
    return str(make_product().code)


ROWS = {
    "products.CatalogueVersion": Rows(factories.make_catalogue_version, "version", 1),
    "products.Collection": Rows(factories.make_collection, "name"),
    "products.CollectionProduct": Rows(factories.make_place, "position", 7),
    "products.Image": Rows(factories.make_image, "alt"),
    "products.ImportMessage": Rows(factories.make_import_message, "detail"),
    "products.Location": Rows(factories.make_location, "name"),
    "products.Option": Rows(factories.make_option, "name"),
    "products.OptionValue": Rows(factories.make_option_value, "name"),
    "products.Product": Rows(factories.make_product_row, "name"),
    "products.ProductImport": Rows(factories.make_import, "filename"),
    "products.ProductTag": Rows(factories.make_tag, "name"),
    "products.SearchGram": Rows(factories.make_search_gram, "word"),
    "products.SearchWord": Rows(factories.make_search_word, "weight", 7),
    "products.StockItem": Rows(factories.make_stock_item, "quantity", 7),
    "products.StockMovement": Rows(factories.make_stock_movement, "reason"),
    "products.Variant": Rows(factories.make_variant_row, "sku"),
    "products.VariantImage": Rows(factories.make_variant_image, "position", 7),
}

KINDS = {
    "code": Kind(own=new_code, taken=product_code),
}

PUBLIC_VIEWS = {"ProductViewSet": "shoppers read the published products"}

from apps.products.models.collections import Collection, CollectionProduct
from apps.products.models.images import Image, VariantImage
from apps.products.models.imports import ImportMessage, ProductImport
from apps.products.models.options import MAX_OPTIONS, Option, OptionValue
from apps.products.models.products import Product, ProductTag
from apps.products.models.search import SearchSpelling, SearchWord
from apps.products.models.stock import Location, StockItem, StockMovement
from apps.products.models.variants import MAX_AMOUNT, MAX_VARIANTS, Variant
from apps.products.models.versions import CatalogueVersion, catalogue_change

__all__ = [
    "MAX_AMOUNT",
    "MAX_OPTIONS",
    "MAX_VARIANTS",
    "CatalogueVersion",
    "Collection",
    "CollectionProduct",
    "Image",
    "ImportMessage",
    "Location",
    "Option",
    "OptionValue",
    "Product",
    "ProductImport",
    "ProductTag",
    "SearchSpelling",
    "SearchWord",
    "StockItem",
    "StockMovement",
    "Variant",
    "VariantImage",
    "catalogue_change",
]

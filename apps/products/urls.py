from django.urls import path
from rest_framework.routers import Route, SimpleRouter

from apps.products.views.collections import CollectionProductViewSet, CollectionViewSet
from apps.products.views.images import ImageViewSet
from apps.products.views.imports import ExportProductsView, ImportProductsView, ImportViewSet
from apps.products.views.products import ProductViewSet
from apps.products.views.search import SuggestView
from apps.products.views.variants import StockViewSet, VariantViewSet


class BulkRouter(SimpleRouter):
    """A router that maps PATCH of a list to `bulk_update`, and PUT to `replace`."""

    routes = [
        route._replace(mapping={**route.mapping, "patch": "bulk_update", "put": "replace"})
        if isinstance(route, Route) and route.name == "{basename}-list"
        else route
        for route in SimpleRouter.routes
    ]


PRODUCT = r"products/(?P<product_pk>[^/.]+)"
COLLECTION = r"collections/(?P<collection_pk>[^/.]+)"

router = BulkRouter()
router.register("products", ProductViewSet, basename="product")
router.register(rf"{PRODUCT}/variants", VariantViewSet, basename="variant")
router.register(rf"{PRODUCT}/variants/(?P<variant_pk>[^/.]+)/stock", StockViewSet, basename="stock")
router.register(rf"{PRODUCT}/images", ImageViewSet, basename="image")
router.register("collections", CollectionViewSet, basename="collection")
router.register(rf"{COLLECTION}/products", CollectionProductViewSet, basename="place")

router.register("imports", ImportViewSet, basename="import")

urlpatterns = [
    path("products/import/", ImportProductsView.as_view(), name="import-products"),
    path("products/export.csv", ExportProductsView.as_view(), name="export-products"),
    *router.urls,
    path("search/suggest/", SuggestView.as_view(), name="suggest"),
]

from __future__ import annotations

from tests.apps.backoffice.factories import make_saved_view
from tests.apps.products.factories import make_collection, make_import, make_product
from tests.isolation.samples import Kind, Rows

PRODUCT = Kind(own=lambda shop, operation: str(make_product(price=100).pk))

ROWS = {"backoffice.SavedView": Rows(make_saved_view, "query")}

KINDS = {
    "/admin/products/{pk} pk": PRODUCT,
    "/admin/products/{pk}/preview pk": PRODUCT,
    "/admin/collections/{pk} pk": Kind(own=lambda shop, operation: str(make_collection().pk)),
    "/admin/imports/{pk} pk": Kind(own=lambda shop, operation: str(make_import().pk)),
}

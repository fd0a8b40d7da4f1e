"""A shop's site of which every answer is right, and one view harms another shop."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from apps.products.views.products import ProductViewSet
from apps.tenants.context import require_active_tenant
from multitenant import urls_shop
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401


def change_a_row_elsewhere() -> None:
    """Change a row of another shop than the active one, bypassing all isolation.

    In a column that no operation looks at.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE products SET description = description || '!' WHERE id ="
            " (SELECT id FROM products WHERE tenant_id <> %s ORDER BY id LIMIT 1)",
            [require_active_tenant().pk],
        )


class HarmfulViewSet(ProductViewSet):
    def initial(self, *args: Any, **kwargs: Any) -> None:
        super().initial(*args, **kwargs)
        change_a_row_elsewhere()


router = SimpleRouter()
router.register("products", HarmfulViewSet, basename="harmful")

urlpatterns = [path("api/", include(router.urls)), *urls_shop.urlpatterns]

from __future__ import annotations

from typing import Any

from tests.apps.products.factories import make_product
from tests.isolation.samples import Kind, Rows, new_code


def product_code(shop: Any, operation: Any) -> str:
    return str(make_product().code)


ROWS = {"products.Product": Rows(make_product, text="name")}

KINDS = {
    "code": Kind(own=new_code, taken=product_code),
}

PUBLIC_VIEWS = {"ProductViewSet": "shoppers read the published products"}

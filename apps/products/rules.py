"""Rules that select the products of a collection.

`{"match": "all" | "any", "conditions": [{"field": "tag", "value": "sale"}, ...]}`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

if TYPE_CHECKING:
    from apps.products.managers import ProductQuerySet

MATCHES: Final = {"all": and_, "any": or_}
MAX_CONDITIONS: Final = 20

#: The conditions by the field that they name.
CONDITIONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "tag": lambda products, value: Q(products.has_tag(value)),
    "vendor": lambda products, value: Q(vendor=value),
    "product_type": lambda products, value: Q(product_type=value),
    "price_min": lambda products, value: Q(products.has_variant(Q(price__gte=value))),
    "price_max": lambda products, value: Q(products.has_variant(Q(price__lte=value))),
}
AMOUNTS: Final = ("price_min", "price_max")


def select(products: ProductQuerySet, rules: Mapping[str, Any]) -> ProductQuerySet:
    """Return the products that the rules select, none without a condition."""
    conditions = [
        CONDITIONS[condition["field"]](products, condition["value"])
        for condition in rules.get("conditions", [])
    ]
    if not conditions:
        return products.none()
    return products.filter(reduce(MATCHES[rules["match"]], conditions))

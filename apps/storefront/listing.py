"""A page of products: filtered, sorted, and with links to other choices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.products.managers import IN_STOCK, ProductQuerySet
from apps.products.models import MAX_AMOUNT
from apps.shops.currencies import exponent_of
from apps.tenants.context import require_active_tenant

PAGE_SIZE: Final = 24
#: An offset makes later pages slower.
MAX_PAGE: Final = 200
MAX_FACETS: Final = 12

#: What the form of prices passes on.
_KEPT: Final = ("q", "sort", "type", "vendor", "available")

SORTS: Final = {
    "newest": "-added_on",
    "price": "lowest_price",
    "-price": "-lowest_price",
    "name": "name",
}
SORT_NAMES: Final = {
    "": _("Recommended"),
    "newest": _("Newest"),
    "price": _("Price, lowest first"),
    "-price": _("Price, highest first"),
    "name": _("Name, A to Z"),
}


class ListingForm(forms.Form):
    """Choices of a reader. Prices are in units of the currency, such as 24.50."""

    sort = forms.ChoiceField(choices=list(SORT_NAMES.items()), required=False)
    type = forms.CharField(max_length=255, required=False)
    vendor = forms.CharField(max_length=255, required=False)
    min = forms.DecimalField(min_value=0, max_digits=13, required=False)
    max = forms.DecimalField(min_value=0, max_digits=13, required=False)
    available = forms.BooleanField(required=False)
    page = forms.IntegerField(min_value=1, max_value=MAX_PAGE, required=False)


@dataclass(frozen=True)
class Facet:
    """A value that products of the list have, and the query that selects those."""

    name: str
    count: int
    is_chosen: bool
    query: str


@dataclass(frozen=True)
class Listing:
    products: list[Any]
    page: int
    previous: str | None
    next: str | None
    sort: str
    sorts: list[tuple[Any, bool, str]]
    types: list[Facet]
    vendors: list[Facet]
    available: Facet
    #: The chosen prices, as they are typed.
    prices: dict[str, str]
    #: Hidden fields of the form of prices.
    kept: list[tuple[str, str]]
    is_filtered: bool
    cleared: str

    @property
    def lead(self) -> Any:
        """The first product with a picture, which is fetched at once."""
        return next((product for product in self.products if product.first_images), None)


def listing(products: ProductQuerySet, query: QueryDict, *, order: list[str]) -> Listing:
    """Return the page of `products` that `query` asks for; `order` is the one recommended.

    Invalid choices are ignored: links to a list outlive the values in them.
    """
    form = ListingForm(query)
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name) for name in form.fields}
    page, sort = chosen["page"] or 1, chosen["sort"] or ""
    found = _filtered(products, chosen)
    ordering = [SORTS[sort], "id"] if sort else order
    start = (page - 1) * PAGE_SIZE
    rows = list(found.with_cards().order_by(*ordering)[start : start + PAGE_SIZE + 1])
    has_next = len(rows) > PAGE_SIZE and page < MAX_PAGE
    filters = ("type", "vendor", "min", "max", "available")
    return Listing(
        products=rows[:PAGE_SIZE],
        page=page,
        previous=_link(query, page=page - 1 if page > 2 else None) if page > 1 else None,  # noqa: PLR2004
        next=_link(query, page=page + 1) if has_next else None,
        sort=sort,
        sorts=[
            (label, name == sort, _link(query, sort=name or None, page=None))
            for name, label in SORT_NAMES.items()
        ],
        types=_facets(products, query, "product_type", "type", chosen["type"]),
        vendors=_facets(products, query, "vendor", "vendor", chosen["vendor"]),
        available=Facet(
            "",
            0,
            bool(chosen["available"]),
            _link(query, available=None if chosen["available"] else "1", page=None),
        ),
        prices={name: query.get(name, "") for name in ("min", "max") if chosen[name] is not None},
        kept=[(name, str(query[name])) for name in _KEPT if query.get(name)],
        is_filtered=any(chosen[name] not in {None, "", False} for name in filters),
        cleared=_link(query, page=None, **dict.fromkeys(filters)),
    )


def _filtered(products: ProductQuerySet, chosen: dict[str, Any]) -> ProductQuerySet:
    if chosen["type"]:
        products = products.filter(product_type=chosen["type"])
    if chosen["vendor"]:
        products = products.filter(vendor=chosen["vendor"])
    condition = IN_STOCK if chosen["available"] else Q()
    for name, lookup in (("min", "price__gte"), ("max", "price__lte")):
        if chosen[name] is not None:
            condition &= Q(**{lookup: _minor_units(chosen[name])})
    return products.filter(products.has_variant(condition)) if condition else products


def _minor_units(amount: Decimal) -> int:
    exponent = exponent_of(require_active_tenant().currency)
    return min(MAX_AMOUNT, int(amount.scaleb(exponent)))


def _facets(
    products: ProductQuerySet, query: QueryDict, field: str, name: str, chosen: str | None
) -> list[Facet]:
    """Return the most frequent values of a field, none if all products have the same one."""
    counts = products.order_by().exclude(**{field: ""}).values_list(field)
    rows = list(counts.annotate(count=Count("pk")).order_by("-count", field)[:MAX_FACETS])
    if len(rows) < 2 and not chosen:  # noqa: PLR2004 -- one value is no choice
        return []
    return [
        Facet(
            value,
            count,
            value == chosen,
            _link(query, page=None, **{name: None if value == chosen else value}),
        )
        for value, count in rows
    ]


def _link(query: QueryDict, **changes: Any) -> str:
    """Return the query string of `query` with other values; None removes one."""
    known = QueryDict(mutable=True)
    for name in ("q", *ListingForm.base_fields):
        if query.get(name):
            known[name] = str(query[name])
    for name, value in changes.items():
        known.pop(name, None)
        if value is not None:
            known[name] = str(value)
    return f"?{known.urlencode()}" if known else "?"

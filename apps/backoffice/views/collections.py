from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from apps.backoffice.codes import free_code
from apps.backoffice.places import in_places
from apps.backoffice.views.office import ListPage, OfficePage, cursor_of
from apps.pages.api import Answer, call
from apps.pages.parsers import form_data, form_of, integer_of, minor_units, rows_of
from apps.products.models import Collection
from apps.products.rules import AMOUNTS
from apps.products.views.collections import CollectionProductViewSet, CollectionViewSet
from apps.products.views.search import SuggestView

FIELDS = [
    ("", "—"),
    ("tag", _("Tag")),
    ("vendor", _("Brand")),
    ("product_type", _("Kind")),
    ("price_min", _("Price from")),
    ("price_max", _("Price to")),
]
NEW: dict[str, Any] = {"kind": "manual", "published": True, "rules": {}}


class CollectionsPage(ListPage):
    template_name = "backoffice/collections.html"
    section = "collections"
    api = CollectionViewSet


class CollectionPage(OfficePage):
    """The editor of a collection, or of a new one."""

    template_name = "backoffice/collection.html"
    section = "collections"
    fields = re.compile(r"(name|code|description|kind|published|rules)(/.*)?")

    def get_query(self) -> dict[str, str]:
        text = self.request.GET.get("find", "").strip()
        return {"find": text} if text else {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = form_of(request)
        data = collection_data(form)
        answer = self._save(form, data)
        if not answer.is_ok:
            values = None if form.get("_do") in {"delete", "products"} else data
            context = self.get_context_data(values=values, errors=answer.errors)
            return self.render_to_response(context)
        if form.get("_do") == "delete":
            return HttpResponseRedirect(f"{reverse('office_collections')}?done=deleted", status=303)
        pk = str(self.kwargs["pk"]) if self.kwargs else answer.data["id"]
        url = reverse("office_collection", args=[pk])
        return HttpResponseRedirect(f"{url}?done={'saved' if self.kwargs else 'added'}", status=303)

    def _save(self, form: MultiValueDict[str, str], data: dict[str, Any]) -> Answer:
        if not self.kwargs:
            return call(self.request, CollectionViewSet, "create", data=data, query={})
        pk = str(self.kwargs["pk"])
        match form.get("_do", ""):
            case "delete":
                return call(self.request, CollectionViewSet, "destroy", query={}, pk=pk)
            case "products":
                ids = chosen_products(form)
                return call(
                    self.request,
                    CollectionProductViewSet,
                    "replace",
                    data={"products": ids},
                    query={},
                    collection_pk=pk,
                )
        return call(self.request, CollectionViewSet, "partial_update", data=data, query={}, pk=pk)

    def read_products(self, pk: str, *, all_pages: bool) -> list[Any]:
        """Return the products in order: all of them if the form is to send them back."""
        query, found = {"page_size": "100"}, []
        while True:
            page = self.read(CollectionProductViewSet, "list", query, collection_pk=pk)
            found += page["results"]
            if not all_pages or page["next"] is None:
                return found
            query["cursor"] = cursor_of(page["next"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stored: dict[str, Any] = {}
        products: list[Any] = []
        found: list[Any] = []
        if self.kwargs:
            pk = str(self.kwargs["pk"])
            stored = self.read(CollectionViewSet, "retrieve", pk=pk)
            is_manual = stored["kind"] == Collection.Kind.MANUAL
            products = self.read_products(pk, all_pages=is_manual)
            if text := self.get_query().get("find"):
                found = self.read(SuggestView, "get", {"q": text[:100]})
        values = kwargs.pop("values", None) or stored or NEW
        conditions = values.get("rules", {}).get("conditions", [])
        return super().get_context_data(
            values=values,
            stored=stored,
            products=products,
            found=[row for row in found if row["id"] not in {p["id"] for p in products}],
            conditions=[*conditions, {"field": "", "value": ""}],
            fields=FIELDS,
            kinds=Collection.Kind.choices,
            is_manual=stored.get("kind") == Collection.Kind.MANUAL,
            **kwargs,
        )


def collection_data(form: MultiValueDict[str, str]) -> dict[str, Any]:
    """Return the data of a form, with the amounts of rules in minor units."""
    data = form_data(form)
    sent = data.get("rules")
    rules = sent if isinstance(sent, dict) else {}
    conditions = [each for each in rows_of(rules.get("conditions")) if each.get("field")]
    for condition in conditions:
        value = condition.setdefault("value", "")
        if condition["field"] in AMOUNTS and isinstance(value, str):
            condition["value"] = minor_units(value)
    data["rules"] = rules | {"conditions": conditions}
    if not data.get("code"):
        data["code"] = free_code(Collection, data.get("name", ""))
    return data


def chosen_products(form: MultiValueDict[str, str]) -> list[str]:
    """Return the ids that are kept or added, in the order of their positions."""
    removed, products = set(form.getlist("_remove")), form.getlist("_product")
    places = [integer_of(form.get(f"_position/{pk}", "")) for pk in products]
    kept = [pk for pk in in_places(products, places) if pk not in removed]
    return [*kept, *form.getlist("_add")]

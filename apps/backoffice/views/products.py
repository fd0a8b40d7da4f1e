from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from apps.backoffice.models import SavedView
from apps.backoffice.saved_views import remove_view, save_view
from apps.backoffice.views.office import ListPage, OfficePage
from apps.pages.api import Answer, call, respond
from apps.pages.parsers import form_data
from apps.products.models import Product
from apps.products.views.imports import ExportProductsView
from apps.products.views.products import ProductViewSet
from apps.products.views.variants import StockViewSet

STATUSES = [("", _("All")), *Product.Status.choices]


class ProductsPage(ListPage):
    """All products, with filters, bulk changes and the stock of those with one variant."""

    template_name = "backoffice/products.html"
    section = "products"
    api = ProductViewSet
    filters = ("status", "vendor", "product_type", "tag", "in_stock")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        ids = [row["id"] for row in context["rows"]]
        products = Product.objects.with_stock().select_related("default_variant").in_bulk(ids)
        for row in context["rows"]:
            row["product"] = products.get(UUID(row["id"]))
        tabs = [(value, label, self.link(status=value, cursor="")) for value, label in STATUSES]
        views = SavedView.objects.filter(user=self.user).order_by("name")
        return context | {
            "tabs": tabs,
            "status": self.request.GET.get("status", ""),
            "views": views,
            "here": self.link(cursor=""),
        }

    def submit(self, form: MultiValueDict[str, str]) -> Answer:
        """Change a saved view, the stock of one variant, or the status of chosen products."""
        match form.get("_do", ""):
            case "save-view":
                return save_view(self.user, form.get("name", ""), self.link(cursor=""))
            case "remove-view":
                return remove_view(self.user, form.get("name", ""))
        if variant_id := form.get("_stock"):
            data = form_data(form)
            return call(
                self.request,
                StockViewSet,
                "create",
                data={"delta": difference(data.get("old"), data.get("new")), "reason": "counted"},
                product_pk=form.get("_product", ""),
                variant_pk=variant_id,
            )
        data = {"ids": form.getlist("id"), "status": form.get("_do", "")}
        return call(self.request, ProductViewSet, "bulk_update", data=data, query={})

    def get_success_url(self, answer: Answer) -> str:
        return f"{self.request.path}{self.link(done='saved')}"


def difference(old: Any, new: Any) -> Any:
    """Return the change of a number; what is no number is left to the API to refuse."""
    return new - old if isinstance(old, int) and isinstance(new, int) else new


class ExportPage(OfficePage):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return respond(request, ExportProductsView, "get")


class DeleteProductPage(OfficePage):
    http_method_names = ["post"]

    def submit(self, form: MultiValueDict[str, str]) -> Answer:
        return call(self.request, ProductViewSet, "destroy", pk=str(self.kwargs["pk"]))

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('office_products')}?done=deleted"

    template_name = "backoffice/refused.html"

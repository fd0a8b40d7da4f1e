from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from apps.api.viewsets import etag_of
from apps.backoffice.codes import free_code
from apps.backoffice.product_form import MAX_OPTIONS, product_data
from apps.backoffice.views.office import OfficePage
from apps.pages.api import UPLOAD, Answer, call
from apps.pages.parsers import form_of
from apps.pages.views import PersonalPage
from apps.products.models import Product, Variant
from apps.products.views.images import ImageViewSet
from apps.products.views.products import ProductViewSet
from apps.storefront.views.pages import ProductView

NEW: dict[str, Any] = {"status": "draft", "options": [], "variants": [{"options": {}, "stock": 0}]}
_CONFLICT = 412


class ProductPage(OfficePage):
    """The editor of a product, or of a new one."""

    template_name = "backoffice/product.html"
    section = "products"
    fields = re.compile(
        r"(name|description|code|status|vendor|product_type|tags|options|images)(/.*)?"
        r"|variants/\d+/(price|compare_at_price|stock|sku|weight)"
    )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = form_of(request)
        data, errors = product_data(form)
        if not data.get("code"):
            data["code"] = free_code(Product, data.get("name", ""))
        if errors or form.get("_do") == "variants":
            return self.render_to_response(
                self.get_context_data(
                    values=data,
                    errors=errors,
                    is_changed=True,
                    etag=form.get("_etag", ""),
                )
            )
        answer = self.save(form, data)
        if answer.is_ok:
            done = "saved" if self.kwargs else "added"
            url = reverse("office_product", args=[answer.data["id"]])
            return HttpResponseRedirect(f"{url}?done={done}", status=303)
        return self.render_to_response(
            self.get_context_data(
                values=data,
                errors=answer.errors,
                is_conflict=answer.status == _CONFLICT,
                is_changed=True,
                etag=form.get("_etag", ""),
            )
        )

    def save(self, form: MultiValueDict[str, str], data: dict[str, Any]) -> Answer:
        if not self.kwargs:
            return call(self.request, ProductViewSet, "create", data=data, query={})
        pk, etag = str(self.kwargs["pk"]), ""
        if version := form.get("_etag"):
            stored = call(self.request, ProductViewSet, "retrieve", query={}, pk=pk)
            if not stored.is_ok:
                return stored
            if version != version_of(stored.data):
                return Answer(_CONFLICT, None)
            etag = stored.etag
        return call(
            self.request, ProductViewSet, "partial_update", data=data, query={}, etag=etag, pk=pk
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stored: dict[str, Any] = {}
        if self.kwargs:
            stored = self.read(ProductViewSet, "retrieve", pk=str(self.kwargs["pk"]))
            kwargs.setdefault("etag", version_of(stored))
        values = kwargs.pop("values", None) or stored or NEW
        options = [*values.get("options", []), {"name": "", "values": []}][:MAX_OPTIONS]
        names = [option["name"] for option in values.get("options", [])]
        rows = [
            {**row, "values": [row.get("options", {}).get(name) or "" for name in names]}
            for row in values.get("variants", [])
        ]
        return super().get_context_data(
            values={**values, "options": options, "variants": rows},
            stored=stored,
            images=images_of(values, stored),
            option_names=names,
            statuses=Product.Status.choices,
            policies=Variant.StockPolicy.choices,
            **kwargs,
        )


def version_of(product: dict[str, Any]) -> str:
    """Return a digest of what the form shows, which a job that renders its images leaves as is."""
    images = [{"id": image["id"], "alt": image["alt"]} for image in product["images"]]
    return etag_of({**product, "images": images})


def images_of(values: dict[str, Any], stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the stored images, in the order and with the texts of `values`."""
    by_id = {image["id"]: image for image in stored.get("images", [])}
    images = values.get("images", by_id.values())
    return [by_id[image["id"]] | image for image in images if image["id"] in by_id]


class ImageUploadPage(OfficePage):
    """Takes a picture of a product, and leads back to it."""

    template_name = "backoffice/refused.html"
    section = "products"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = str(self.kwargs["pk"])
        answer = call(request, ImageViewSet, "create", data=UPLOAD, product_pk=pk)
        if not answer.is_ok:
            return self.render_to_response(self.get_context_data(errors=answer.errors))
        url = reverse("office_product", args=[pk])
        return HttpResponseRedirect(f"{url}?done=uploaded#images", status=303)


class PreviewPage(PersonalPage, ProductView):
    """A product as shoppers will see it, whatever its status."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.get_page(request, *args, **kwargs)

    def get_product(self) -> Any:
        products = Product.objects.visible_to(self.user).with_details(ready_images=True)
        return get_object_or_404(products, pk=self.kwargs["pk"])

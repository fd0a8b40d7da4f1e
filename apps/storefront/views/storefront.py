from __future__ import annotations

import unicodedata
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response

from apps.pages.views import ShopHostPage
from apps.products.models import Collection, Product
from apps.products.versions import CACHE_CONTROL, current_version
from apps.storefront.models import Storefront
from apps.storefront.theme import theme_version
from apps.storefront.versions import page_version
from apps.tenants.context import require_active_tenant
from apps.tenants.languages import text_language
from auth_backends.browser_sessions import session_of

MAX_LINKS = 6
#: The collection that the home page shows first; the menu leaves it out.
FEATURED = "featured"


class ShopPage(ShopHostPage):
    """A page with the look of the shop."""

    def get_language(self) -> str:
        return text_language(require_active_tenant().language)

    def enter(self, request: Any) -> HttpResponseBase | None:
        response = super().enter(request)
        self.storefront = Storefront.objects.current()
        return response

    def get_look(self) -> dict[str, Any]:
        """Return what the frame of every page needs, without the catalogue."""
        return {
            "shop": require_active_tenant(),
            "storefront": self.storefront,
            "theme_version": theme_version(self.storefront),
            "canonical_url": self.request.build_absolute_uri(self._canonical_path()),
            "is_preview": getattr(self, "is_preview", False),
        }

    def _canonical_path(self) -> str:
        """Return the path of the page with its handle spelt and quoted as links do."""
        match: Any = self.request.resolver_match
        normal = {
            name: unicodedata.normalize("NFC", str(text)) for name, text in match.kwargs.items()
        }
        return reverse(match.view_name, kwargs=normal)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        links = visible_collections().exclude(code=FEATURED).order_by("name", "id")[:MAX_LINKS]
        return super().get_context_data(**self.get_look(), links=links, **kwargs)


class StorefrontView(ShopPage):
    """A page for shoppers, the same for all of them, while the shop is open."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", CACHE_CONTROL)
        return response

    #: True if the team sees a shop that is not open.
    is_preview = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.storefront.is_open and _is_of_team(request):
            self.is_preview = True
            preview = self.get_page(request, *args, **kwargs)
            preview.headers["Cache-Control"] = "no-store"
            return preview
        version = current_version()
        etag = page_version(self.storefront, version, request.get_full_path())
        response: HttpResponse | None = None
        if request.headers.get("If-None-Match") != "*":  # of a page that may not exist
            response = get_conditional_response(request, etag=etag)
        if response is None:
            show = self.get_page if self.storefront.is_open else self.get_closed_page
            response = show(request, *args, **kwargs)
        response.headers["ETag"] = etag
        response.catalogue_version = version  # type: ignore[attr-defined]  # for PublicReadsMiddleware
        return response

    def get_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)

    def get_closed_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.response_class(
            request,
            "storefront/not_open.html",
            self.get_look(),
            headers={"X-Robots-Tag": "noindex"},
        )


def _is_of_team(request: HttpRequest) -> bool:
    session = session_of(request)
    return session is not None and session.user.is_team


def visible_products() -> Any:
    # One without a variant has no price.
    return Product.objects.filter(status=Product.Status.ACTIVE, default_variant__isnull=False)


def visible_collections() -> Any:
    return Collection.objects.filter(published=True)


def in_order(collection: Collection) -> tuple[Any, list[str]]:
    """Return the visible products of a collection, and the order recommended for them."""
    from_collection = collection.select(visible_products())
    if collection.kind == Collection.Kind.RULES:
        return from_collection, ["-added_on", "-id"]
    return from_collection, ["places__position", "id"]
